/** The metrics ring: a small matrix on the device that training writes a row of per step and readers copy now and then.
 *  Values are copied as bits, so that a loss that is not a number arrives as it was. */
import writeRowText from "../../shaders/write_row.wgsl?raw";
import { ShapeError } from "../errors";
import type { Node, Op } from "../graph/node";
import { apply } from "../graph/node";
import type { TensorType } from "../graph/type";
import { isMatrix, showShape, sizeOf } from "../shape";
import { part } from "./wgsl";

type RowAttrs = { readonly column: number };

/** With the ring and the row number this makes the eight storage buffers that every device allows, less one. */
const MAX_VALUES = 5;

/** @throws ShapeError unless the ring is a matrix of numbers */
function ringSize({ shape, dtype }: TensorType): readonly [rows: number, columns: number] {
  if (dtype === "f32" && isMatrix(shape)) return shape;
  throw new ShapeError(`writeRow: expected an f32 ring [R, C], got ${dtype} ${showShape(shape)}.`);
}

const writeRowOp: Op<RowAttrs, ["ring", "row", ...string[]]> = {
  name: "writeRow",
  inPlace: 0,
  type([ring, row, ...values], { column }) {
    const [, columns] = ringSize(ring);
    if (row.dtype !== "u32" || sizeOf(row.shape) !== 1) {
      throw new ShapeError(`writeRow: expected row to be a u32 scalar, got ${row.dtype} ${showShape(row.shape)}.`);
    }
    const most = Math.min(columns - column, MAX_VALUES);
    if (values.length < 1 || values.length > most) {
      throw new ShapeError(
        `writeRow: expected 1 to ${most} values for ring ${showShape(ring.shape)}, got ${values.length}.`,
      );
    }
    const wrong = values.find((value) => value.dtype !== "f32" || sizeOf(value.shape) !== 1);
    if (wrong) {
      throw new ShapeError(`writeRow: expected f32 scalars, got ${wrong.dtype} ${showShape(wrong.shape)}.`);
    }
    return ring;
  },
  gradient: "none",
  // One row of the ring.
  cost: ({ length }) => ({ flops: 0, bytesRead: 4 * (length - 1), bytesWritten: 4 * (length - 2) }),
  cpu({ inputs: [, row, ...values], outputs: [ring], outputTypes, attrs: { column } }) {
    const [rows, columns] = ringSize(outputTypes[0]);
    return () => {
      const first = (row[0]! % rows) * columns + column;
      for (let c = 0; c < values.length; c++) ring[first + c] = values[c]![0]!;
    };
  },
  wgsl({ inputTypes, outputTypes, attrs: { column } }) {
    const [rows, columns] = ringSize(outputTypes[0]);
    const values = inputTypes.slice(2).map((_, c) => ({ name: `value${c}`, element: "u32" as const }));
    const lines = values.map(({ name }, c) => `  set_ring(first + ${column + c}u, ${name}(0u));`);
    return {
      inputs: [{ name: "ring" }, { name: "row" }, ...values],
      outputs: [{ name: "ring", element: "u32" }],
      constants: { ROWS: rows, COLUMNS: columns },
      parts: [
        part("write_row.wgsl write_values", ["fn write_values(first: u32) {", ...lines, "}"].join("\n")),
        part("write_row.wgsl", writeRowText),
      ],
      workgroups: 1,
    };
  },
};

/** The ring with its row `row % R` overwritten by `values` from column 0 on; columns beyond them stay. The result takes
 *  over the ring's memory. More than five values are written one group after the other.
 *  @param ring `[R, C]` f32, state  @param row `[]` u32  @param values 1 to C f32 scalars
 *  @returns `[R, C]` f32  @throws ShapeError when something does not fit */
export function writeRow(ring: Node, row: Node, values: readonly Node[]): Node {
  let written = ring;
  for (let column = 0; column === 0 || column < values.length; column += MAX_VALUES) {
    written = apply(writeRowOp, [written, row, ...values.slice(column, column + MAX_VALUES)], { column });
  }
  return written;
}

/** The records behind this file's functions. */
export const ringOps = { writeRow: writeRowOp };
