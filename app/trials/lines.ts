/** The curves of a race as lines over seconds of the device or over steps. Pure. */
import type { MetricColumns } from "../../src/engine";

/** What the horizontal axis counts. */
export type TrialAxis = "seconds" | "steps";

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A point of a mean over seeds. */
export interface MeanPoint extends Point {
  readonly low: number;
  readonly high: number;
}

/** The curve of one run. */
export function lineOf(log: MetricColumns, metric: string, axis: TrialAxis): Point[] {
  if (!log.ids.includes(metric)) return [];
  const { means } = log.column(metric);
  const points: Point[] = [];
  for (let i = 0; i < log.count; i++) {
    const x = axis === "seconds" ? (log.toMs[i] ?? NaN) / 1000 : (log.to[i] ?? NaN);
    const y = means[i] ?? NaN;
    if (Number.isFinite(x) && Number.isFinite(y)) points.push({ x, y });
  }
  return points;
}

/** Points of a line in the chart: more than pixels tell nothing. */
const MAX_POINTS = 160;

/** Fewer points, each the mean of its neighbours. */
export function thinned(points: readonly Point[]): readonly Point[] {
  if (points.length <= MAX_POINTS) return points;
  const size = points.length / MAX_POINTS;
  return Array.from({ length: MAX_POINTS }, (_, i) => {
    const own = points.slice(Math.floor(i * size), Math.max(Math.floor((i + 1) * size), Math.floor(i * size) + 1));
    return { x: own.at(-1)?.x ?? NaN, y: own.reduce((sum, { y }) => sum + y, 0) / own.length };
  });
}

/** An exponential mean that begins at the first point. @param keeps the share of the past */
export function smoothed(points: readonly Point[], keeps = 0.85): Point[] {
  let mean = points[0]?.y ?? NaN;
  return points.map(({ x, y }) => {
    mean = keeps * mean + (1 - keeps) * y;
    return { x, y: mean };
  });
}

/** Where a line is at x, between its points; NaN beyond its ends. */
export function valueAt(points: readonly Point[], x: number): number {
  const next = points.findIndex((point) => point.x >= x);
  const after = points[next];
  if (!after) return NaN;
  const before = points[next - 1];
  if (!before) return after.x === x ? after.y : NaN;
  return before.y + ((after.y - before.y) * (x - before.x)) / (after.x - before.x || 1);
}

/** The mean of lines, and one standard deviation to both sides where there are several. Where only some lines are, it is theirs.
 *  @param isSparse the lines' own points are taken, not places between them */
export function meanOfLines(lines: readonly (readonly Point[])[], isSparse = false): MeanPoint[] {
  const some = lines.filter(({ length }) => length > 0);
  const [only] = some;
  if (only && some.length === 1) return only.map(({ x, y }) => ({ x, y, low: y, high: y }));
  const last = Math.max(0, ...some.map((points) => points.at(-1)?.x ?? 0));
  const length = isSparse ? Math.max(0, ...some.map((points) => points.length)) : MAX_POINTS;
  return Array.from({ length }, (_, i): MeanPoint => {
    const at = isSparse
      ? some.flatMap((points) => points[i] ?? [])
      : some.flatMap((points) => {
          const x = (last * (i + 1)) / length;
          const y = valueAt(points, x);
          return Number.isFinite(y) ? { x, y } : [];
        });
    const mean = at.reduce((sum, { y }) => sum + y, 0) / at.length;
    const x = at.reduce((sum, point) => sum + point.x, 0) / at.length;
    const variance = at.length > 1 ? at.reduce((sum, { y }) => sum + (y - mean) ** 2, 0) / (at.length - 1) : 0;
    const deviation = Math.sqrt(variance);
    return { x, y: mean, low: mean - deviation, high: mean + deviation };
  }).filter(({ y }) => Number.isFinite(y));
}
