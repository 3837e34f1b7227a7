/** What a chart says at one place, in numbers and in words. Pure. */
import { formatEpoch, formatDuration, formatRate } from "../common/format";
import type { ChartDef } from "./chart";
import type { CurvePoint, Curves, CurveSource } from "./curves";
import { columnOf, nearestPoint } from "./curves";
import { t } from "../common/words";

/** A place on a line, to put a dot there. */
interface ReadPoint extends CurvePoint {
  readonly line: "raw" | "smooth" | "validation";
}

interface Steps {
  readonly from: number;
  readonly to: number;
}

/** Some steps in numbers. */
interface ReadSteps extends Steps {
  readonly mean: number;
}

/** The numbers of the drawn point nearest to a place. */
export interface Reading extends Steps {
  readonly x: number;
  /** Of training; null where that is not told. */
  readonly mean: number | null;
  readonly low: number;
  readonly high: number;
  readonly smoothed: number | null;
  readonly epoch: number;
  readonly elapsedMs: number;
  /** The nearest in the picture. */
  readonly validation: ReadSteps | null;
  /** As it was last set by hand before, and the first step with it. */
  readonly rate: { readonly learningRate: number; readonly step: number } | null;
  readonly points: readonly ReadPoint[];
}

/** The validation nearest to a step: in time, scoring lies between them. Closer to the start of the run than to the first one, there
 *  is none yet. */
function validationNear(points: readonly CurvePoint[], ends: Float64Array, step: number): CurvePoint | undefined {
  const away = ({ index }: CurvePoint): number => Math.abs(ends[index]! - step);
  let nearest = points[0];
  for (const point of points) if (nearest && away(point) < away(nearest)) nearest = point;
  return nearest && step >= ends[nearest.index]! / 2 ? nearest : undefined;
}

/** Reads a chart, by its steps, or by its validations where steps are not told. @param x the place; null for the latest  @returns null where nothing is drawn */
export function readAt(def: ChartDef, curves: Curves, source: CurveSource, x: number | null): Reading | null {
  const { id, ofSplits } = def;
  const line = ofSplits ? curves.validation : curves.raw;
  const point = x === null ? line.at(-1) : nearestPoint(line, x);
  if (!point) return null;
  const { validation, stepsPerEpoch } = source;
  const log = ofSplits ? validation : source.train;
  const { index } = point;
  const { means, lows, highs } = columnOf(log, id);
  const smooth = curves.smooth.find((candidate) => candidate.index === index);
  const near = x === null ? curves.validation.at(-1) : validationNear(curves.validation, validation.to, log.to[index]!);
  const held = ofSplits ? point : near;
  // The later ones are drawn over the others.
  const points: ReadPoint[] = held ? [{ ...held, line: "validation" }] : [];
  if (!ofSplits) points.push({ ...point, line: "raw" });
  if (smooth) points.push({ ...smooth, line: "smooth" });
  return {
    x: point.x,
    from: log.from[index]!,
    to: log.to[index]!,
    mean: ofSplits ? null : means[index]!,
    low: lows[index]!,
    high: highs[index]!,
    smoothed: curves.smooth.length > 0 ? curves.smoothed[index]! : null,
    epoch: log.to[index]! / (stepsPerEpoch || 1),
    elapsedMs: log.toMs[index]!,
    validation: held
      ? {
          from: validation.from[held.index]!,
          to: validation.to[held.index]!,
          mean: validation.column(id).means[held.index]!,
        }
      : null,
    rate: curves.marks.findLast((mark) => mark.x <= point.x) ?? null,
    points,
  };
}

/** The worst steps close to a place: those of the bucket that stands out most between the drawn points beside it. */
export function spikeAt(def: ChartDef, { raw }: Curves, { train }: CurveSource, x: number): Steps | null {
  const point = nearestPoint(raw, x);
  if (!point) return null;
  const at = raw.indexOf(point);
  const { lows, highs } = columnOf(train, def.id);
  const badness = (i: number): number => (def.quietEdge === "top" ? highs[i]! : -lows[i]!);
  const last = (raw[at + 1]?.index ?? point.index + 1) - 1;
  let worst = point.index;
  for (let i = (raw[at - 1]?.index ?? -1) + 1; i <= last; i++) if (badness(i) > badness(worst)) worst = i;
  return { from: train.from[worst]!, to: train.to[worst]! };
}

/** `Step 1,117`, or `Steps 1,089 to 1,120` of a bucket. */
export const stepsText = ({ from, to }: Steps): string => t("reading.steps", { from, to });

/** `epoch 1.3`, to hundredths. */
export const epochText = ({ epoch }: Reading): string => t("reading.epoch", { epoch: formatEpoch(epoch) });

/** What the smoothed line hides at this place: the value of one step, or the mean of several. */
export function rawText({ format }: ChartDef, { from, to, mean, smoothed }: Reading): string | null {
  if (mean === null) return null;
  if (from !== to) return t("reading.mean", { value: format(mean) });
  return smoothed === null ? null : t("reading.raw", { value: format(mean) });
}

/** Between which values several steps lie. */
export const rangeText = ({ format }: ChartDef, { low, high }: Reading): string | null =>
  low < high ? t("reading.range", { low: format(low), high: format(high) }) : null;

/** The same in one sentence, for those who hear the page. */
export function describeReading(def: ChartDef, reading: Reading): string {
  const { smoothed, mean, validation, rate, elapsedMs } = reading;
  const details = [rawText(def, reading), rangeText(def, reading)];
  const value = smoothed ?? mean;
  const { from = 0, to = 0 } = validation ?? {};
  return t("reading.all", {
    details: [
      stepsText(reading),
      epochText(reading),
      formatDuration(elapsedMs),
      ...(value === null
        ? []
        : [t(smoothed === null ? "reading.train" : "reading.smoothed", { value: def.format(value) })]),
      ...details.filter((text) => text !== null),
      ...(validation ? [t("reading.validation", { value: def.format(validation.mean), from, to })] : []),
      ...(rate ? [t("reading.rateSet", { rate: formatRate(rate.learningRate), step: rate.step })] : []),
    ],
  });
}
