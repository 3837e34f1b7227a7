/** Holds a dataset against what it says of itself, where it enters: what is wrong in it is named here rather than met as a
 *  loss that is not a number. */
import { DatasetError } from "../errors";
import { arrayTypes } from "../graph/type";
import { sizeOf } from "../shape";
import { type ColumnData, type ColumnInfo, holdsIndices } from "./column";
import type { Dataset, Split } from "./dataset";
import { type EngineKey, type Said, say } from "../words/said";

/** @throws DatasetError naming split, column and sample: for a column that is missing, stored in another type or of another
 *  length than its samples need, for an index without a name, and for a number that is not finite */
export function checkDataset({ title, columns, train, test }: Dataset): void {
  for (const [name, split] of Object.entries({ train, test })) {
    if (split.count < 1)
      throw new DatasetError(say("data.noSamples", { where: say("data.split", { title, split: name }) }));
    for (const [column, info] of Object.entries(columns)) {
      checkColumn(say("data.column", { title, split: name, column }), info, split, split.columns[column]);
    }
  }
}

function checkColumn(
  where: Said<EngineKey>,
  info: ColumnInfo,
  { count }: Pick<Split, "count">,
  values?: ColumnData,
): void {
  const { dtype, shape, names } = info;
  const array = arrayTypes[dtype];
  if (!(values instanceof array)) {
    const got = values === undefined ? say("data.none") : values.constructor.name;
    throw new DatasetError(say("data.wrongArray", { where, array: array.name, got }));
  }
  const each = sizeOf(shape);
  if (values.length !== count * each) {
    throw new DatasetError(
      say("data.wrongLength", { where, values: count * each, samples: count, got: values.length }),
    );
  }
  const bad = findBad(info, values);
  if (bad < 0) return;
  const expected = names && holdsIndices(info) ? say("data.indexBelow", { names: names.length }) : say("data.finite");
  const about = { where, expected, got: values[bad] ?? NaN, sample: Math.floor(bad / each) };
  throw new DatasetError(
    each > 1 ? say("data.badValueAt", { ...about, place: bad % each }) : say("data.badValue", about),
  );
}

/** Where the first value is that no model can learn from, or -1. */
function findBad(info: ColumnInfo, values: ColumnData): number {
  const { names } = info;
  if (holdsIndices(info)) return names ? values.findIndex((index) => index >= names.length) : -1;
  return info.dtype === "f32" ? values.findIndex((value) => !Number.isFinite(value)) : -1;
}
