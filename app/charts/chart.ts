/** What a chart kind is: which number of a step it shows, and how that number is scaled and written. */
import type { MetricColumns, StepMetrics } from "../store/metricLog";

/** The numbers of one moment. */
export type Score = Pick<StepMetrics, "loss" | "accuracy">;

export interface ChartDef {
  readonly id: string;
  readonly title: string;
  /** One sentence, for a tooltip. */
  readonly help: string;
  /** Of all training steps. */
  readonly column: (columns: MetricColumns) => Float64Array;
  /** Of one validation. */
  readonly read: (score: Score) => number;
  /** Exact, for a tooltip. */
  readonly format: (value: number) => string;
  /** Short, for an axis. */
  readonly formatTick: (value: number) => string;
  /** Where no curve is to be expected, for the labels of marks. */
  readonly quietEdge: "top" | "bottom";
  /** The linear axis for values in `[low, high]`. */
  readonly range: (low: number, high: number) => readonly [number, number];
}
