// The running mean of an epoch, by hand.
import { describe, expect, it } from "vitest";
import { type EpochMean, withSteps } from "../../src/engine/train/epochMean";

/** Epochs of three steps, of 4, 4 and 2 samples. */
const order = { stepsPerEpoch: 3, countOf: (step: number) => (step % 3 === 2 ? 2 : 4) };
const of = (mean: EpochMean | null, first: number, ...losses: number[]): EpochMean | null =>
  withSteps(
    mean,
    first,
    losses.map((loss) => ({ loss })),
    order,
  );

describe("the mean of an epoch", () => {
  it("weighs each step by its samples, however the steps are told", () => {
    const mean = { first: 1, last: 3, samples: 10, values: { loss: (4 * 1 + 4 * 2 + 2 * 6) / 10 } };
    expect(of(null, 1, 1, 2, 6)).toEqual(mean);
    expect(of(of(of(null, 1, 1), 2, 2), 3, 6)).toEqual(mean);
  });

  it("begins anew with each epoch", () => {
    expect(of(null, 1, 1, 2, 6, 8)).toEqual({ first: 4, last: 4, samples: 4, values: { loss: 8 } });
    expect(of(of(null, 1, 1, 2, 6), 4, 8, 2)).toEqual({ first: 4, last: 5, samples: 8, values: { loss: 5 } });
  });

  it("is of the steps since a run went on from a copy, and says so", () => {
    const before = of(null, 1, 1, 2);
    expect(of(before, 2, 8, 5)).toEqual({ first: 2, last: 3, samples: 6, values: { loss: (4 * 8 + 2 * 5) / 6 } });
    expect(of(before, 3)).toBe(before);
  });
});
