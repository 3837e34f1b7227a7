/** MNIST, as the page describes it before it is loaded; its files are listed in `public/datasets/mnist/meta.json`, and
 *  refused when they disagree with what is said here. */
import type { DatasetDef } from "./dataset";
import { loadDataset } from "./loadDataset";

/** 60,000 + 10,000 handwritten digits, `[28, 28, 1]` u8.
 *  Source: LeCun, Cortes, Burges, "The MNIST database of handwritten digits", 1998. */
export const mnist: DatasetDef = {
  id: "mnist",
  title: "MNIST",
  description: "70,000 handwritten digits of 28×28 grey pixels: 60,000 to learn from and 10,000 to test on.",
  credit: "Yann LeCun, Corinna Cortes and Christopher J.C. Burges",
  licence: "CC BY-SA 3.0",
  trainCount: 60_000,
  inputShape: [28, 28, 1],
  classNames: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
  target: "class",
  load: (source, options) => loadDataset(mnist, source, options),
};
