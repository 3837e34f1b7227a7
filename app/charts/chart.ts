/** What a chart is: which metric it shows, and how its values are scaled and written. Made from the metric's
 *  description; nothing here names a metric. */
import type { CurveInfo } from "../../src/engine";
import { formatLoss, formatPercent } from "../common/format";
import { labelNumbers, niceRange } from "./ticks";
import { t } from "../common/words";

export interface ChartDef {
  /** The metric's. */
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  /** For a tooltip. */
  readonly help: string;
  /** Whether it is told of whole splits alone: then there is no line of training. */
  readonly ofSplits: boolean;
  /** Exact, for a reading. */
  readonly format: (value: number) => string;
  /** Short, for an axis: the labels of its ticks, which differ where the ticks do. */
  readonly labels: (ticks: readonly number[]) => readonly string[];
  /** Where no curve is to be expected, for the labels of marks. */
  readonly quietEdge: "top" | "bottom";
  /** What no value is above, whatever is seen. */
  readonly ceiling: number;
  /** The linear axis for values in `[low, high]`, with at most so many parts. */
  readonly range: (low: number, high: number, parts: number) => readonly [number, number];
}

const formats = {
  number: { format: formatLoss, labels: labelNumbers },
  percent: {
    format: (value: number) => formatPercent(value),
    labels: (ticks: readonly number[]) => labelNumbers(ticks.map((tick) => tick * 100)).map((label) => `${label}%`),
  },
} as const;

/** A share ends at 1; what is best when low begins at zero, so that its height can be judged. */
function rangeOf({ format, better }: CurveInfo): ChartDef["range"] {
  if (format === "percent" && better === "higher") {
    return (low, _high, parts) => [Math.max(0, niceRange(Math.min(low, 0.98), 1, parts)[0]), 1];
  }
  if (better === "lower") return (low, high, parts) => niceRange(Math.min(0, low), high, parts);
  return niceRange;
}

/** The chart of a metric. */
export function chartOf(info: CurveInfo): ChartDef {
  const { id, title, unit, format, better, help, ofSplits = false } = info;
  return {
    id,
    title,
    unit,
    help: t(better === "lower" ? "chart.lowerIsBetter" : "chart.higherIsBetter", { help }),
    ofSplits,
    ...formats[format],
    quietEdge: better === "lower" ? "top" : "bottom",
    ceiling: format === "percent" ? 1 : Infinity,
    range: rangeOf(info),
  };
}
