// A dataset of MNIST's shape without its digits: numbers that look random, the same every time.
import { infoOf, type Dataset } from "../../src/engine/data/dataset";
import { requireDataset } from "../../src/engine/data/library";

/** So many samples, in the training and in the test split. */
export function noise(count: number): Dataset {
  const split = {
    count,
    columns: {
      image: Uint8Array.from({ length: count * 784 }, (_, i) => (i * 7919) % 256),
      label: Uint8Array.from({ length: count }, (_, i) => i % 10),
    },
  };
  return { ...infoOf(requireDataset("mnist")), title: "Noise", trainCount: count, train: split, test: split };
}
