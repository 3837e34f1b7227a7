/** SimpleRNN: a state that is made anew at every step of a sequence, from that step and from the state before. */
import { defineLayer, variable } from "../layer";
import {
  buildRecurrent,
  recurrentFields,
  recurrentFlops,
  recurrentHere,
  recurrentLooksAhead,
  recurrentOutput,
  recurrentSummary,
  recurrentVariables,
} from "./recurrence";

/** `h_t = activation(x_t · kernel + h_{t-1} · recurrentKernel + bias)`, from zeros, from `[T, F]` to the last state `[units]`, or with
 *  `returnSequences` to all, `[T, units]`. Source: Elman 1990, "Finding structure in time". */
export const simpleRNN = defineLayer({
  type: "SimpleRNN",
  badge: "Rn",
  category: "recurrent",
  help: "Reads a sequence step by step and keeps a state, made from each step and the state before. Forgets what is long past.",
  fields: recurrentFields({}),
  width: "units",
  here: recurrentHere,
  looksAhead: recurrentLooksAhead,
  causally: { goBackwards: false },
  summary: recurrentSummary,
  output: recurrentOutput,
  variables: (input, config) => recurrentVariables("simple", input, config),
  flops: (input, _, config) => recurrentFlops("simple", input, config),
  build: (x, variables, config, context) => {
    const bias = config.useBias ? variable(variables, "bias") : undefined;
    return buildRecurrent(x, { cell: "simple", variables, settings: config, context, stateBias: bias });
  },
});
