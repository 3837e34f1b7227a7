/** Dropout: zeroes random values while training. */
import { dropout as drop } from "../../ops/dropout";
import { sizeOf } from "../../shape";
import { real } from "../../fields";
import { defineLayer } from "../layer";
import { say } from "../../words/said";

/** Inverted dropout, from `[..]` to the same shape: in training each value is 0 with probability `rate`, and otherwise
 *  divided by `1 - rate`. Outside training it is the identity. Source: Srivastava et al. 2014, JMLR 15. */
export const dropout = defineLayer({
  type: "Dropout",
  badge: "Dr",
  category: "regularization",
  help: "Zeroes a random share of values in each training step, so that no unit is relied on too much.",
  isElementwise: true,
  fields: {
    rate: real({
      label: "Rate",
      help: "Share of values zeroed.",
      min: 0,
      max: 0.95,
      step: 0.05,
      default: 0.5,
      live: true,
    }),
  },
  here: ({ shape }, _, { rate }) => say("here.zeroed", { numbers: sizeOf(shape), rate }),
  summary: ({ rate }) => [`${Math.round(rate * 100)}%`],
  keepsNumbers: () => true,
  output: (input) => input,
  flops: (input) => sizeOf(input.shape),
  build: (x, _, { rate }, { training, seed, step, stream }) =>
    training && rate > 0 ? drop(x, seed, step, { rate, stream }) : x,
});
