/** Points in a plane of two classes, made the same each time: what the sets of that kind share. */
import type { DatasetDef, Split } from "./dataset";
import { madeDataset } from "./made";

const TRAIN = 1000;
const TEST = 500;

/** A set and how its points are drawn. */
interface TwoClasses extends Pick<DatasetDef, "id" | "title" | "description" | "credit"> {
  /** What the classes are called. */
  readonly names: readonly [string, string];
  /** The coordinates of a point, about as far from 0 as 1. @param of its number among those of its class, for which
   *  its random numbers are drawn */
  readonly draw: (label: 0 | 1, of: number, seed: number) => readonly [x: number, y: number];
}

/** 1,000 + 500 points, as many of one class as of the other: `point` `[2]` f32 and `label`, 0 or 1. */
export function twoClasses({ names, draw, ...about }: TwoClasses): DatasetDef {
  const split = (count: number, seed: number): Split => {
    const point = new Float32Array(2 * count);
    const label = new Uint8Array(count);
    for (let n = 0; n < count; n++) {
      const own = n % 2 === 0 ? 0 : 1;
      label[n] = own;
      point.set(draw(own, n >> 1, 2 * seed + own), 2 * n);
    }
    return { count, columns: { point, label } };
  };
  const columns: DatasetDef["columns"] = {
    point: { kind: "points", shape: [2], dtype: "f32", scale: 1, names: ["x", "y"] },
    label: { kind: "class", shape: [], dtype: "u8", scale: 1, names },
  };
  return madeDataset({ ...about, licence: "public domain", trainCount: TRAIN, columns }, () => ({
    train: split(TRAIN, 1),
    test: split(TEST, 2),
  }));
}
