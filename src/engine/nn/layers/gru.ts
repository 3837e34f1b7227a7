/** GRU: a recurrent layer that blends its old state with a new one, by gates of its own. */
import type { Node } from "../../graph/node";
import { reshape } from "../../ops/layout";
import { slice } from "../../ops/strided";
import { defineLayer, variable } from "../layer";
import {
  buildRecurrent,
  gateField,
  recurrentFields,
  recurrentFlops,
  recurrentHere,
  recurrentLooksAhead,
  recurrentOutput,
  recurrentSummary,
  recurrentVariables,
} from "./recurrence";

/** One of the two rows of a bias. */
function rowOf(bias: Node, row: 0 | 1): Node {
  const width = bias.shape[1] ?? 1;
  return reshape(slice(bias, [row, 0], [1, width]), [width]);
}

/** With `[z, r, h] = x_t · kernel + bias_0` and `[z', r', h'] = h_{t-1} · recurrentKernel + bias_1`, the candidate is
 *  `g = act(h + gate(r + r') h')`, and the state `h_t = gate(z + z') h_{t-1} + (1 - gate(z + z')) g`: Keras's `reset_after`.
 *  Sources: Cho et al. 2014, "Learning phrase representations using RNN encoder-decoder"; the cuDNN documentation. */
export const gru = defineLayer({
  type: "GRU",
  badge: "Gr",
  category: "recurrent",
  help: "Reads a sequence and blends its state with a new one, as gates decide. Nearly as good as LSTM, with a quarter fewer weights.",
  fields: recurrentFields({ recurrentActivation: gateField }),
  width: "units",
  here: recurrentHere,
  looksAhead: recurrentLooksAhead,
  causally: { goBackwards: false },
  summary: recurrentSummary,
  output: recurrentOutput,
  variables: (input, config) =>
    recurrentVariables("gru", input, config, { shape: [2, 3 * config.units], initializer: "zeros" }),
  flops: (input, _, config) => recurrentFlops("gru", input, config),
  build: (x, variables, config, context) => {
    const bias = config.useBias ? variable(variables, "bias") : undefined;
    const biases = bias && { bias: rowOf(bias, 0), stateBias: rowOf(bias, 1) };
    return buildRecurrent(x, { cell: "gru", variables, settings: config, context, ...biases });
  },
});
