/** Dense: every output is a weighted sum of every input. */
import { add } from "../../ops/pointwise";
import { matmul } from "../../ops/matmul";
import { activate } from "../activations";
import { flag, whole } from "../../fields";
import { defineLayer, f32, variable } from "../layer";
import { layerFor } from "./roles";
import { activationField, initializerField, l2Field } from "./shared";
import { say } from "../../words/said";

/** `activation(x · kernel + bias)`, from `[I]` to `[units]`, with a kernel `[I, units]` and a bias `[units]`. Keras's takes
 *  more axes than one; this one offers to insert Flatten. */
export const dense = defineLayer({
  type: "Dense",
  badge: "De",
  category: "core",
  help: "Connects every input to every unit: activation(x · kernel + bias). The workhorse, and the usual last layer.",
  fields: {
    units: whole({ label: "Units", help: "Number of outputs.", min: 1, max: 4096, default: 64 }),
    activation: activationField("linear"),
    useBias: flag({ label: "Bias", help: "Adds one trainable offset per unit.", default: true }),
    kernelInitializer: initializerField,
    kernelL2: l2Field,
  },
  width: "units",
  initial: { activation: "relu" },
  summary: ({ units, activation }) => [`${units}`, activation],
  output: ({ shape }, { units }) =>
    shape.length === 1
      ? f32([units])
      : {
          needs: say("fit.flat"),
          fix: { kind: "insertBefore", layer: layerFor.rows },
        },
  variables: ({ shape: input }, { units, useBias, kernelInitializer, kernelL2 }) => ({
    kernel: { shape: [input[0]!, units], initializer: kernelInitializer, l2: kernelL2 },
    ...(useBias && { bias: { shape: [units], initializer: "zeros" as const } }),
  }),
  flops: (input, output) => 2 * input.shape[0]! * output.shape[0]!,
  build: (x, variables, { activation, useBias }) => {
    const product = matmul(x, variable(variables, "kernel"));
    return activate(activation, useBias ? add(product, variable(variables, "bias")) : product);
  },
});
