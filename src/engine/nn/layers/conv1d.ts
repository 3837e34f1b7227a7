/** Conv1D: the same small kernel applied at every step of a series. */
import { choice, flag, whole } from "../../fields";
import { conv2d } from "../../ops/conv2d";
import { reshape } from "../../ops/layout";
import { add } from "../../ops/pointwise";
import { pad } from "../../ops/strided";
import { sizeOf } from "../../shape";
import { activate } from "../activations";
import { defineLayer, variable } from "../layer";
import { asRow, fromRow, slideThroughTime, timeField, timeStrideField } from "./time";
import { activationField, initializerField, l1Field, l2Field, rarePenalties, seriesProblem } from "./shared";
import { say } from "../../words/said";

/** `activation(conv(x, kernel) + bias)`, from `[T, C]` to `[T', filters]`, with a kernel `[K, C, filters]` and a bias `[filters]`: the
 *  convolution of an image of one row. `"causal"` puts the zeros of `"same"` in front, so that no step sees a later one.
 *  Source: van den Oord et al. 2016, "WaveNet", section 2.1. */
export const conv1D = defineLayer({
  type: "Conv1D",
  badge: "C1",
  category: "convolution",
  help: "Slides small learned filters along a series; each makes one output channel. Finds patterns whenever they come.",
  fields: {
    filters: whole({ label: "Filters", help: "Number of output channels.", min: 1, max: 512, default: 32 }),
    kernelSize: timeField("Kernel size", 3),
    strides: timeStrideField(1),
    padding: choice({
      label: "Padding",
      help: "valid keeps windows inside; same adds zeros on both sides; causal only in front, so that no step sees a later one.",
      options: ["valid", "same", "causal"],
      default: "valid",
    }),
    dilationRate: whole({ label: "Dilation", help: "Spacing between kernel taps.", min: 1, max: 64, default: 1 }),
    activation: activationField("linear"),
    useBias: flag({ label: "Bias", help: "Adds one trainable offset per filter.", default: true }),
    kernelInitializer: initializerField,
    kernelL2: l2Field,
    kernelL1: l1Field,
    ...rarePenalties,
  },
  width: "filters",
  initial: { activation: "relu" },
  looksAhead: ({ kernelSize, padding }) => kernelSize > 1 && padding !== "causal",
  causally: { padding: "causal" },
  here: (input, output, { filters, kernelSize }) =>
    say("here.filtered", { filters, kernel: [kernelSize, input.shape[1] ?? 1], at: output.shape.slice(0, 1) }),
  summary: ({ filters, kernelSize, activation }) => [`${filters} @ ${kernelSize}`, activation],
  output: (input, { filters, kernelSize, strides, padding, dilationRate }) =>
    seriesProblem(input) ??
    slideThroughTime(
      input,
      { window: kernelSize, strides, dilation: dilationRate, padding: padding === "valid" ? "valid" : "same" },
      filters,
      "kernelSize",
    ),
  variables: ({ shape }, { filters, kernelSize, useBias, kernelInitializer, ...factors }) => ({
    kernel: {
      shape: [kernelSize, shape[1] ?? 1, filters],
      initializer: kernelInitializer,
      l1: factors.kernelL1,
      l2: factors.kernelL2,
      axes: "who",
    },
    ...(useBias && {
      bias: { shape: [filters], initializer: "zeros" as const, l1: factors.biasL1, l2: factors.biasL2 },
    }),
  }),
  flops: ({ shape }, output, { kernelSize }) => 2 * sizeOf(output.shape) * kernelSize * (shape[1] ?? 1),
  build: (x, variables, { strides, padding, dilationRate, activation, useBias }) => {
    const kernel = variable(variables, "kernel");
    const before = ((kernel.shape[0] ?? 1) - 1) * dilationRate;
    const isCausal = padding === "causal";
    const row = asRow(
      isCausal && before > 0
        ? pad(x, [
            [0, 0],
            [before, 0],
            [0, 0],
          ])
        : x,
    );
    const product = conv2d(row, reshape(kernel, [1, ...kernel.shape]), {
      strides: [1, strides],
      dilation: [1, dilationRate],
      padding: isCausal ? "valid" : padding,
    });
    return fromRow(activate(activation, useBias ? add(product, variable(variables, "bias")) : product));
  },
});
