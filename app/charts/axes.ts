/** The axes of a chart: where they begin and end, where they are marked, and what is written there. Pure. */
import { formatCompact, formatCount, formatDuration, formatRate } from "../common/format";
import type { XUnit } from "../store/ui";
import type { ChartDef } from "./chart";
import { distinctLabels, logTicks, niceRange, niceStep, niceTicks } from "./ticks";

/** A part of an axis. */
export interface Span {
  readonly low: number;
  readonly high: number;
}

/** An axis. Where it is logarithmic, ends and ticks are logarithms. */
export interface Axis extends Span {
  readonly ticks: readonly number[];
  readonly labels: readonly string[];
}

/** Pixels that a label takes, with the air around it. */
const X_LABEL = 68;
const Y_LABEL = 28;

const fit = (length: number, label: number, least: number, most: number): number =>
  Math.min(most, Math.max(least, Math.floor(length / label)));

const shortSeconds = (seconds: number): string =>
  seconds < 60 ? `${formatRate(seconds)} s` : formatDuration(seconds * 1000);

const xLabels: Readonly<Record<XUnit, readonly ((value: number) => string)[]>> = {
  step: [formatCompact, formatCount],
  epoch: [formatRate],
  samples: [formatCompact, formatCount],
  time: [shortSeconds, (seconds) => `${formatRate(seconds)} s`],
};

const isCounted = (xUnit: XUnit): boolean => xUnit === "step" || xUnit === "samples";

/** The whole horizontal axis of data that end at `last`. It grows in steps of a few percent: an axis that stays the same
 *  need not be drawn again. */
export function wholeX(last: number, xUnit: XUnit): Span {
  const end = last || 1;
  const grain = Math.max(niceStep(end, 12), isCounted(xUnit) ? 1 : 0);
  return { low: 0, high: Number((Math.ceil(end / grain - 1e-9) * grain).toPrecision(12)) };
}

/** The horizontal axis of what is seen. @param width in pixels */
export function xAxisOf({ low, high }: Span, xUnit: XUnit, width: number): Axis {
  const ticks = niceTicks(low, high, fit(width, X_LABEL, 2, 8), isCounted(xUnit) ? 1 : 0);
  return { low, high, ticks, labels: distinctLabels(ticks, xLabels[xUnit]) };
}

/** Share of the values, at either end, that a fitted axis may leave out. */
const OUTLIERS = 0.04;

/** What a vertical axis is made for. */
export interface YValues {
  /** Of the lines: logarithms where the axis is logarithmic. */
  readonly lines: Float64Array;
  /** Of the band around them, where it has any. */
  readonly band: Span | null;
}

interface YOptions {
  readonly isLog: boolean;
  /** Scales to most of the lines' values; the rest run out of the picture. */
  readonly isFit: boolean;
  /** Part of a run is seen: the axis need not begin where the metric does. */
  readonly isZoomed: boolean;
  /** In pixels. */
  readonly height: number;
}

/** The vertical axis. */
export function yAxisOf(def: ChartDef, { lines, band }: YValues, { isLog, isFit, isZoomed, height }: YOptions): Axis {
  const sorted = lines.toSorted();
  const skipped = isFit ? Math.floor(sorted.length * OUTLIERS) : 0;
  let low = sorted[skipped] ?? Infinity;
  let high = sorted[sorted.length - 1 - skipped] ?? -Infinity;
  if (band && !isFit) [low, high] = [Math.min(low, band.low), Math.max(high, band.high)];
  if (low > high) [low, high] = isLog ? [-1, 0] : [0, 1];
  const parts = fit(height, Y_LABEL, 1, 5);
  if (isLog) {
    // Whole tenths of a decade, and never a range too narrow to be marked.
    const air = Math.max(0.02, (0.35 - (high - low)) / 2);
    const [from, to] = [
      Math.floor((low - air) * 10) / 10,
      Math.min(Math.ceil((high + air) * 10) / 10, Math.log10(def.ceiling)),
    ];
    const ticks = logTicks(from, to, parts + 2);
    return { low: from, high: to, ticks, labels: ticks.flatMap((tick) => def.labels([10 ** tick])) };
  }
  const [from, above] = isFit || isZoomed ? niceRange(low, high, parts) : def.range(low, high, parts);
  const to = Math.min(above, def.ceiling);
  const ticks = niceTicks(from, to, parts);
  return { low: from, high: to, ticks, labels: def.labels(ticks) };
}
