/** Conv2DTranspose: paints the same small kernel around every pixel, so that images grow. */
import { flag, whole } from "../../fields";
import { conv2dTranspose as convolve } from "../../ops/conv2d";
import { add } from "../../ops/pointwise";
import { activate } from "../activations";
import { defineLayer, f32, variable } from "../layer";
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
import { say } from "../../words/said";

/** `activation(conv2dTranspose(x, kernel) + bias)`, from `[H, W, C]` to `[OH, OW, filters]`, with a kernel
 *  `[KH, KW, filters, C]` and a bias `[filters]`. `OH` is `H * stride` under `"same"` and
 *  `(H - 1) * stride + max(KH, stride)` under `"valid"`. The formula is with the op, `ops/conv2d.ts`.
 *  Source: Zeiler et al. 2010, "Deconvolutional networks". */
export const conv2dTranspose = defineLayer({
  type: "Conv2DTranspose",
  badge: "Ct",
  category: "convolution",
  help: "A convolution run backwards: paints its filters around every pixel, so that images grow. For decoders and generators.",
  fields: {
    filters: whole({ label: "Filters", help: "Number of output channels.", min: 1, max: 512, default: 32 }),
    kernelSize: windowField("Kernel size", [3, 3]),
    strides: stridesField([1, 1]),
    padding: paddingField,
    activation: activationField("linear"),
    useBias: flag({ label: "Bias", help: "Adds one trainable offset per filter.", default: true }),
    kernelInitializer: initializerField,
    kernelL2: l2Field,
    kernelL1: l1Field,
    ...rarePenalties,
  },
  width: "filters",
  initial: { activation: "relu", strides: [2, 2], padding: "same" },
  // Of two rows, what is cut off is the later one.
  looksAhead: ({ kernelSize: [rows] }) => rows > 2,
  here: (input, output, { kernelSize }) =>
    say("here.painted", { from: input.shape.slice(0, 2), kernel: kernelSize, to: output.shape }),
  summary: ({ filters, kernelSize, activation }) => [`${filters} @ ${kernelSize.join("×")}`, activation],
  output: (input, { filters, kernelSize, strides, padding }) => {
    const problem = imageProblem(input);
    if (problem) return problem;
    const grown = (axis: 0 | 1): number => {
      const [size, stride] = [input.shape[axis] ?? 1, strides[axis]];
      return padding === "same" ? size * stride : (size - 1) * stride + Math.max(kernelSize[axis], stride);
    };
    return f32([grown(0), grown(1), filters]);
  },
  variables: ({ shape }, { filters, kernelSize, useBias, kernelInitializer, ...factors }) => ({
    kernel: {
      shape: [...kernelSize, filters, shape[2] ?? 1],
      initializer: kernelInitializer,
      l1: factors.kernelL1,
      l2: factors.kernelL2,
      axes: "hwoi",
    },
    ...(useBias && {
      bias: { shape: [filters], initializer: "zeros" as const, l1: factors.biasL1, l2: factors.biasL2 },
    }),
  }),
  flops: ({ shape: [height = 1, width = 1, channels = 1] }, _, { filters, kernelSize }) =>
    2 * height * width * channels * kernelSize[0] * kernelSize[1] * filters,
  build: (x, variables, { strides, padding, activation, useBias }) => {
    const painted = convolve(x, variable(variables, "kernel"), { strides, padding });
    return activate(activation, useBias ? add(painted, variable(variables, "bias")) : painted);
  },
});
