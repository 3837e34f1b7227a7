/** The digits 0 to 4 of MNIST: what a network learns before it is to know others. */
import type { DatasetDef } from "./dataset";
import { someDigits } from "./someDigits";

/** 30,596 + 5,139 digits. */
export const lowDigits: DatasetDef = someDigits([0, 1, 2, 3, 4], {
  id: "lowdigits",
  title: "MNIST 0 to 4",
  description: "Half of MNIST: the digits 0 to 4, to learn features from that know the others too.",
  trainCount: 30_596,
});
