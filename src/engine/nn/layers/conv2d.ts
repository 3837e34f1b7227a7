/** Conv2D: the same small kernel applied at every position of an image. */
import { add } from "../../ops/pointwise";
import { conv2d as convolve } from "../../ops/conv2d";
import { activate } from "../activations";
import { flag, pair, whole } from "../../fields";
import { sizeOf } from "../../shape";
import { defineLayer, variable } from "../layer";
import {
  activationField,
  imageProblem,
  initializerField,
  l1Field,
  l2Field,
  rarePenalties,
  paddingField,
  stridesField,
  windowField,
} from "./shared";
import { slideWindows } from "./windows";
import { say } from "../../words/said";

/** `activation(conv2d(x, kernel) + bias)`, from `[H, W, C]` to `[OH, OW, filters]`, with a kernel `[KH, KW, C, filters]` and a
 *  bias `[filters]`. The formula is with the op, `ops/conv2d.ts`. */
export const conv2d = defineLayer({
  type: "Conv2D",
  badge: "Co",
  category: "convolution",
  help: "Slides small learned filters over an image; each makes one output channel. Finds patterns wherever they are.",
  fields: {
    filters: whole({ label: "Filters", help: "Number of output channels.", min: 1, max: 512, default: 32 }),
    kernelSize: windowField("Kernel size", [3, 3]),
    strides: stridesField([1, 1]),
    padding: paddingField,
    dilationRate: pair({ label: "Dilation", help: "Spacing between kernel taps.", min: 1, max: 16, default: [1, 1] }),
    activation: activationField("linear"),
    useBias: flag({ label: "Bias", help: "Adds one trainable offset per filter.", default: true }),
    kernelInitializer: initializerField,
    kernelL2: l2Field,
    kernelL1: l1Field,
    ...rarePenalties,
  },
  width: "filters",
  initial: { activation: "relu" },
  looksAhead: ({ kernelSize: [rows] }) => rows > 1,
  here: (input, output, { filters, kernelSize }) =>
    say("here.filtered", { filters, kernel: [...kernelSize, input.shape[2] ?? 1], at: output.shape.slice(0, 2) }),
  summary: ({ filters, kernelSize, activation }) => [`${filters} @ ${kernelSize.join("×")}`, activation],
  output: (input, { filters, kernelSize, strides, dilationRate, padding }) =>
    imageProblem(input) ??
    slideWindows(input, { window: kernelSize, strides, dilation: dilationRate, padding }, filters, "kernelSize"),
  variables: ({ shape: input }, { filters, kernelSize, useBias, kernelInitializer, ...factors }) => ({
    kernel: {
      shape: [...kernelSize, input[2]!, filters],
      initializer: kernelInitializer,
      l1: factors.kernelL1,
      l2: factors.kernelL2,
      axes: "hwio",
    },
    ...(useBias && {
      bias: { shape: [filters], initializer: "zeros" as const, l1: factors.biasL1, l2: factors.biasL2 },
    }),
  }),
  flops: (input, output, { kernelSize }) => 2 * sizeOf(output.shape) * kernelSize[0] * kernelSize[1] * input.shape[2]!,
  build: (x, variables, { strides, padding, dilationRate, activation, useBias }) => {
    const product = convolve(x, variable(variables, "kernel"), { strides, padding, dilation: dilationRate });
    return activate(activation, useBias ? add(product, variable(variables, "bias")) : product);
  },
});
