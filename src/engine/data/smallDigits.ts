/** MNIST in 8 by 8 pixels: what shows in a second how little it takes to tell digits apart. */
import type { ColumnData } from "./column";
import { type DatasetDef, infoOf, type Split } from "./dataset";
import { mnist } from "./mnist";

const SIDE = 8;
const { image: large, ...others } = mnist.columns;

/** 60,000 + 10,000 digits: `image` `[8, 8, 1]` u8 and `label`. */
export const smallDigits: DatasetDef = {
  ...mnist,
  id: "smalldigits",
  title: "Digits 8×8",
  description: "The digits of MNIST, shrunk to 8×8 grey pixels: an epoch takes a second.",
  columns: { ...(large && { image: { ...large, shape: [SIDE, SIDE, 1] } }), ...others },
  async load(source, options = {}) {
    const { train, test } = await mnist.load(source, { ...options, early: false });
    return { ...infoOf(smallDigits), train: shrink(train), test: shrink(test) };
  },
};

/** Each pixel is the mean of what it covers. */
export function shrink({ count, columns }: Split): Split {
  const from = columns["image"] ?? new Uint8Array();
  const [rows = 1, across = 1] = large?.shape ?? [];
  const [down, along] = [coveredBy(rows), coveredBy(across)];
  const image = new Uint8Array(count * SIDE * SIDE);
  const low = new Float32Array(rows * SIDE);
  for (let n = 0; n < count; n++) {
    for (let row = 0; row < rows; row++) {
      const start = (n * rows + row) * across;
      for (let x = 0; x < SIDE; x++) low[row * SIDE + x] = meanOf(from, along[x]!, start, 1);
    }
    for (let y = 0; y < SIDE; y++) {
      for (let x = 0; x < SIDE; x++) image[(n * SIDE + y) * SIDE + x] = Math.round(meanOf(low, down[y]!, x, SIDE));
    }
  }
  return { count, columns: { ...columns, image } };
}

/** The large pixels along an axis that a small one covers: the first of them, and the share of it that each is. */
interface Covered {
  readonly first: number;
  readonly shares: Float32Array;
}

function coveredBy(size: number): readonly Covered[] {
  const span = size / SIDE;
  return Array.from({ length: SIDE }, (_, i) => {
    const [start, end] = [i * span, (i + 1) * span];
    const first = Math.floor(start);
    const shares = Float32Array.from({ length: Math.ceil(end) - first }, (__, k) => {
      return (Math.min(end, first + k + 1) - Math.max(start, first + k)) / span;
    });
    return { first, shares };
  });
}

function meanOf(values: ColumnData, { first, shares }: Covered, start: number, stride: number): number {
  let mean = 0;
  for (let k = 0; k < shares.length; k++) mean += shares[k]! * values[start + (first + k) * stride]!;
  return mean;
}
