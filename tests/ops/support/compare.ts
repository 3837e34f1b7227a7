// How close is close: one rule for all comparisons of arrays, with a message that finds the first element that is off.
// And what counts as a refusal.
import { expect } from "vitest";
import { worstDeviation } from "../../../src/engine/check/compare";
import { ArgumentError, ShapeError } from "../../../src/engine/errors";
import type { Refusal } from "../../../src/engine/selftest/cases/table";

/** Fails unless the arrays are equally long and each pair differs by at most `tolerance * max(1, |expected|)`. A value
 *  that is not finite only matches itself. */
export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(actual.length, "number of elements").toBe(expected.length);
  const { error, index } = worstDeviation(actual, expected);
  if (error > tolerance) {
    const pair = `expected ${expected[index]} within ${tolerance}, got ${actual[index]}`;
    expect.fail(`element ${index} of ${expected.length}: ${pair}`);
  }
}

/** Fails unless building throws on purpose, with the right words. */
export function expectRefusal({ build, message }: Refusal): void {
  let error: unknown;
  try {
    build();
  } catch (thrown) {
    error = thrown;
  }
  expect(
    error instanceof ShapeError || error instanceof ArgumentError,
    `a deliberate error, got ${String(error)}`,
  ).toBe(true);
  expect(error).toHaveProperty("message", expect.stringMatching(message));
}
