// Gets one contender ready to be timed, and times it. Refuses to time a library that computes something else.
import type { Entrant } from "./entrant";
import type { Job, Preparation } from "./protocol";
import { median } from "./statistics";

/** Relative difference from this project's results that rounding may explain. */
const tolerance = 1e-3;
/** Steps that are compared. Those after the first tell whether gradients and optimizer agree, too. */
const comparedSteps = 3;
const warmUpMs = 500;
/** A sample is at least this long, so that the clock and single interruptions weigh little. */
const sampleMs = 100;
/** Where even the quickest step takes longer, one is enough to compare and to warm up, and a few are enough to sample. */
export const slowStepMs = 10_000;
export const slowSamples = 3;

/** How a contender did, and what it computed. */
export interface Prepared {
  readonly preparation: Preparation;
  readonly outcomes: readonly (readonly number[])[];
}

/** @param report hears what is being done  @param dispatches counts those of a GPU, where there is one
 *  @throws Error when the first steps give something else than the reference */
export async function prepare(
  entrant: Entrant,
  { reference, samples }: Job,
  report: (text: string) => void,
  dispatches?: () => number,
): Promise<Prepared> {
  const outcomes: (readonly number[])[] = [];
  const times: number[] = [];
  const isSlow = () => times.length > 0 && Math.min(...times) > slowStepMs;

  report("first steps");
  let difference = 0;
  let { dispatchesPerStep } = entrant;
  while (outcomes.length < comparedSteps && !isSlow()) {
    const dispatchesBefore = dispatches?.() ?? 0;
    times.push(await time(entrant, 1));
    if (dispatches) dispatchesPerStep = dispatches() - dispatchesBefore;
    const outcome = await entrant.outcome();
    difference = Math.max(difference, compare(outcome, reference?.outcomes[outcomes.length] ?? outcome));
    outcomes.push(outcome);
  }

  report("warming up");
  const startedMs = performance.now();
  while (!isSlow() && performance.now() - startedMs < warmUpMs) times.push(await time(entrant, 1));
  const preparation = {
    adapter: entrant.adapter,
    samples: isSlow() ? Math.min(samples, slowSamples) : samples,
    stepsPerSample: Math.max(1, Math.ceil(sampleMs / median(times.slice(-5)))),
    first: outcomes[0]?.[0] ?? NaN,
    difference,
    ...(dispatchesPerStep !== undefined && { dispatchesPerStep }),
  };
  return { preparation, outcomes };
}

/** How long so many steps take, in milliseconds. */
export async function time(entrant: Entrant, steps: number): Promise<number> {
  const startedMs = performance.now();
  await entrant.run(steps);
  return performance.now() - startedMs;
}

function compare(outcome: readonly number[], expected: readonly number[]): number {
  const differences = expected.map((value, i) => Math.abs((outcome[i] ?? NaN) - value) / Math.abs(value));
  const largest = Math.max(...differences);
  // Written so that NaN, too, is a disagreement.
  if (largest <= tolerance) return largest;
  const show = (values: readonly number[]) => values.map((value) => value.toPrecision(6)).join(", ");
  throw new Error(
    `expected what Descent computes, ${show(expected)}, within ${tolerance} relative, got ${show(outcome)}. Not timed.`,
  );
}
