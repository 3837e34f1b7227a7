/** Which of the logged numbers the table shows: the first step, the latest ones, and validations spread over the run. A
 *  fixed number of rows, however long the run is. */
import type { MetricColumns } from "../../src/engine";
import { groupSize } from "./downsample";

/** One row: the steps from `from` to `to`, the mean of each metric over them in the order of the log, and the same of
 *  the validations made in that time. Null where there is none. */
export interface TableRow {
  readonly from: number;
  readonly to: number;
  readonly train: readonly number[] | null;
  readonly validation: readonly number[] | null;
}

const RECENT = 12;
/** Validations shown at most. */
export const MAX_VALIDATION_ROWS = 40;

/** How many steps a row of the log stands for, at most: 1 until there are more steps than it has rows for. */
export const stepsInRows = ({ counts, count }: Pick<MetricColumns, "counts" | "count">): number =>
  counts.subarray(0, count).reduce((most, steps) => Math.max(most, steps), 1);

const meansAt = (log: MetricColumns, index: number): number[] => log.ids.map((id) => log.column(id).means[index]!);

/** The bucket that ends with this step, or -1. */
function bucketEnding(log: MetricColumns, step: number): number {
  let [low, high] = [0, log.count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (log.to[middle]! < step) low = middle + 1;
    else high = middle;
  }
  return low < log.count && log.to[low] === step ? low : -1;
}

/** Rows by their last step, ascending, each once. */
export function tableRows(train: MetricColumns, validation: MetricColumns): TableRow[] {
  const rows = new Map<number, TableRow>();
  const add = (index: number): void => {
    const [from, to] = [train.from[index]!, train.to[index]!];
    rows.set(to, { from, to, train: meansAt(train, index), validation: null });
  };
  if (train.count > 0) add(0);
  for (let i = Math.max(1, train.count - RECENT); i < train.count; i++) add(i);
  const stride = groupSize(validation.count, MAX_VALIDATION_ROWS - 1);
  for (let i = stride - 1; i < validation.count + stride - 1; i += stride) {
    const index = Math.min(i, validation.count - 1);
    const [from, to] = [validation.from[index]!, validation.to[index]!];
    const beside = bucketEnding(train, to);
    if (beside >= 0 && from === to) add(beside);
    const known = rows.get(to);
    rows.set(to, { from, to, train: null, ...known, validation: meansAt(validation, index) });
  }
  return [...rows.values()].toSorted((a, b) => a.to - b.to);
}
