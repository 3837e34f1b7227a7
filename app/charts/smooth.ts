/** Exponential smoothing, without the start being pulled to zero, as TensorBoard does it; but by steps, not by points: a
 *  bucket of `n` steps moves the line as far as `n` steps of its mean would. A smoothing therefore looks the same before
 *  and after buckets merge. */
import type { MetricColumn } from "../../src/engine";

/** Writes the smoothed means into `out` and returns it. Buckets without a value are passed over: the line goes on from
 *  what came before them.
 *  @param count buckets  @param weight share of the past after one step, 0 (as is) to below 1 */
export function smooth(
  { means, counts }: Pick<MetricColumn, "means" | "counts">,
  count: number,
  weight: number,
  out: Float64Array,
): Float64Array {
  let value = NaN;
  let norm = 0;
  // Almost all buckets hold the same number of steps.
  let steps = 1;
  let past = weight;
  for (let i = 0; i < count; i++) {
    const n = counts[i]!;
    if (n > 0) {
      if (n !== steps) [steps, past] = [n, weight ** n];
      norm = norm * past + (1 - past);
      const share = (1 - past) / norm;
      value = norm === 1 - past ? means[i]! : value * (1 - share) + means[i]! * share;
    }
    out[i] = value;
  }
  return out;
}
