/** Which of the logged numbers the table shows: the first step, the latest ones, and every validation. */
import type { MetricColumns } from "../store/metricLog";
import type { ValidationMetrics } from "../store/metrics";
import type { Score } from "./chart";
import { nearestIndex } from "./curves";

/** One row: a step, with its own scores if it is logged, and those on the validation samples if they were made here. */
export interface TableRow {
  readonly step: number;
  readonly epoch: number;
  readonly train: Score | null;
  readonly validation: Score | null;
}

const RECENT_STEPS = 12;

/** Rows by step, ascending, each step once. */
export function tableRows(train: MetricColumns, validations: readonly ValidationMetrics[]): TableRow[] {
  const trainAt = (step: number): Score | null => {
    const index = nearestIndex(train, step, "step");
    return train.steps[index] === step ? { loss: train.losses[index]!, accuracy: train.accuracies[index]! } : null;
  };
  const rows = new Map<number, TableRow>();
  const add = (index: number): void => {
    const step = train.steps[index]!;
    const score = { loss: train.losses[index]!, accuracy: train.accuracies[index]! };
    rows.set(step, { step, epoch: train.epochs[index]!, train: score, validation: null });
  };
  if (train.count > 0) add(0);
  for (let i = Math.max(1, train.count - RECENT_STEPS); i < train.count; i++) add(i);
  for (const { step, epoch, loss, accuracy } of validations) {
    rows.set(step, { step, epoch, train: trainAt(step), validation: { loss, accuracy } });
  }
  return [...rows.values()].toSorted((a, b) => a.step - b.step);
}
