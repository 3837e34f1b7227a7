/** Dense: every output is a weighted sum of every input. */
import { add } from "../../ops/pointwise";
import { matmul } from "../../ops/matmul";
import { sizeOf } from "../../shape";
import { activate } from "../activations";
import { flag, whole } from "../../fields";
import { defineLayer, f32, variable } from "../layer";
import { inShape } from "../source";
import { layerFor } from "./roles";
import { activationField, initializerField, l1Field, l2Field, rarePenalties } from "./shared";
import { say } from "../../words/said";

/** `activation(x · kernel + bias)` along the last axis, from `[.., I]` to `[.., units]`, with a kernel `[I, units]` and a bias
 *  `[units]`. */
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
    kernelL1: l1Field,
    ...rarePenalties,
  },
  width: "units",
  initial: { activation: "relu" },
  here: ({ shape }, _, { units }) => say("here.weighed", { inputs: shape.at(-1) ?? 1, units, at: shape.slice(0, -1) }),
  summary: ({ units, activation }) => [`${units}`, activation],
  output: ({ shape }, { units }) =>
    shape.length > 0
      ? f32([...shape.slice(0, -1), units])
      : { needs: say("fit.flat"), fix: { kind: "insertBefore", layer: layerFor.rows } },
  variables: ({ shape: input }, { units, useBias, kernelInitializer, ...factors }) => ({
    kernel: {
      shape: [input.at(-1) ?? 1, units],
      initializer: kernelInitializer,
      l1: factors.kernelL1,
      l2: factors.kernelL2,
    },
    ...(useBias && { bias: { shape: [units], initializer: "zeros" as const, l1: factors.biasL1, l2: factors.biasL2 } }),
  }),
  flops: (input, output) => 2 * (input.shape.at(-1) ?? 1) * sizeOf(output.shape),
  build: (x, variables, { activation, useBias }) => {
    // One product of all rows, whatever the axes before the last are.
    const inputs = x.shape.at(-1) ?? 1;
    const rows = inShape(x, [sizeOf(x.shape) / inputs, inputs]);
    const product = matmul(rows, variable(variables, "kernel"));
    const result = activate(activation, useBias ? add(product, variable(variables, "bias")) : product);
    return inShape(result, [...x.shape.slice(0, -1), result.shape.at(-1) ?? 1]);
  },
});
