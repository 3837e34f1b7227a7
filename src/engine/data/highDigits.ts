/** The digits 5 to 9 of MNIST: those to which is transferred what was learnt on 0 to 4. */
import type { DatasetDef } from "./dataset";
import { someDigits } from "./someDigits";

/** 29,404 + 4,861 digits. */
export const highDigits: DatasetDef = someDigits([5, 6, 7, 8, 9], {
  id: "highdigits",
  title: "MNIST 5 to 9",
  description: "The other half of MNIST: the digits 5 to 9.",
  trainCount: 29_404,
});
