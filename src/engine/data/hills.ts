/** Hills and valleys over a square: a number to predict from a place. Made, the same each time. */
import { normal, uniform } from "../random";
import type { DatasetDef, Split } from "./dataset";
import { madeDataset } from "./made";

/** The standard deviation of the noise. No model can predict closer than that. */
export const HILLS_NOISE = 0.05;
const TRAIN = 1024;
const TEST = 256;

/** How high it is at a place, from -1 to 1: a hill or a valley in each quarter. */
export const heightAt = (x: number, y: number): number => Math.sin(Math.PI * x) * Math.sin(Math.PI * y);

/** Places are uniform in [-1, 1] both ways. */
function draw(count: number, seed: number): Split {
  const point = Float32Array.from({ length: 2 * count }, (_, i) => 2 * uniform(seed, 0, 0, i) - 1);
  const height = Float32Array.from(
    { length: count },
    (_, n) => heightAt(point[2 * n] ?? NaN, point[2 * n + 1] ?? NaN) + HILLS_NOISE * normal(seed, 1, 0, n),
  );
  return { count, columns: { point, height } };
}

/** 1,024 + 256 samples: `point` `[2]` f32 and `height`, a number. */
export const hills: DatasetDef = madeDataset(
  {
    id: "hills",
    title: "Hills",
    description: "Two hills and two valleys over a square: a number to predict from a place.",
    credit: "Descent",
    licence: "public domain",
    trainCount: TRAIN,
    columns: {
      point: { kind: "points", shape: [2], dtype: "f32", scale: 1, names: ["x", "y"] },
      height: { kind: "value", shape: [], dtype: "f32", scale: 1 },
    },
  },
  () => ({ train: draw(TRAIN, 1), test: draw(TEST, 2) }),
);
