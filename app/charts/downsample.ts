/** Picks the few of many points that a line is drawn through, so that what is drawn has the same mean and the same
 *  spread as the whole line. Extremes would not do: a line through them is as noisy as its outliers. They are drawn as
 *  the band around the line instead. */

/** Groups drawn beyond what is seen, at either end, and the first and the last point of all. */
const EXTRA = 6;

/** How many neighbours one drawn point stands for: a power of two, so that groups stay as they are while a run grows,
 *  until two of them become one. @param count points that are seen  @param maxPoints above 6 */
export function groupSize(count: number, maxPoints: number): number {
  let size = 1;
  while (Math.ceil(count / size) > maxPoints - EXTRA) size *= 2;
  return size;
}

/** 0 or 1, by chance, but always the same for the same two numbers. */
function coin(group: number, size: number): number {
  let bits = Math.imul(group + 1, 0x9e3779b1) ^ Math.imul(size, 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 15), 0x2c1b3c6d);
  bits = Math.imul(bits ^ (bits >>> 13), 0x297a2d39);
  return (bits ^ (bits >>> 16)) & 1;
}

/** The point that stands for a group: a random one, which has no bias and no rhythm that could meet one of the data.
 *  When two groups become one, one of their points goes on to stand for both, so no point ever moves. */
export function pickOf(group: number, size: number): number {
  let at = group;
  for (let half = size / 2; half >= 1; half /= 2) at = 2 * at + coin(at, half);
  return at;
}

/** Indices to draw, ascending and distinct: those in and just around `[from, to)`, and the very first and last where
 *  they are near.
 *  @param isPoint whether there is something to draw at an index; else a neighbour in its group stands in
 *  @param count points there are in all */
export function pickPoints(
  from: number,
  to: number,
  count: number,
  maxPoints: number,
  isPoint: (index: number) => boolean,
): number[] {
  const size = groupSize(to - from, maxPoints);
  const picked: number[] = [];
  const add = (index: number): void => {
    if (index !== picked.at(-1) && isPoint(index)) picked.push(index);
  };
  const first = Math.max(0, Math.floor(from / size) - 1);
  const last = Math.min(Math.ceil(count / size), Math.ceil(to / size) + 1) - 1;
  if (first === 0 && count > 0) add(0);
  for (let group = first; group <= last; group++) {
    const start = group * size;
    const length = Math.min(size, count - start);
    const offset = pickOf(group, size) - start;
    // A group still growing, which does not have its point yet: the last of all stands for it.
    if (offset >= length) continue;
    for (let i = 0; i < length; i++) {
      const index = start + ((offset + i) % length);
      if (!isPoint(index)) continue;
      add(index);
      break;
    }
  }
  if (last === Math.ceil(count / size) - 1 && count > 0 && count - 1 > (picked.at(-1) ?? -1)) add(count - 1);
  return picked;
}
