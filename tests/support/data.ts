// Datasets of a test's own: an input to read and a class to tell.
import type { ColumnData, ColumnInfo, Dataset, Split } from "../../src/engine/data";
import { requireDataset } from "../../src/engine/data/library";
import type { DataInfo } from "../../src/engine/data/dataset";
import { infoOf } from "../../src/engine/data/dataset";

/** What is known of a dataset of two columns, `input` and `label`. */
interface Labelled {
  readonly id: string;
  readonly title: string;
  readonly input: ColumnInfo;
  readonly names: readonly string[];
}

/** Inputs and labels of some samples. */
export const splitOf = (input: ColumnData, label: Uint8Array<ArrayBuffer>): Split => ({
  count: label.length,
  columns: { input, label },
});

/** A dataset of columns `input` and `label`. */
export const labelled = ({ id, title, input, names }: Labelled, train: Split, test = train): Dataset => ({
  id,
  title,
  columns: { input, label: { kind: "class", shape: [], dtype: "u8", scale: 1, names } },
  trainCount: train.count,
  train,
  test,
});

/** A built-in dataset with the first so many samples of a split, all blank: for what looks at no value. */
export function blank(id: string, count: number): Dataset {
  const info = infoOf(requireDataset(id));
  const split = { count, columns: blankColumns(info, count) };
  return { ...info, trainCount: count, train: split, test: split };
}

function blankColumns({ columns }: DataInfo, count: number): Split["columns"] {
  const made = Object.entries(columns).map(([name, { shape, dtype }]): [string, ColumnData] => {
    const length = shape.reduce((size, dim) => size * dim, count);
    return [
      name,
      dtype === "u8" ? new Uint8Array(length) : dtype === "u32" ? new Uint32Array(length) : new Float32Array(length),
    ];
  });
  return Object.fromEntries(made);
}

/** A column's stored values. */
export function columnOf({ columns }: Pick<Split, "columns">, name: string): ColumnData {
  const values = columns[name];
  if (!values) throw new Error(`expected a column "${name}", got ${Object.keys(columns).join(", ")}`);
  return values;
}
