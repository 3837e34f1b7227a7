// What does not fit is refused when the graph is built, in words that say where, what was expected and what came.
import { describe, expect, test } from "vitest";
import { ArgumentError, ShapeError } from "../../src/engine/errors";
import { rowsOfTable } from "./cases";

for (const [opName, { refused }] of rowsOfTable) {
  if (refused.length === 0) continue;
  describe(opName, () => {
    test.each(refused)("$name", ({ build, message }) => {
      let error: unknown;
      try {
        build();
      } catch (thrown) {
        error = thrown;
      }
      expect(error instanceof ShapeError || error instanceof ArgumentError, String(error)).toBe(true);
      expect(error).toHaveProperty("message", expect.stringMatching(message));
    });
  });
}
