/** What the page's address may ask for. A parameter that is not known, or whose value is not, is ignored and named. */
import * as v from "valibot";
import type { BackendChoice, PresetId } from "../../src/engine";
import { presets } from "../../src/engine";

/** What the address asks for. */
export interface PageQuery {
  readonly backend: BackendChoice;
  readonly preset: PresetId | null;
}

const presetIds = Object.keys(presets) as PresetId[];

const parameters = {
  backend: v.picklist(["auto", "webgpu", "cpu"]),
  preset: v.picklist(presetIds),
} as const;

type ParameterName = keyof typeof parameters;

const isKnown = (name: string): name is ParameterName => Object.hasOwn(parameters, name);

/** Reads the part of an address after `?`.
 *  @returns what it asks for, and a sentence for each parameter that was ignored */
export function readQuery(search: string): { readonly query: PageQuery; readonly problems: readonly string[] } {
  const problems: string[] = [];
  const accepted: { -readonly [K in ParameterName]?: v.InferOutput<(typeof parameters)[K]> } = {};
  for (const [name, value] of new URLSearchParams(search)) {
    if (!isKnown(name)) {
      problems.push(`The address has a parameter "${shorten(name)}" that this page does not know. It was ignored.`);
      continue;
    }
    const options = parameters[name].options;
    if (accepted[name] !== undefined) {
      problems.push(`The address gives "${name}" more than once. The first one counts.`);
    } else if (!v.is(parameters[name], value)) {
      problems.push(
        `The address asks for ${name} "${shorten(value)}", but expected one of ${options.join(", ")}. It was ignored.`,
      );
    } else {
      Object.assign(accepted, { [name]: value });
    }
  }
  return { query: { backend: accepted.backend ?? "auto", preset: accepted.preset ?? null }, problems };
}

const shorten = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text);
