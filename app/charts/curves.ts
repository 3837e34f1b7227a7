/** From the logged numbers to what a chart draws: few enough points, axes that fit them, on a linear or a logarithmic
 *  scale. Pure; it neither draws nor remembers. */
import type { ValidationMetrics } from "../store/metrics";
import type { MetricColumns } from "../store/metricLog";
import type { RateMark } from "../store/metrics";
import type { XUnit } from "../store/ui";
import type { ChartDef } from "./chart";
import { pickPoints } from "./downsample";
import { smooth } from "./smooth";
import { logTicks, niceRange, niceStep, niceTicks } from "./ticks";

/** No chart draws more points than this, both lines together. */
export const MAX_POINTS = 500;
const MAX_VALIDATION_POINTS = 100;

/** A point of a line. `y` is a logarithm where the axis is logarithmic. */
export interface CurvePoint {
  readonly x: number;
  readonly y: number;
}

/** An axis: its ends, and where it is marked. */
export interface Axis {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly number[];
}

/** A vertical line. */
export interface CurveMark {
  readonly x: number;
  readonly learningRate: number;
}

/** Everything a chart draws. */
export interface Curves {
  readonly raw: readonly CurvePoint[];
  /** Empty without smoothing. */
  readonly smooth: readonly CurvePoint[];
  readonly validation: readonly CurvePoint[];
  readonly xAxis: Axis;
  readonly yAxis: Axis;
  readonly marks: readonly CurveMark[];
  /** The smoothed value of every logged step, by its index. Overwritten when the same chart is built again. */
  readonly smoothed: Float64Array;
}

/** What there is to draw. */
export interface CurveSource {
  readonly train: MetricColumns;
  readonly validations: readonly ValidationMetrics[];
  readonly marks: readonly RateMark[];
}

/** How to draw it. */
export interface CurveOptions {
  readonly xUnit: XUnit;
  readonly smoothing: number;
  readonly isLog: boolean;
  /** Scales to most of the values; the rest run out of the picture. */
  readonly isFit: boolean;
}

type Moment = Pick<ValidationMetrics, "step" | "epoch" | "elapsedMs">;

/** Where a moment lies on the horizontal axis: its step, its epoch, or its seconds. */
export function xOf({ step, epoch, elapsedMs }: Moment, unit: XUnit): number {
  return unit === "step" ? step : unit === "epoch" ? epoch : elapsedMs / 1000;
}

/** The same for a logged step. */
export function xAt({ steps, epochs, times }: MetricColumns, index: number, unit: XUnit): number {
  if (unit === "time") return times[index]! / 1000;
  return unit === "step" ? steps[index]! : epochs[index]!;
}

/** The index of the logged step nearest to `x`, or -1 when there is none. */
export function nearestIndex(columns: MetricColumns, x: number, unit: XUnit): number {
  let [low, high] = [0, columns.count - 1];
  if (high < 0) return -1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (xAt(columns, middle, unit) <= x) low = middle;
    else high = middle;
  }
  return Math.abs(xAt(columns, low, unit) - x) <= Math.abs(xAt(columns, high, unit) - x) ? low : high;
}

// A logarithm exists only for what is above zero, and a line only for what is finite.
function pointsOf(
  indices: readonly number[],
  x: (index: number) => number,
  y: (index: number) => number,
  isLog: boolean,
): CurvePoint[] {
  return indices.flatMap((index) => {
    const value = isLog ? Math.log10(y(index)) : y(index);
    return Number.isFinite(value) ? [{ x: x(index), y: value }] : [];
  });
}

/** The horizontal axis grows in steps of a few percent: an axis that stays the same need not be drawn again. */
function xAxisOf({ train, validations }: CurveSource, { xUnit }: CurveOptions): Axis {
  const lastStep = train.count > 0 ? xAt(train, train.count - 1, xUnit) : 0;
  const lastValidation = validations.at(-1);
  const last = Math.max(lastStep, lastValidation ? xOf(lastValidation, xUnit) : 0) || 1;
  const grain = Math.max(niceStep(last, 12), xUnit === "step" ? 1 : 0);
  const high = Number((Math.ceil(last / grain - 1e-9) * grain).toPrecision(12));
  return { low: 0, high, ticks: niceTicks(0, high, 6, xUnit === "step" ? 1 : 0) };
}

/** Share of the values, at either end, that a fitted axis may leave out. */
const OUTLIERS = 0.04;

function yAxisOf(
  def: ChartDef,
  lines: readonly (readonly CurvePoint[])[],
  { isLog, isFit }: Pick<CurveOptions, "isLog" | "isFit">,
): Axis {
  const values = Float64Array.from(lines.flat(), ({ y }) => y).toSorted();
  const skipped = isFit ? Math.floor(values.length * OUTLIERS) : 0;
  let low = values[skipped] ?? Infinity;
  let high = values[values.length - 1 - skipped] ?? -Infinity;
  if (low > high) [low, high] = isLog ? [-1, 0] : [0, 1];
  if (isLog) {
    // Whole tenths of a decade, and never a range too narrow to be marked.
    const air = Math.max(0.02, (0.35 - (high - low)) / 2);
    const [from, to] = [Math.floor((low - air) * 10) / 10, Math.ceil((high + air) * 10) / 10];
    return { low: from, high: to, ticks: logTicks(from, to) };
  }
  const [from, to] = isFit ? niceRange(low, high, 4) : def.range(low, high);
  return { low: from, high: to, ticks: niceTicks(from, to, 4) };
}

/** Builds a chart's curves. @param scratch room for the smoothed values, as long as the log's columns */
export function buildCurves(def: ChartDef, source: CurveSource, options: CurveOptions, scratch: Float64Array): Curves {
  const { train, validations, marks } = source;
  const { xUnit, smoothing, isLog } = options;
  const values = def.column(train);
  const scores = validations.map(def.read);
  const smoothed = smooth(values, train.count, smoothing, scratch);
  const picked = pickPoints(values, train.count, MAX_POINTS - MAX_VALIDATION_POINTS);
  const trainX = (i: number): number => xAt(train, i, xUnit);
  const raw = pointsOf(picked, trainX, (i) => values[i]!, isLog);
  const validation = pointsOf(
    pickPoints(scores, scores.length, MAX_VALIDATION_POINTS),
    (i) => xOf(validations[i]!, xUnit),
    (i) => scores[i]!,
    isLog,
  );
  return {
    raw,
    smooth: smoothing > 0 ? pointsOf(picked, trainX, (i) => smoothed[i]!, isLog) : [],
    validation,
    xAxis: xAxisOf(source, options),
    yAxis: yAxisOf(def, [raw, validation], options),
    marks: marks.map((mark) => ({ x: xOf(mark, xUnit), learningRate: mark.learningRate })),
    smoothed,
  };
}
