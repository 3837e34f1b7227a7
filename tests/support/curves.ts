// Runs for the tests of logs and charts: made-up series, and what is true of them.
import type { ChartDef } from "../../app/charts/chart";
import { chartOf } from "../../app/charts/chart";
import type { CurveInfo } from "../../src/engine";
import type { MetricLog } from "../../src/engine/train/metricLog";
import { createMetricLog } from "../../src/engine/train/metricLog";
import type { Metrics } from "../../app/store/metrics";

/** Metrics that the page does not have: a log and its files must not care. */
export const infos: readonly CurveInfo[] = [
  { id: "mae", title: "Mean absolute error", unit: "m", format: "number", better: "lower", help: "How far off." },
  { id: "recall", title: "Recall", help: "What was found.", unit: "", format: "percent", better: "higher" },
];

/** The chart of the first. */
export const errorChart: ChartDef = chartOf({
  id: "mae",
  title: "MAE",
  help: "How far off.",
  unit: "m",
  format: "number",
  better: "lower",
});
export const shareChart: ChartDef = chartOf({
  id: "recall",
  title: "Recall",
  help: "What was found.",
  unit: "",
  format: "percent",
  better: "higher",
});

/** Appends errors as steps from `first`; a recall of 1 - error / 4 goes with them; a step takes 10 ms. */
export function append(log: MetricLog, errors: readonly number[], first = 1, every = 1): void {
  const steps = errors.map((_, i) => first + i * every);
  log.append({
    steps,
    elapsedMs: steps.map((step) => step * 10),
    columns: { mae: errors, recall: errors.map((error) => 1 - error / 4) },
  });
}

export function logOf(errors: readonly number[], capacity = 4096, every = 1): MetricLog {
  const log = createMetricLog(["mae", "recall"], capacity);
  append(log, errors, every, every);
  return log;
}

/** A run with these errors, an epoch of 100 steps, and a validation every so many steps. */
export function runOf(errors: readonly number[], capacity = 4096, validations: readonly number[] = []): Metrics {
  const train = logOf(errors, capacity);
  return { infos, train, validation: logOf(validations, capacity, 100), marks: [], stepsPerEpoch: 100, run: 1 };
}

/** A series that learns, with noise of about the same size all along. Always the same. */
export function learning(count: number, noise = 0.2): number[] {
  let seed = 7;
  const random = (): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
    return seed / 0x7fffffff;
  };
  return Array.from({ length: count }, (_, i) => {
    const spread = random() + random() + random() - 1.5;
    return 0.4 + Math.exp(-i / (count / 5)) + 2 * noise * spread;
  });
}

export const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

export function deviationOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return Math.sqrt(meanOf(values.map((value) => (value - mean) ** 2)));
}
