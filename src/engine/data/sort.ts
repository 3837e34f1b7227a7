/** Digits to put in order. */
import type { DatasetDef } from "./dataset";
import { toyDataset } from "./toy";

/** `31415926>11234569`: eight digits, and the same in order. */
export const sort: DatasetDef = toyDataset({
  id: "sort",
  title: "Sort digits",
  description: "Eight digits, and the same in order: what a network learns by counting.",
  vocabulary: "0123456789>",
  ask: (dice) => {
    const digits = Array.from({ length: 8 }, () => dice(10));
    return [`${digits.join("")}>`, digits.toSorted((a, b) => a - b).join("")];
  },
});
