/** Scoring a whole split, batch by batch. */
import type { Backend, Executable, Tensor } from "../backend/backend";
import { InFlight } from "./inFlight";
import { RING_COLUMNS } from "./programs";
import type { Score } from "./protocol";

/** Samples scored at a time, where memory allows. */
export const SCORE_BATCH = 500;

/** A scoring program, ready to run over `count` samples in batches of `batch`. */
export interface Scorer {
  readonly executable: Executable;
  readonly ring: Tensor;
  readonly count: number;
  readonly batch: number;
}

/** Loss and accuracy over all samples. @param pause awaited between batches, so that messages get through
 *  @throws DeviceLostError when the device goes away */
export async function runScorer(
  backend: Backend,
  { executable, ring, count, batch }: Scorer,
  pause: () => Promise<void>,
): Promise<Score> {
  const batches = Math.ceil(count / batch);
  const inFlight = new InFlight();
  for (let row = 0; row < batches; row++) {
    executable.run([{ row, offset: row * batch, count: Math.min(batch, count - row * batch) }]);
    if (backend.asynchronous) await inFlight.add(backend.idle());
    await pause();
  }
  const values = await ring.read();
  let loss = 0;
  let correct = 0;
  for (let row = 0; row < batches; row++) {
    loss += values[row * RING_COLUMNS] ?? NaN;
    correct += values[row * RING_COLUMNS + 1] ?? NaN;
  }
  const penalty = values[2] ?? 0;
  return { loss: loss / count + penalty, accuracy: correct / count };
}
