// What a worker does with one contender: gets it ready to be timed, and times it. Refuses to time a library that computes
// something else.
import { countGpuCalls } from "../src/engine";
import type { Entrant } from "./entrant";
import type { Job, Measurer, Preparation, Sample } from "./protocol";
import { median } from "./statistics";
import { flopsPerStep, workloads } from "./workloads";

/** Relative difference from the reference that rounding may explain. */
const tolerance = 1e-3;
/** Steps that are compared. Those after the first tell whether gradients and optimizer agree, too. */
const comparedSteps = 3;
const warmUpMs = 500;
/** A sample is at least this long, so that the clock and single interruptions weigh little. */
const sampleMs = 100;
/** Where even the quickest step takes longer, one is enough to compare and to warm up. */
const slowStepMs = 10_000;
/** All samples of a contender should fit in here: if they do not, there are fewer of them, in the end a single one. */
export const budgetMs = 90_000;

/** The worker's side of a measurement. @param open makes a library ready for a job */
export function createMeasurer(open: (job: Job) => Promise<Entrant>): Measurer {
  let ready: { readonly entrant: Entrant; readonly steps: number } | undefined;
  const calls = countGpuCalls();
  return {
    async prepare(job, report) {
      report("loading");
      const entrant = await open(job);
      const { preparation, outcomes } = await prepare(entrant, job, report);
      ready = { entrant, steps: preparation.stepsPerSample };
      return { preparation, reference: { weights: entrant.weights ?? [], outcomes } };
    },
    async sample(): Promise<Sample> {
      if (!ready) throw new Error("worker: expected to be prepared before a sample, got none.");
      const { entrant, steps } = ready;
      const before = calls();
      const ms = (await time(entrant, steps)) / steps;
      const after = calls();
      return {
        ms,
        dispatches: (after.dispatches - before.dispatches) / steps,
        submits: (after.submits - before.submits) / steps,
      };
    },
  };
}

/** @throws Error when the first steps give something else than the reference */
async function prepare(entrant: Entrant, { workload, reference, samples }: Job, report: (text: string) => void) {
  const outcomes: (readonly number[])[] = [];
  const times: number[] = [];
  const isSlow = () => times.length > 0 && Math.min(...times) > slowStepMs;

  report("first steps");
  let difference = 0;
  while (outcomes.length < comparedSteps && !isSlow()) {
    times.push(await time(entrant, 1));
    const outcome = await entrant.outcome();
    difference = Math.max(difference, compare(outcome, reference?.outcomes[outcomes.length] ?? outcome));
    outcomes.push(outcome);
  }

  report("warming up");
  const startedMs = performance.now();
  while (!isSlow() && performance.now() - startedMs < warmUpMs) times.push(await time(entrant, 1));
  const stepMs = median(times.slice(-5));
  const stepsPerSample = Math.max(1, Math.ceil(sampleMs / stepMs));
  const preparation: Preparation = {
    adapter: entrant.adapter,
    samples: Math.min(samples, affordableSamples(stepMs * stepsPerSample)),
    stepsPerSample,
    flopsPerStep: entrant.flopsPerStep ?? flopsPerStep(workloads[workload]),
    first: outcomes[0]?.[0] ?? NaN,
    difference,
  };
  return { preparation, outcomes };
}

/** How many samples of that length there is time for. */
export const affordableSamples = (lengthMs: number) => Math.max(1, Math.floor(budgetMs / lengthMs));

/** How long so many steps take, in milliseconds. */
async function time(entrant: Entrant, steps: number): Promise<number> {
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
    `expected what the first computes, ${show(expected)}, within ${tolerance} relative, got ${show(outcome)}. Not timed.`,
  );
}
