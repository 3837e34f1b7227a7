/** Reading the ring of a training step: what rows of it tell of the steps that wrote them. */
import type { Tensor } from "../backend/backend";
import { RING_ROWS } from "./programs";
import { type Score, type ScoreLayout, scoreOfStep, sumsIn } from "./scores";

interface Written {
  readonly ring: Tensor;
  readonly layout: ScoreLayout;
}

/** Losses and metrics of steps `from` to `to - 1`, once they are done. At most `RING_ROWS` of them.
 *  @param countOf how many samples a step took */
export async function readScores(
  { ring, layout }: Written,
  from: number,
  to: number,
  countOf: (step: number) => number,
): Promise<Score[]> {
  const values = await ring.read();
  const columns = ring.shape[1] ?? 1;
  return Array.from({ length: to - from }, (_, i) =>
    scoreOfStep(layout, values, ((from + i) % RING_ROWS) * columns, countOf(from + i)),
  );
}

/** The first of these steps with a sum of squares that is not finite; undefined where none is, or no gradient is clipped. */
export async function firstOverflow({ ring, layout }: Written, from: number, to: number): Promise<number | undefined> {
  const [columns = 1, first] = [ring.shape[1], sumsIn(layout)];
  if (columns === first) return undefined;
  const values = await ring.read();
  const isFinite = (step: number): boolean => {
    const row = (step % RING_ROWS) * columns;
    return values.subarray(row + first, row + columns).every(Number.isFinite);
  };
  return Array.from({ length: to - from }, (_, i) => from + i).find((step) => !isFinite(step));
}
