/** English: the page around model and run: its address, the draft, notices. */
import { formats } from "./formats";

const { all, count, list } = formats;

/** Where the page begins. */
export const page = {
  draftNotRead: ({ problem }: { readonly problem: string }) =>
    `The model of your last visit could not be read, so it was set aside: ${problem}`,
  otherTabKept:
    "Another tab edited its model last, so that is the one your next visit will find. This tab keeps its own; edit it, and the next visit finds this one.",
  unknownParameters: ({ names, more }: { readonly names: readonly string[]; readonly more: number }) => {
    const told = all([...names.map((name) => `"${name}"`), ...(more > 0 ? [`${count(more)} more`] : [])]);
    return names.length + more === 1
      ? `The address has a parameter that this page does not know: ${told}. It was ignored.`
      : `The address has parameters that this page does not know: ${told}. They were ignored.`;
  },
  repeatedParameter: ({ name }: { readonly name: string }) =>
    `The address gives "${name}" more than once. The first one counts.`,
  badParameter: ({ name, value, expected }: Record<"name" | "value" | "expected", string>) =>
    `The address asks for ${name} "${value}", but expected ${expected}. It was ignored.`,
  oneOf: ({ options }: { readonly options: readonly string[] }) => `one of ${list(options)}`,
  presetLike: ({ names, all: among }: { readonly names: readonly string[]; readonly all: number }) =>
    names.length === 0
      ? `one of the ${count(among)} presets in the list at the top`
      : `something like ${list(names)}, of the ${count(among)} presets in the list at the top`,
  wholeFromTo: ({ min, max }: { readonly min: number; readonly max: number }) =>
    `a whole number from ${count(min)} to ${count(max)}`,
};
