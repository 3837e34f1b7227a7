/** Takes some classes out of a dataset that is there. Pages do without. */
import { sizeOf } from "../shape";
import type { ColumnData, ColumnInfo } from "./column";
import type { DataInfo, Split } from "./dataset";

/** The samples of a split of `whole` whose class is one of `kept`, in its order; their classes count from 0 again. */
export function keepClasses({ columns }: DataInfo, split: Split, kept: readonly number[]): Split {
  const name = Object.keys(columns).find((column) => columns[column]?.kind === "class") ?? "";
  const stored = split.columns[name] ?? new Uint8Array();
  const places = new Map(kept.map((index, place) => [index, place]));
  const rows = [...stored.keys()].filter((row) => places.has(stored[row] ?? -1));
  const values = Object.entries(split.columns).map(([column, all]): [string, ColumnData] => [
    column,
    column === name
      ? Uint8Array.from(rows, (row) => places.get(stored[row] ?? -1) ?? 0)
      : rowsOf(all, rows, columns[column]),
  ]);
  return { count: rows.length, columns: Object.fromEntries(values) };
}

function rowsOf(all: ColumnData, rows: readonly number[], info: ColumnInfo | undefined): ColumnData {
  const length = sizeOf(info?.shape ?? []);
  const found = all.slice(0, rows.length * length);
  rows.forEach((row, i) => found.set(all.subarray(row * length, (row + 1) * length), i * length));
  return found;
}
