/** Picks the few of many points that still look like all of them: in each of equal stretches the lowest and the highest,
 *  so that no spike is lost. It moves no point and averages nothing. */

/** Indices to draw, ascending and distinct, at most `maxPoints`; all of them when they fit. The first and the last point
 *  are always among them.
 *  @param values points that are not numbers count as neither low nor high
 *  @param count how many of `values` there are  @param maxPoints at least 4 */
export function pickPoints(values: ArrayLike<number>, count: number, maxPoints: number): number[] {
  if (count <= maxPoints) return Array.from({ length: count }, (_, i) => i);
  const buckets = Math.floor((maxPoints - 2) / 2);
  const picked = [0];
  const inner = count - 2;
  for (let bucket = 0; bucket < buckets; bucket++) {
    const start = 1 + Math.floor((bucket * inner) / buckets);
    const end = 1 + Math.floor(((bucket + 1) * inner) / buckets);
    let low = start;
    let high = start;
    for (let i = start + 1; i < end; i++) {
      const value = values[i]!;
      if (value < values[low]! || Number.isNaN(values[low]!)) low = i;
      if (value > values[high]! || Number.isNaN(values[high]!)) high = i;
    }
    picked.push(Math.min(low, high));
    if (low !== high) picked.push(Math.max(low, high));
  }
  picked.push(count - 1);
  return picked;
}
