/** Ops that choose rows or only move elements as records for `src/wasm/rows.ts`, `gather.ts` and `copy.ts`. */
import { Kernel, ONE_HOT_UNIT, RowElement, RUNS_UNIT } from "../../../../wasm/codes";
import type { Launch } from "../../../compile/plan";
import type { RowCopies } from "../../../graph/kernel";
import type { Node } from "../../../graph/node";
import { isPacked, type DType } from "../../../graph/type";
import { rowLength } from "../../../ops/gather";
import { steps } from "../../../ops/gemm";
import { runLength } from "../../../ops/strided";
import { sizeOf } from "../../../shape";
import type { AddressOf } from "./records";
import type { WasmLaunch, Records } from "./records";
import { floatWord } from "./records";

/** What becomes of an element on the way from a table to its rows. */
function elementCode(from: DType, to: DType, scale: number): RowElement {
  if (from === "u16") return to === "f32" ? RowElement.halvesToFloats : RowElement.halvesToWords;
  if (from === "u8") return to === "f32" ? RowElement.bytesToFloats : RowElement.bytesToWords;
  if (from === to && scale === 1) return RowElement.copied;
  return from === "f32" ? RowElement.floatsToFloats : RowElement.wordsToFloats;
}

/** A batch of a resident dataset, drawn by a shuffled index from an offset on. A piece of work is a row. */
export function lowerBatch(
  { inputs: [data, order, offset], outputs: [result], attrs }: Launch,
  addressOf: AddressOf,
  records: Records,
): WasmLaunch[] | undefined {
  if (!data || !order || !offset || !result) return undefined;
  const scale = Number(attrs["scale"]);
  const record = records.words([
    addressOf(data),
    addressOf(order),
    addressOf(offset),
    addressOf(result),
    rowLength(data.shape),
    sizeOf(order.shape) - 1,
    floatWord(scale),
    elementCode(data.dtype, result.dtype, scale),
    data.shape[0]! - 1,
  ]);
  return [{ kernel: Kernel.batchRows, record, units: result.shape[0]! }];
}

/** Rows by number: a batch whose index begins at 0. */
export function lowerGather(
  { inputs: [x, indices], outputs: [result] }: Launch,
  addressOf: AddressOf,
  records: Records,
): WasmLaunch[] | undefined {
  if (!x || !indices || !result) return undefined;
  const count = indices.shape[0]!;
  const record = records.words([
    addressOf(x),
    addressOf(indices),
    records.words([0]),
    addressOf(result),
    rowLength(x.shape),
    count - 1,
    floatWord(1),
    elementCode(x.dtype, result.dtype, 1),
    x.shape[0]! - 1,
  ]);
  return [{ kernel: Kernel.batchRows, record, units: count }];
}

/** The readers of each row are found by counting, and what they pass back is added up in their order. */
export function lowerGatherGrad(
  { inputs: [indices, dy], outputs: [result] }: Launch,
  addressOf: AddressOf,
  records: Records,
): WasmLaunch[] | undefined {
  if (!indices || !dy || !result) return undefined;
  const count = indices.shape[0]!;
  const rows = result.shape[0]!;
  const record = records.words([
    addressOf(indices),
    addressOf(dy),
    addressOf(result),
    count,
    rows,
    rowLength(result.shape),
    records.room((rows + 1) * 4),
    records.room(count * 4),
  ]);
  return [
    { kernel: Kernel.countRows, record, units: 1 },
    { kernel: Kernel.sumRuns, record, units: Math.ceil(rows / RUNS_UNIT) },
  ];
}

/** One-hot codes. */
export function lowerOneHot(
  { inputs: [indices], outputs: [result], attrs }: Launch,
  addressOf: AddressOf,
  records: Records,
): WasmLaunch[] | undefined {
  if (!indices || !result) return undefined;
  const count = sizeOf(indices.shape);
  const record = records.words([addressOf(indices), addressOf(result), count, Number(attrs["depth"])]);
  return [{ kernel: Kernel.oneHot, record, units: Math.ceil(count / ONE_HOT_UNIT) }];
}

