/** From the logged numbers to what a chart draws: few enough points, axes that fit them, on a linear or a logarithmic
 *  scale. Pure; it neither draws nor remembers. */
import type { ValidationMetrics } from "../../src/engine";
import type { MetricColumns } from "../store/metricLog";
import type { RateMark } from "../store/metrics";
import type { XUnit } from "../store/ui";
import type { ChartDef } from "./chart";
import { pickPoints } from "./downsample";
import { smooth } from "./smooth";
import { logTicks, niceTicks } from "./ticks";

/** No chart draws more points than this, both lines together. */
export const MAX_POINTS = 500;
const MAX_VALIDATION_POINTS = 100;

/** One place on the horizontal axis. Vertical values are logarithms where the axis is logarithmic. */
export interface CurveRow {
  readonly x: number;
  readonly raw?: number;
  readonly smooth?: number;
  readonly validation?: number;
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
  readonly rows: readonly CurveRow[];
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
const onAxis = (value: number, isLog: boolean): number | undefined => {
  const shown = isLog ? Math.log10(value) : value;
  return Number.isFinite(shown) ? shown : undefined;
};

const withY = (x: number, values: Readonly<Record<string, number | undefined>>): CurveRow => {
  const known = Object.entries(values).filter(([, value]) => value !== undefined);
  return { x, ...Object.fromEntries(known) };
};

function trainRows(def: ChartDef, { train }: CurveSource, options: CurveOptions, smoothed: Float64Array): CurveRow[] {
  const values = def.column(train);
  const isSmooth = options.smoothing > 0;
  return pickPoints(values, train.count, MAX_POINTS - MAX_VALIDATION_POINTS).map((i) =>
    withY(xAt(train, i, options.xUnit), {
      raw: onAxis(values[i]!, options.isLog),
      smooth: isSmooth ? onAxis(smoothed[i]!, options.isLog) : undefined,
    }),
  );
}

function validationRows(def: ChartDef, { validations }: CurveSource, { xUnit, isLog }: CurveOptions): CurveRow[] {
  const values = validations.map(def.read);
  return pickPoints(values, values.length, MAX_VALIDATION_POINTS).map((i) =>
    withY(xOf(validations[i]!, xUnit), { validation: onAxis(values[i]!, isLog) }),
  );
}

function xAxisOf({ train, validations }: CurveSource, { xUnit }: CurveOptions): Axis {
  const lastStep = train.count > 0 ? xAt(train, train.count - 1, xUnit) : 0;
  const lastValidation = validations.at(-1);
  const high = Math.max(lastStep, lastValidation ? xOf(lastValidation, xUnit) : 0) || 1;
  return { low: 0, high, ticks: niceTicks(0, high, 6, xUnit === "step" ? 1 : 0) };
}

function yAxisOf(def: ChartDef, rows: readonly CurveRow[], isLog: boolean): Axis {
  let [low, high] = [Infinity, -Infinity];
  for (const { raw, validation } of rows) {
    for (const value of [raw, validation]) {
      if (value === undefined) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  if (low > high) [low, high] = isLog ? [-1, 0] : [0, 1];
  if (isLog) {
    // A little air above and below, and never a range too narrow to be marked.
    const air = Math.max((high - low) * 0.04, (0.35 - (high - low)) / 2, 0);
    return { low: low - air, high: high + air, ticks: logTicks(low - air, high + air) };
  }
  const [from, to] = def.range(low, high);
  return { low: from, high: to, ticks: niceTicks(from, to, 4) };
}

/** Builds a chart's curves. @param scratch room for the smoothed values, as long as the log's columns */
export function buildCurves(def: ChartDef, source: CurveSource, options: CurveOptions, scratch: Float64Array): Curves {
  const { train, marks } = source;
  const smoothed = smooth(def.column(train), train.count, options.smoothing, scratch);
  const rows = [...trainRows(def, source, options, smoothed), ...validationRows(def, source, options)].sort(
    (a, b) => a.x - b.x,
  );
  return {
    rows,
    xAxis: xAxisOf(source, options),
    yAxis: yAxisOf(def, rows, options.isLog),
    marks: marks.map((mark) => ({ x: xOf(mark, options.xUnit), learningRate: mark.learningRate })),
    smoothed,
  };
}
