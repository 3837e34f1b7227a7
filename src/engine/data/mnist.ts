/** MNIST, as the page describes it before it is loaded; its files are listed in `public/datasets/mnist/meta.json`, and
 *  refused when they disagree with what is said here. */
import type { DatasetDef } from "./dataset";
import { loadDataset } from "./loadDataset";

/** 60,000 + 10,000 handwritten digits: `image` `[28, 28, 1]` u8 and `label`, one of ten classes.
 *  Source: LeCun, Cortes, Burges, "The MNIST database of handwritten digits", 1998. */
export const mnist: DatasetDef = {
  id: "mnist",
  title: "MNIST",
  description: "70,000 handwritten digits of 28×28 grey pixels: 60,000 to learn from and 10,000 to test on.",
  credit: "Yann LeCun, Corinna Cortes and Christopher J.C. Burges",
  licence: "CC BY-SA 3.0",
  trainCount: 60_000,
  columns: {
    image: { kind: "image", shape: [28, 28, 1], dtype: "u8", scale: 1 / 255 },
    label: {
      kind: "class",
      shape: [],
      dtype: "u8",
      scale: 1,
      names: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
    },
  },
  load: (source, options) => loadDataset(mnist, source, options),
};
