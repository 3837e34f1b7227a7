/** LSTM: a recurrent layer with a memory beside its state, and gates that say what enters it, what stays and what is told. */
import { flag } from "../../fields";
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

/** With `[i, f, c, o] = x_t · kernel + h_{t-1} · recurrentKernel + bias`, the memory is `m_t = gate(f) m_{t-1} + gate(i) act(c)` and
 *  the state `h_t = gate(o) act(m_t)`, from `[T, F]` to `[units]`, or to `[T, units]` with `returnSequences`.
 *  Sources: Hochreiter and Schmidhuber 1997, "Long short-term memory"; Gers, Schmidhuber and Cummins 2000. */
export const lstm = defineLayer({
  type: "LSTM",
  badge: "Ls",
  category: "recurrent",
  help: "Reads a sequence with a memory: gates decide what enters it, what it forgets and what it tells. Remembers for long.",
  fields: recurrentFields({
    recurrentActivation: gateField,
    unitForgetBias: flag({
      label: "Unit forget bias",
      help: "Starts with a bias of 1 for what is kept, so that the memory lasts until forgetting has been learnt.",
      default: true,
    }),
  }),
  width: "units",
  here: recurrentHere,
  looksAhead: recurrentLooksAhead,
  causally: { goBackwards: false },
  summary: recurrentSummary,
  output: recurrentOutput,
  variables: (input, config) =>
    recurrentVariables("lstm", input, config, {
      shape: [4 * config.units],
      initializer: config.unitForgetBias ? "unitForgetBias" : "zeros",
    }),
  flops: (input, _, config) => recurrentFlops("lstm", input, config),
  build: (x, variables, config, context) => {
    const bias = config.useBias ? variable(variables, "bias") : undefined;
    return buildRecurrent(x, { cell: "lstm", variables, settings: config, context, stateBias: bias });
  },
});
