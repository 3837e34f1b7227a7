/** From the logged numbers to what a chart draws: few enough points, axes that fit them, on a linear or a logarithmic
 *  scale. Pure; it neither draws nor remembers. */
import type { MetricColumn, MetricColumns } from "../../src/engine";
import type { Metrics } from "../store/metrics";
import type { Overlay, PinSlot } from "../store/runs";
import type { XUnit } from "../store/ui";
import type { Axis, Span } from "./axes";
import { wholeX, xAxisOf, yAxisOf } from "./axes";
import type { ChartDef } from "./chart";
import { groupSize, pickPoints } from "./downsample";
import { smooth } from "./smooth";

/** No chart draws more points than this, training and validation together. */
export const MAX_POINTS = 500;
const MAX_VALIDATION_POINTS = 100;
const MAX_TRAIN_POINTS = MAX_POINTS - MAX_VALIDATION_POINTS;
const MIN_TRAIN_POINTS = 100;
/** Pixels between two points of a noisy line, at least: closer together they are a smear. */
const POINT_DISTANCE = 2;

/** A point of a line. `y` is a logarithm where the axis is logarithmic. */
export interface CurvePoint {
  readonly x: number;
  readonly y: number;
  /** The bucket's, in its log. */
  readonly index: number;
}

/** The lowest and the highest value around a place, as logarithms where the axis is logarithmic; a lowest value without
 *  one lies at minus infinity. */
export interface BandPoint extends Span {
  readonly x: number;
}

/** A vertical line. */
export interface CurveMark {
  readonly x: number;
  /** The first with this rate. */
  readonly step: number;
  readonly learningRate: number;
}

/** The line of another run: of its validations where all that are drawn have several, of its smoothed steps otherwise. */
export interface OtherLine {
  readonly id: string;
  readonly name: string;
  readonly slot: PinSlot;
  readonly isValidation: boolean;
  readonly points: readonly CurvePoint[];
}

/** Everything a chart draws. */
export interface Curves {
  /** The means of the buckets. */
  readonly raw: readonly CurvePoint[];
  /** The same points of the smoothed line. Empty without smoothing. */
  readonly smooth: readonly CurvePoint[];
  /** From the lowest to the highest value. Empty where every point is one step. */
  readonly band: readonly BandPoint[];
  readonly validation: readonly CurvePoint[];
  readonly xAxis: Axis;
  /** The horizontal axis without zoom. */
  readonly whole: Span;
  /** The shortest part of it that may be seen alone. */
  readonly shortest: number;
  readonly yAxis: Axis;
  readonly marks: readonly CurveMark[];
  /** Other runs, beside this one. */
  readonly others: readonly OtherLine[];
  /** The smoothed value of every bucket, by its index. Overwritten when the same chart is built again. */
  readonly smoothed: Float64Array;
}

/** How a run goes through its samples. */
type Pace = Pick<Overlay, "stepsPerEpoch" | "samplesPerEpoch">;

/** What there is to draw. */
export interface CurveSource extends Pick<Metrics, "train" | "validation" | "marks">, Pace {
  readonly others?: readonly Overlay[];
}

/** How to draw it. */
export interface CurveOptions {
  readonly xUnit: XUnit;
  readonly smoothing: number;
  readonly isLog: boolean;
  /** Scales to most of the values; the rest run out of the picture. */
  readonly isFit: boolean;
  /** The part to be seen; null for all. An end at infinity is wherever the data end. */
  readonly zoom: Span | null;
  /** Of the plot, in pixels. */
  readonly width: number;
  readonly height: number;
}

const NOTHING: MetricColumn = {
  counts: new Uint32Array(),
  means: new Float64Array(),
  lows: new Float64Array(),
  highs: new Float64Array(),
  lasts: new Float64Array(),
};

/** A metric of a log; nothing measured where it has none, as a log of steps has none of what is told of whole splits. */
export const columnOf = (log: MetricColumns, id: string): MetricColumn =>
  log.ids.includes(id) ? log.column(id) : NOTHING;

