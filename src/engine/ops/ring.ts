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
    const wrong = values.find(({ dtype }) => dtype !== "f32");
    if (wrong) {
      throw new ShapeError(`writeRow: expected f32 values, got ${wrong.dtype} ${showShape(wrong.shape)}.`);
    }
    const numbers = sizesOf(values).reduce((total, size) => total + size, 0);
    if (numbers < 1 || column + numbers > columns) {
      throw new ShapeError(
        `writeRow: expected 1 to ${columns - column} numbers for ring ${showShape(ring.shape)}, got ${numbers}.`,
      );
    }
    return ring;
  },
  gradient: "none",
  // One row of the ring.
  cost: (inputs) => {
    const numbers = sizesOf(inputs.slice(2)).reduce((total, size) => total + size, 0);
    return { flops: 0, bytesRead: 4 * (numbers + 1), bytesWritten: 4 * numbers };
  },
  cpu({ inputs: [, row, ...values], inputTypes: [, , ...types], outputs: [ring], outputTypes, attrs: { column } }) {
    const [rows, columns] = ringSize(outputTypes[0]);
    const sizes = sizesOf(types);
    return () => {
      let next = (row[0]! % rows) * columns + column;
      for (let v = 0; v < values.length; v++) {
        for (let i = 0; i < sizes[v]!; i++) ring[next++] = values[v]![i]!;
      }
    };
  },
  wgsl({ inputTypes, outputTypes, attrs: { column } }) {
    const [rows, columns] = ringSize(outputTypes[0]);
    const sizes = sizesOf(inputTypes.slice(2));
    const values = sizes.map((_, v) => ({ name: `value${v}`, element: "u32" as const }));
    const lines = values.map(({ name }, v) => {
      const first = column + sizes.slice(0, v).reduce((total, size) => total + size, 0);
      if (sizes[v] === 1) return `  set_ring(first + ${first}u, ${name}(0u));`;
      return `  for (var i = 0u; i < ${sizes[v]}u; i++) { set_ring(first + ${first}u + i, ${name}(i)); }`;
    });
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

const sizesOf = (values: readonly TensorType[]): number[] => values.map(({ shape }) => sizeOf(shape));

/** The ring with its row `row % R` overwritten by `values` from column 0 on, all numbers of one after those of the other; columns
 *  beyond them stay. The result takes over the ring's memory. More than five values are written one group after the other.
 *  @param ring `[R, C]` f32, state  @param row `[]` u32  @param values f32 of any shape, 1 to C numbers in all
 *  @returns `[R, C]` f32  @throws ShapeError when something does not fit */
export function writeRow(ring: Node, row: Node, values: readonly Node[]): Node {
  let written = ring;
  let column = 0;
  for (let first = 0; first === 0 || first < values.length; first += MAX_VALUES) {
    const group = values.slice(first, first + MAX_VALUES);
    written = apply(writeRowOp, [written, row, ...group], { column });
    column += sizesOf(group).reduce((total, size) => total + size, 0);
  }
  return written;
}

/** The records behind this file's functions. */
export const ringOps = { writeRow: writeRowOp };
