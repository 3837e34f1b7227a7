/** A noisy sine: one number in, one number out. Made, the same each time. */
import { normal, uniform } from "../random";
import type { DatasetDef, Split } from "./dataset";
import { madeDataset } from "./made";

/** The standard deviation of the noise. No model can predict closer than that. */
export const SINE_NOISE = 0.1;
const TRAIN = 1024;
const TEST = 256;

/** `y = sin(pi x) + noise` for x uniform in [-2, 2]. */
function draw(count: number, seed: number): Split {
  const x = Float32Array.from({ length: count }, (_, n) => 4 * uniform(seed, 0, 0, n) - 2);
  const y = x.map((value, n) => Math.sin(Math.PI * value) + SINE_NOISE * normal(seed, 1, 0, n));
  return { count, columns: { x, y } };
}

/** 1,024 + 256 samples: `x` `[1]` f32 and `y`, a number. */
export const sine: DatasetDef = madeDataset(
  {
    id: "sine",
    title: "Noisy sine",
    description: "Two periods of a sine with noise: a number to predict from a number.",
    credit: "Descent",
    licence: "public domain",
    trainCount: TRAIN,
    columns: {
      x: { kind: "points", shape: [1], dtype: "f32", scale: 1, names: ["x"] },
      y: { kind: "value", shape: [], dtype: "f32", scale: 1 },
    },
  },
  () => ({ train: draw(TRAIN, 1), test: draw(TEST, 2) }),
);
