/** Exponential smoothing, without the start being pulled to zero, as TensorBoard does it. */

/** Writes the smoothed values into `out` and returns it. Values that are not finite are passed over: the line goes on
 *  from what came before them.
 *  @param weight share of the past, 0 (as is) to below 1 */
export function smooth(values: ArrayLike<number>, count: number, weight: number, out: Float64Array): Float64Array {
  let sum = 0;
  let norm = 0;
  for (let i = 0; i < count; i++) {
    const value = values[i]!;
    if (Number.isFinite(value)) {
      sum = sum * weight + value * (1 - weight);
      norm = norm * weight + (1 - weight);
    }
    out[i] = norm > 0 ? sum / norm : NaN;
  }
  return out;
}