/** How many steps are one of what the horizontal axis counts. Where nobody knows the samples, each step is one. */
function stepsOfOne(unit: XUnit, { stepsPerEpoch, samplesPerEpoch = 0 }: Pace): number {
  if (unit === "epoch") return stepsPerEpoch || 1;
  return unit === "samples" && samplesPerEpoch > 0 ? stepsPerEpoch / samplesPerEpoch : 1;
}

/** Where a moment lies on the horizontal axis: its step, its epoch, the samples that were seen, or its seconds. */
function xOf(step: number, elapsedMs: number, unit: XUnit, ofOne: number): number {
  return unit === "time" ? elapsedMs / 1000 : step / ofOne;
}

/** The same for the middle of a bucket. */
export function xAt(log: MetricColumns, index: number, unit: XUnit, ofOne: number): number {
  const step = (log.from[index]! + log.to[index]!) / 2;
  return xOf(step, (log.fromMs[index]! + log.toMs[index]!) / 2, unit, ofOne);
}

/** The first bucket whose middle does not lie before `x`; as many as there are buckets if there is none. */
export function bucketFrom(log: MetricColumns, x: number, unit: XUnit, ofOne: number): number {
  let [low, high] = [0, log.count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (xAt(log, middle, unit, ofOne) < x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The drawn point nearest to a place, or undefined of none. */
export function nearestPoint(points: readonly CurvePoint[], x: number): CurvePoint | undefined {
  let [low, high] = [0, points.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (points[middle]!.x <= x) low = middle;
    else high = middle;
  }
  const [before, after] = [points[low], points[high]];
  return before && after && x - before.x > after.x - x ? after : before;
}

/** One metric of one log, and the buckets of it that are seen. */
interface Line {
  readonly log: MetricColumns;
  readonly column: MetricColumn;
  readonly from: number;
  readonly to: number;
  readonly x: (index: number) => number;
}

// A logarithm exists only for what is above zero, and a line only for what is finite.
const heightOf = (value: number, isLog: boolean): number => (isLog ? Math.log10(value) : value);

function pointsOf({ x }: Line, indices: readonly number[], values: Float64Array, isLog: boolean): CurvePoint[] {
  return indices.flatMap((index) => {
    const y = heightOf(values[index]!, isLog);
    return Number.isFinite(y) ? [{ x: x(index), y, index }] : [];
  });
}

const pick = ({ log, column, from, to }: Line, maxPoints: number): number[] =>
  pickPoints(from, to, log.count, maxPoints, (index) => column.counts[index]! > 0);

/** The band around a line, in the groups by which its points are picked. */
function bandOf({ log, column, from, to, x }: Line, maxPoints: number, isLog: boolean): BandPoint[] {
  const size = groupSize(to - from, maxPoints);
  const band: BandPoint[] = [];
  let hasHeight = false;
  const first = Math.max(0, Math.floor(from / size) - 1);
  const last = Math.min(Math.ceil(log.count / size), Math.ceil(to / size) + 1) - 1;
  for (let group = first; group <= last; group++) {
    let [low, high] = [Infinity, -Infinity];
    const [start, end] = [group * size, Math.min((group + 1) * size, log.count) - 1];
    for (let i = start; i <= end; i++) {
      if (column.lows[i]! < low) low = column.lows[i]!;
      if (column.highs[i]! > high) high = column.highs[i]!;
    }
    const top = heightOf(high, isLog);
    if (low > high || !Number.isFinite(top)) continue;
    hasHeight ||= low < high;
    const point = { low: low > 0 || !isLog ? heightOf(low, isLog) : -Infinity, high: top };
    if (group === 0) band.push({ ...point, x: x(0) });
    band.push({ ...point, x: (x(start) + x(end)) / 2 });
    if (end === log.count - 1 && end > start) band.push({ ...point, x: x(end) });
  }
  return hasHeight ? band : [];
}

function spanOf(band: readonly BandPoint[], { low: from, high: to }: Span): Span | null {
  let [low, high] = [Infinity, -Infinity];
  for (const point of band) {
    if (point.x < from || point.x > to) continue;
    low = Math.min(low, Number.isFinite(point.low) ? point.low : point.high);
    high = Math.max(high, point.high);
  }
  return low <= high ? { low, high } : null;
}

/** Fewer validations tell less of a run than its steps; of one alone nothing would be seen. */
const FEWEST_VALIDATIONS = 4;

/** Where the line of another run ends. */
function endOfOther({ train, validation, ...pace }: Overlay, unit: XUnit, isValidation: boolean): number {
  const log = isValidation ? validation : train;
  const last = log.count - 1;
  return last < 0 ? 0 : xOf(log.to[last]!, log.toMs[last]!, unit, stepsOfOne(unit, pace));
}

/** Builds a chart's curves. @param scratch room for the smoothed values, as long as the log's columns */
export function buildCurves(def: ChartDef, source: CurveSource, options: CurveOptions, scratch: Float64Array): Curves {
  const { train, validation, marks, others = [] } = source;
  const { xUnit, smoothing, isLog, isFit, zoom, width, height } = options;
  const own = stepsOfOne(xUnit, source);
  const xOfMoment = (step: number, elapsedMs: number): number => xOf(step, elapsedMs, xUnit, own);
  const endOf = (log: MetricColumns): number =>
    log.count > 0 ? xOfMoment(log.to[log.count - 1]!, log.toMs[log.count - 1]!) : 0;
  // All by the same, so that they can be compared.
  const isValidation = def.ofSplits || others.every((other) => other.validation.count >= FEWEST_VALIDATIONS);
  const ends = others.map((other) => endOfOther(other, xUnit, isValidation));
  const end = Math.max(endOf(train), endOf(validation), ...ends);
  const whole = wholeX(end, xUnit);
  // A zoom beyond the data, as after a restart, shows nothing: all is shown until the data get there.
  const isZoomed = zoom !== null && zoom.low < Math.max(endOf(train), ...ends);
  const view = isZoomed ? { low: zoom.low, high: Math.min(zoom.high, whole.high) } : whole;
  const lineOf = (log: MetricColumns, ofOne = own): Line => ({
    log,
    column: columnOf(log, def.id),
    from: bucketFrom(log, view.low, xUnit, ofOne),
    to: bucketFrom(log, view.high * (1 + 1e-12), xUnit, ofOne),
    x: (index) => xAt(log, index, xUnit, ofOne),
  });
  const [line, held] = [lineOf(train), lineOf(validation)];
  const besides = others.map(({ id, name, slot, train: steps, validation: scores, ...pace }): OtherLine => {
    const log = isValidation ? scores : steps;
    const other = lineOf(log, stepsOfOne(xUnit, pace));
    const values = isValidation
      ? other.column.means
      : smooth(other.column, log.count, smoothing, new Float64Array(log.count));
    return {
      id,
      name,
      slot,
      isValidation,
      points: pointsOf(other, pick(other, MAX_VALIDATION_POINTS), values, isLog),
    };
  });
  const smoothed = smooth(line.column, train.count, smoothing, scratch);
  const maxPoints = Math.min(MAX_TRAIN_POINTS, Math.max(MIN_TRAIN_POINTS, Math.floor(width / POINT_DISTANCE)));
  const picked = pick(line, maxPoints);
  const raw = pointsOf(line, picked, line.column.means, isLog);
  const band = bandOf(line, maxPoints, isLog);
  const scores = pointsOf(held, pick(held, MAX_VALIDATION_POINTS), held.column.means, isLog);
  const beside = besides.flatMap(({ points }) => points);
  const seen = [...raw, ...scores, ...beside].filter(({ x }) => !isZoomed || (x >= view.low && x <= view.high));
  const lines = Float64Array.from(seen, ({ y }) => y);
  return {
    raw,
    smooth: smoothing > 0 ? pointsOf(line, picked, smoothed, isLog) : [],
    band,
    validation: scores,
    xAxis: xAxisOf(view, xUnit, width),
    whole,
    shortest: (whole.high * 4) / Math.max(4, train.count > 0 ? train.to[train.count - 1]! : 0),
    yAxis: yAxisOf(def, { lines, band: spanOf(band, view) }, { isLog, isFit, isZoomed, height }),
    marks: marks.map(({ step, elapsedMs, learningRate }) => ({
      x: xOfMoment(step, elapsedMs),
      step: step + 1,
      learningRate,
    })),
    others: besides,
    smoothed,
  };
}