/** Counting numbers. */
export function lowerRange(
  { outputs: [result] }: Launch,
  addressOf: AddressOf,
  records: Records,
): WasmLaunch[] | undefined {
  if (!result) return undefined;
  const record = records.words([addressOf(result), sizeOf(result.shape)]);
  return [{ kernel: Kernel.range, record, units: 1 }];
}

/** A row of the metrics ring, written in place from a column on. */
export function lowerWriteRow(
  { inputs: [, row, ...values], outputs: [ring], attrs }: Launch,
  addressOf: AddressOf,
  records: Records,
): WasmLaunch[] | undefined {
  if (!row || !ring) return undefined;
  // Every number by its own address, whatever it is part of.
  const places = values.flatMap((value) =>
    Array.from({ length: sizeOf(value.shape) }, (_, i) => addressOf(value) + 4 * i),
  );
  const first = addressOf(ring) + 4 * Number(attrs["column"]);
  const record = records.words([first, addressOf(row), ...ring.shape, places.length, ...places]);
  return [{ kernel: Kernel.writeRow, record, units: 1 }];
}

/** Elements of a piece of a copy, about: it is of whole rows. */
const COPY_UNIT = 4096;

/** Where rows are copied to, and what is left between them for others. */
interface CopyTarget {
  readonly address: number;
  /** Elements from one row to the next. */
  readonly rowElements: number;
}

function copyRows(
  { starts, length, stride, first, last, fill }: RowCopies,
  source: Node,
  { address, rowElements }: CopyTarget,
  addressOf: AddressOf,
  records: Records,
): WasmLaunch {
  // Rows are turned four at a time.
  const unit = 4 * Math.ceil(COPY_UNIT / length / 4);
  const record = records.words([
    addressOf(source),
    address,
    records.words(starts.map((start) => (start < 0 ? -1 : start * 4))),
    starts.length,
    length,
    stride * 4,
    first,
    last,
    source.dtype === "f32" ? floatWord(fill) : fill,
    rowElements * 4,
    unit,
  ]);
  return { kernel: Kernel.copyRows, record, units: Math.ceil(starts.length / unit) };
}

/** One strided copy: transpose, slice and pad. */
export function lowerCopy(
  { inputs: [x], outputs: [result] }: Launch,
  rows: RowCopies,
  addressOf: AddressOf,
  records: Records,
): WasmLaunch[] | undefined {
  if (!x || !result) return undefined;
  return [copyRows(rows, x, { address: addressOf(result), rowElements: rows.length }, addressOf, records)];
}

const wholeRows = (count: number, length: number): RowCopies => ({
  starts: Int32Array.from(steps(count, length)),
  length,
  stride: 1,
  first: 0,
  last: length,
  fill: 0,
});

/** All of a tensor, as it is. */
export function lowerWholeCopy(
  { inputs: [x], outputs: [result] }: Launch,
  addressOf: AddressOf,
  records: Records,
): WasmLaunch[] | undefined {
  if (!x || !result || isPacked(x.dtype)) return undefined;
  const size = sizeOf(result.shape);
  const target = { address: addressOf(result), rowElements: size };
  return [copyRows(wholeRows(1, size), x, target, addressOf, records)];
}

/** Arrays side by side: a copy of each. */
export function lowerConcat(
  { inputs, outputs: [result], attrs }: Launch,
  addressOf: AddressOf,
  records: Records,
): WasmLaunch[] | undefined {
  if (!result) return undefined;
  const axis = Number(attrs["axis"]);
  const rowElements = runLength(result.shape, axis);
  const count = sizeOf(result.shape) / rowElements;
  let before = 0;
  return inputs.map((input) => {
    const run = runLength(input.shape, axis);
    const target = { address: addressOf(result) + before * 4, rowElements };
    before += run;
    return copyRows(wholeRows(count, run), input, target, addressOf, records);
  });
}
