/** From the trainer's events, one record a step, to the columns that the metric log takes. */
import type { StepMetrics } from "../../src/engine";
import type { MetricBatch } from "../store/metricLog";

/** The columns of some steps, or of some validations, which have the same fields. */
export const batchOf = (rows: readonly StepMetrics[]): MetricBatch => ({
  steps: Float64Array.from(rows, ({ step }) => step),
  elapsedMs: Float64Array.from(rows, ({ elapsedMs }) => elapsedMs),
  columns: {
    loss: Float32Array.from(rows, ({ loss }) => loss),
    accuracy: Float32Array.from(rows, ({ accuracy }) => accuracy),
  },
});

/** Steps of an epoch, by a step and how many epochs were done after it. 0 when there is no step. */
export function stepsPerEpochOf(rows: readonly StepMetrics[]): number {
  const last = rows.at(-1);
  return last && last.epoch > 0 ? Math.round(last.step / last.epoch) : 0;
}
