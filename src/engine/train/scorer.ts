/** Scoring a whole split, batch by batch. */
import type { Backend, Executable, StepRow, Tensor } from "../backend/backend";
import { ModelError } from "../errors";
import { InFlight } from "./inFlight";
import { RING_ROWS } from "./programs";
import { type Score, type ScoreLayout, scoreOfSums, sumsIn } from "./scores";
import { say } from "../words/said";

/** Samples scored at a time, where memory allows. */
const SCORE_BATCH = 500;

/** What scoring a batch may cost a machine that does it at one go, and hears of nothing meanwhile: half a second in JavaScript. */
export const MOST_FLOPS_AT_ONCE = 5e8;

/** The batches in which so many samples may be scored, the first that there is room for: each half of the one before, down to
 *  what the ring has rows for. */
export function scoreBatches(count: number): readonly [number, ...number[]] {
  const least = Math.ceil(count / RING_ROWS);
  const batches: [number, ...number[]] = [Math.min(SCORE_BATCH, count)];
  for (let batch = batches[0]; batch > least; batches.push(batch)) batch = Math.max(least, batch >> 1);
  return batches;
}

/** A scoring program, ready to run over `count` samples in batches of `batch`. */
export interface Scorer {
  readonly executable: Executable;
  readonly ring: Tensor;
  readonly layout: ScoreLayout;
  /** What random numbers are drawn from, where the task draws any. */
  readonly scalars: StepRow;
  readonly count: number;
  readonly batch: number;
  readonly areWeightsFinite: () => Promise<boolean>;
  /** Frees it. */
  readonly release: () => void;
}

/** Losses and metrics over all samples. @param pause awaited between batches, so that messages get through
 *  @throws ModelError when weights are not finite: what such a model gives means nothing
 *  @throws DeviceLostError when the device goes away */
export async function runScorer(
  backend: Backend,
  { executable, ring, layout, scalars, count, batch, areWeightsFinite }: Scorer,
  pause: () => Promise<void>,
): Promise<Score> {
  const batches = Math.ceil(count / batch);
  const inFlight = new InFlight();
  for (let row = 0; row < batches; row++) {
    executable.run([{ ...scalars, step: row, row, offset: row * batch, count: Math.min(batch, count - row * batch) }]);
    if (backend.asynchronous) await inFlight.add(backend.idle());
    await pause();
  }
  // Read together: each reading by itself would wait for the device.
  const [values, areFinite] = await Promise.all([ring.read(), areWeightsFinite()]);
  if (!areFinite) {
    throw new ModelError(say("description.scoresNotFinite"));
  }
  const columns = ring.shape[1] ?? 1;
  const summed = sumsIn(layout);
  const sums = Array.from({ length: columns }, (_, column) => {
    // What comes after the sums is the same in every row.
    if (column >= summed) return values[column] ?? NaN;
    let total = 0;
    for (let row = 0; row < batches; row++) total += values[row * columns + column] ?? NaN;
    return total;
  });
  return scoreOfSums(layout, sums, count);
}
