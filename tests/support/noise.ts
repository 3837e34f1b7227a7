// A dataset of MNIST's shape without its digits: numbers that look random, the same every time.
import type { Dataset } from "../../src/engine";

/** So many samples, in the training and in the test split. */
export function noise(count: number): Dataset {
  const split = {
    count,
    inputs: Uint8Array.from({ length: count * 784 }, (_, i) => (i * 7919) % 256),
    labels: Uint8Array.from({ length: count }, (_, i) => i % 10),
  };
  return {
    id: "mnist",
    title: "Noise",
    inputShape: [28, 28, 1],
    inputScale: 1 / 255,
    classNames: [..."0123456789"],
    target: "class",
    train: split,
    test: split,
  };
}
