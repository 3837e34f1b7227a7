// What does not fit is refused when the graph is built, in words that say where, what was expected and what came.
import { describe, test } from "vitest";
import { rowsOfTable } from "../../src/engine/selftest/cases";
import { expectRefusal } from "./support/compare";

for (const [opName, { refused }] of rowsOfTable) {
  if (refused.length === 0) continue;
  describe(opName, () => {
    test.each(refused)("$name", (refusal) => expectRefusal(refusal));
  });
}
