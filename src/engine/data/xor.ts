/** The four points of exclusive or: the smallest problem that no single layer can solve. Built in; reads no file. */
import type { DatasetDef, LoadOptions, Split } from "./dataset";

/** `[4, 2]` f32 inputs, `[4]` labels of 0 or 1. Training and test set are the same four points: there are no others.
 *  Source: Minsky, Papert, "Perceptrons", 1969. */
export const xor: DatasetDef = {
  id: "xor",
  title: "XOR",
  description: "Two bits in, their exclusive or out: four points that no single layer can separate.",
  credit: "Marvin Minsky and Seymour Papert",
  licence: "public domain",
  trainCount: 4,
  inputShape: [2],
  classNames: ["0", "1"],
  target: "binary",
  async load(_source, options: LoadOptions = {}) {
    options.signal?.throwIfAborted();
    const { id, title, inputShape, classNames, target } = xor;
    const points = fourPoints();
    const byteLength = points.inputs.byteLength + points.labels.byteLength;
    options.onProgress?.({ loadedBytes: byteLength, totalBytes: byteLength });
    return { id, title, inputShape, inputScale: 1, classNames, target, train: points, test: points };
  },
};

function fourPoints(): Split {
  return {
    count: 4,
    inputs: new Float32Array([0, 0, 0, 1, 1, 0, 1, 1]),
    labels: new Uint8Array([0, 1, 1, 0]),
  };
}
