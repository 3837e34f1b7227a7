/** The four points of exclusive or: the smallest problem that no single layer can solve. Built in; reads no file. */
import type { DatasetDef, Split } from "./dataset";
import { madeDataset } from "./made";

/** `point` `[2]` f32 and `label`, 0 or 1. Training and test set are the same four points: there are no others.
 *  Source: Minsky, Papert, "Perceptrons", 1969. */
export const xor: DatasetDef = madeDataset(
  {
    id: "xor",
    title: "XOR",
    description: "Two bits in, their exclusive or out: four points that no single layer can separate.",
    credit: "Marvin Minsky and Seymour Papert",
    licence: "public domain",
    trainCount: 4,
    columns: {
      point: { kind: "points", shape: [2], dtype: "f32", scale: 1, names: ["a", "b"] },
      label: { kind: "class", shape: [], dtype: "u8", scale: 1, names: ["0", "1"] },
    },
  },
  () => {
    const points: Split = {
      count: 4,
      columns: {
        point: new Float32Array([0, 0, 0, 1, 1, 0, 1, 1]),
        label: new Uint8Array([0, 1, 1, 0]),
      },
    };
    return { train: points, test: points };
  },
);
