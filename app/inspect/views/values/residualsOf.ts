/** What residuals are: pure functions of predictions. */
import type { Predictions } from "../../../../src/engine";
import { lostUnits, rowOf } from "../row";

export interface Residual {
  /** Which of the samples it is. */
  readonly row: number;
  readonly measured: number;
  readonly predicted: number;
  /** `measured - predicted`, in the unit of the target. */
  readonly residual: number;
}

interface Features {
  readonly names: readonly string[];
  /** What is to be said of numbers that nobody can tell in their own units any more. */
  readonly lost: string | null;
  /** Those of a sample, as they are written. */
  readonly of: (row: number) => ReturnType<typeof rowOf>;
}

/** What the numbers of samples are called, and those of each; null where samples are no rows of numbers. */
export function featuresOf({ columns, count }: Predictions): Features | null {
  const rows = Object.values(columns).find(({ info }) => info.kind === "points");
  if (!rows) return null;
  const { info, values } = rows;
  const size = values.length / count;
  const of = (row: number): ReturnType<typeof rowOf> => rowOf(info, values.subarray(row * size, (row + 1) * size));
  return { names: of(0).map(({ name }) => name), lost: lostUnits(info), of };
}

/** The residual of each sample; null where a model predicts something else than one number. */
export function residualsOf({ count, columns, shown }: Predictions): Residual[] | null {
  const output = shown["output"];
  const target = Object.values(columns).findLast(({ info }) => info.kind === "value");
  if (output?.kind !== "value" || !target || output.data.length !== count) return null;
  return Array.from({ length: count }, (_, row) => {
    const [measured, predicted] = [target.values[row] ?? NaN, output.data[row] ?? NaN];
    return { row, measured, predicted, residual: measured - predicted };
  });
}

/** The mean, which says whether a model is biased, and how far off half of the samples are at most. */
export function summaryOf(residuals: readonly Residual[]): { readonly mean: number; readonly median: number } {
  const sizes = residuals.map(({ residual }) => Math.abs(residual)).toSorted((a, b) => a - b);
  const middle = sizes.length / 2;
  return {
    mean: residuals.reduce((total, { residual }) => total + residual, 0) / residuals.length,
    median: ((sizes[Math.ceil(middle) - 1] ?? NaN) + (sizes[Math.floor(middle)] ?? NaN)) / 2,
  };
}
