/** Which runs a visitor looks for. Pure. */
import type { ListedRun } from "../../src/engine";

/** Whether a run's name, model or note holds all words of a text, in any order and case. */
export function isFound(run: Pick<ListedRun, "description" | "mark">, name: string, text: string): boolean {
  const { description, mark } = run;
  const held = `${name} ${description.name} ${mark.note}`.toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => held.includes(word));
}
