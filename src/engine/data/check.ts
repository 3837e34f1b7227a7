/** Holds a dataset against what it says of itself, where it enters: what is wrong in it is named here rather than met as a
 *  loss that is not a number. */
import { DatasetError } from "../errors";
import type { DType } from "../graph/type";
import { formatCount, sizeOf } from "../shape";
import { type ColumnData, type ColumnInfo, holdsIndices } from "./column";
import type { Dataset, Split } from "./dataset";

const arrays = { u8: Uint8Array, u32: Uint32Array, f32: Float32Array } as const satisfies Record<DType, unknown>;

/** @throws DatasetError naming split, column and sample: for a column that is missing, stored in another type or of another
 *  length than its samples need, for an index without a name, and for a number that is not finite */
export function checkDataset({ title, columns, train, test }: Dataset): void {
  for (const [name, split] of Object.entries({ train, test })) {
    if (split.count < 1) throw new DatasetError(`${title}, ${name}: expected samples, got none. Give at least one.`);
    for (const [column, info] of Object.entries(columns)) {
      checkColumn(`${title}, ${name} column "${column}"`, info, split, split.columns[column]);
    }
  }
}

function checkColumn(where: string, info: ColumnInfo, { count }: Pick<Split, "count">, values?: ColumnData): void {
  const { dtype, shape, names } = info;
  const array = arrays[dtype];
  if (!(values instanceof array)) {
    const got = values === undefined ? "none" : values.constructor.name;
    throw new DatasetError(
      `${where}: expected a ${array.name} of its values, got ${got}. Give all columns of all splits.`,
    );
  }
  const each = sizeOf(shape);
  if (values.length !== count * each) {
    throw new DatasetError(
      `${where}: expected ${formatCount(count * each)} values for ${formatCount(count)} samples, got ${formatCount(values.length)}. Mend the column or the count.`,
    );
  }
  const bad = findBad(info, values);
  if (bad < 0) return;
  const expected =
    names && holdsIndices(info) ? `an index below ${formatCount(names.length)}, for so many names` : "a finite number";
  throw new DatasetError(
    `${where}: expected ${expected}, got ${values[bad]} in sample ${formatCount(Math.floor(bad / each))}${each > 1 ? ` at ${bad % each}` : ""}. Mend or drop that sample.`,
  );
}

/** Where the first value is that no model can learn from, or -1. */
function findBad(info: ColumnInfo, values: ColumnData): number {
  const { names } = info;
  if (holdsIndices(info)) return names ? values.findIndex((index) => index >= names.length) : -1;
  return info.dtype === "f32" ? values.findIndex((value) => !Number.isFinite(value)) : -1;
}
