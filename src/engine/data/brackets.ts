/** Brackets that close, or do not. */
import type { DatasetDef } from "./dataset";
import { type Dice, toyDataset } from "./toy";

const LENGTH = 12;

/** Brackets that all close, any of them: at each place one opens or closes as far as it still may. */
function balanced(dice: Dice): string[] {
  let open = 0;
  return Array.from({ length: LENGTH }, (_, i) => {
    const opens = open === 0 || (open < LENGTH - i && dice(2) === 0);
    open += opens ? 1 : -1;
    return opens ? "(" : ")";
  });
}

function isBalanced(brackets: readonly string[]): boolean {
  let open = 0;
  return brackets.every((bracket) => (open += bracket === "(" ? 1 : -1) >= 0) && open === 0;
}

/** `(()())(())()=y`: twelve brackets, and whether all of them close, half of the time. Where they do not, two have changed places, so
 *  that most often their numbers alone do not tell. */
export const brackets: DatasetDef = toyDataset({
  id: "brackets",
  title: "Brackets",
  description: "Twelve brackets, and whether each one that opens is closed: y or n.",
  vocabulary: "()=yn",
  ask: (dice) => {
    const written = balanced(dice);
    if (dice(2) === 0) {
      const [from, to] = [dice(LENGTH), dice(LENGTH)];
      const first = written[from] ?? "(";
      // Two alike are both turned, one by the other's place.
      [written[from], written[to]] =
        written[from] === written[to] ? [first === "(" ? ")" : "(", first] : [written[to] ?? "(", first];
    }
    return [`${written.join("")}=`, isBalanced(written) ? "y" : "n"];
  },
});
