/** From the trainer's events to the columns that the metric log takes. */
import type { StepBatch, ValidationMetrics } from "../../src/engine";
import type { MetricBatch } from "../../src/engine";

/** The columns of some steps. */
export const stepBatch = ({ first, count, elapsedMs, values }: StepBatch): MetricBatch => ({
  steps: Float64Array.from({ length: count }, (_, i) => first + i),
  elapsedMs,
  columns: values,
});

/** The same of one validation. */
export const validationBatch = ({ step, elapsedMs, values }: ValidationMetrics): MetricBatch => ({
  steps: [step],
  elapsedMs: [elapsedMs],
  columns: Object.fromEntries(Object.entries(values).map(([id, value]) => [id, [value]])),
});
