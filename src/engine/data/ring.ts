/** Points around a ring of eight Gaussians: what a generator of points is to imitate. Made, the same each time. */
import { normal, uniform } from "../random";
import type { DatasetDef, Split } from "./dataset";
import { madeDataset } from "./made";

const MODES = 8;
const RADIUS = 1;
/** The standard deviation of each Gaussian. */
const SPREAD = 0.05;
const TRAIN = 4096;
const TEST = 1024;

/** The centres of the Gaussians, `[8, 2]`. */
export const ringCentres: readonly (readonly [number, number])[] = Array.from({ length: MODES }, (_, mode) => {
  const angle = (2 * Math.PI * mode) / MODES;
  return [RADIUS * Math.cos(angle), RADIUS * Math.sin(angle)] as const;
});

/** Draws points of the ring: the mode uniformly, then both coordinates around its centre. */
function draw(count: number, seed: number): Split {
  const point = new Float32Array(2 * count);
  const mode = new Uint8Array(count);
  for (let n = 0; n < count; n++) {
    mode[n] = Math.floor(MODES * uniform(seed, 0, 0, n));
    const [x, y] = ringCentres[mode[n] ?? 0] ?? [0, 0];
    point[2 * n] = x + SPREAD * normal(seed, 1, 0, n);
    point[2 * n + 1] = y + SPREAD * normal(seed, 2, 0, n);
  }
  return { count, columns: { point, mode } };
}

/** 4,096 + 1,024 points: `point` `[2]` f32 and `mode`, the Gaussian that it was drawn from.
 *  Source: Metz, Poole, Pfau, Sohl-Dickstein, "Unrolled generative adversarial networks", 2017, figure 2. */
export const ring: DatasetDef = madeDataset(
  {
    id: "ring",
    title: "Ring of Gaussians",
    description: "Points in eight clusters around a circle: a small test of whether a generator finds all of them.",
    credit: "Luke Metz, Ben Poole, David Pfau and Jascha Sohl-Dickstein",
    licence: "public domain",
    trainCount: TRAIN,
    columns: {
      point: { kind: "points", shape: [2], dtype: "f32", scale: 1, names: ["x", "y"] },
      mode: {
        kind: "class",
        shape: [],
        dtype: "u8",
        scale: 1,
        names: Array.from({ length: MODES }, (_, mode) => `mode ${mode + 1}`),
      },
    },
  },
  () => ({ train: draw(TRAIN, 1), test: draw(TEST, 2) }),
);
