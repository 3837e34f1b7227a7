/** Samples of the test set with what a model shows of them. */
import { type ColumnData, holdsIndices } from "../data/column";
import type { Split } from "../data";
import { DatasetError } from "../errors";
import { sizeOf } from "../shape";
import type { Prepared } from "./prepared";
import type { Predictions, SampleColumn } from "./protocol";

/** Waits for all samples of a split. @returns whether they have arrived: who only wants to show them can do without */
export async function hasArrived({ arrival, count }: Split): Promise<boolean> {
  try {
    await arrival?.until(count);
    return true;
  } catch (error) {
    if (error instanceof DatasetError) return false;
    throw error;
  }
}

/** `count` test samples from the `first`, which must have arrived; fewer at the end of the set. */
export async function samplePredictions(
  { session, dataset }: Pick<Prepared, "session" | "dataset">,
  first: number,
  count: number,
): Promise<Predictions> {
  const { test, columns } = dataset;
  const from = Math.max(0, Math.min(first, test.count));
  const to = Math.max(from, Math.min(from + count, test.count));
  const samples: Record<string, SampleColumn> = {};
  const read: Record<string, ColumnData> = {};
  for (const [name, info] of Object.entries(columns)) {
    const length = sizeOf(info.shape);
    const stored = test.columns[name]?.subarray(from * length, to * length) ?? new Float32Array();
    const values = holdsIndices(info)
      ? Uint32Array.from(stored)
      : Float32Array.from(stored, (value) => value * info.scale);
    samples[name] = { info, values };
    read[name] = values;
  }
  return { first: from, count: to - from, columns: samples, shown: await session.show(read, to - from) };
}
