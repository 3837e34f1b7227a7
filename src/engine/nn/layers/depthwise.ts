/** Convolutions that keep channels apart: DepthwiseConv2D, and SeparableConv2D, which mixes them in a second step. */
import { flag, pair, whole } from "../../fields";
import type { Node } from "../../graph/node";
import type { TensorType } from "../../graph/type";
import { conv2d } from "../../ops/conv2d";
import { depthwiseConv2d, type DepthwiseOptions } from "../../ops/depthwise";
import { add } from "../../ops/pointwise";
import { sizeOf } from "../../shape";
import { activate } from "../activations";
import { defineLayer, type ShapeProblem, variable } from "../layer";
import {
  activationField,
  imageProblem,
  initializerField,
  rarePenalties,
  l1Field,
  l2Field,
  paddingField,
  stridesField,
  windowField,
} from "./shared";
import { slideWindows } from "./windows";
import { say } from "../../words/said";

const windowFields = {
  kernelSize: windowField("Kernel size", [3, 3]),
  strides: stridesField([1, 1]),
  padding: paddingField,
  depthMultiplier: whole({
    label: "Depth multiplier",
    help: "Filters for each input channel.",
    min: 1,
    max: 64,
    default: 1,
  }),
  dilationRate: pair({ label: "Dilation", help: "Spacing between kernel taps.", min: 1, max: 16, default: [1, 1] }),
};

const biasField = flag({ label: "Bias", help: "Adds one trainable offset per output channel.", default: true });

interface WindowConfig {
  readonly kernelSize: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly padding: DepthwiseOptions["padding"];
  readonly depthMultiplier: number;
  readonly dilationRate: readonly [number, number];
}

function outputOf(input: TensorType, config: WindowConfig, channels: number): TensorType | ShapeProblem {
  const { kernelSize, strides, padding, dilationRate } = config;
  const settings = { window: kernelSize, strides, dilation: dilationRate, padding };
  return imageProblem(input) ?? slideWindows(input, settings, channels, "kernelSize");
}

const depthOf = ({ shape }: TensorType, { depthMultiplier }: WindowConfig): number => (shape[2] ?? 1) * depthMultiplier;

const optionsOf = ({ strides, padding, dilationRate }: WindowConfig): DepthwiseOptions => ({
  strides,
  padding,
  dilation: dilationRate,
});

const withBias = (x: Node, variables: Readonly<Record<string, Node>>, useBias: boolean): Node =>
  useBias ? add(x, variable(variables, "bias")) : x;

/** `activation(depthwiseConv2d(x, kernel) + bias)`, from `[H, W, C]` to `[OH, OW, C depthMultiplier]`, with a kernel `[KH, KW, C,
 *  depthMultiplier]`. The formula is with the op, `ops/depthwise.ts`. */
export const depthwiseConv2D = defineLayer({
  type: "DepthwiseConv2D",
  badge: "Dw",
  category: "convolution",
  help: "Gives each channel filters of its own and mixes none: little work. A 1×1 Conv2D after it mixes them.",
  fields: {
    ...windowFields,
    activation: activationField("linear"),
    useBias: biasField,
    depthwiseInitializer: initializerField,
    depthwiseL2: l2Field,
    depthwiseL1: l1Field,
    ...rarePenalties,
  },
  initial: { activation: "relu" },
  looksAhead: ({ kernelSize: [rows] }) => rows > 1,
  here: (input, output, { kernelSize, depthMultiplier }) =>
    say("here.filteredApart", {
      filters: depthMultiplier,
      kernel: kernelSize,
      at: output.shape.slice(0, 2),
      channels: input.shape[2] ?? 1,
    }),
  summary: ({ kernelSize, activation }) => [kernelSize.join("×"), activation],
  output: (input, config) => outputOf(input, config, depthOf(input, config)),
  variables: (input, { useBias, depthwiseInitializer, ...config }) => ({
    kernel: {
      shape: [...config.kernelSize, input.shape[2] ?? 1, config.depthMultiplier],
      initializer: depthwiseInitializer,
      l1: config.depthwiseL1,
      l2: config.depthwiseL2,
      axes: "hwoo",
    },
    ...(useBias && {
      bias: { shape: [depthOf(input, config)], initializer: "zeros" as const, l1: config.biasL1, l2: config.biasL2 },
    }),
  }),
  flops: (_, output, { kernelSize }) => 2 * sizeOf(output.shape) * sizeOf(kernelSize),
  build: (x, variables, { activation, useBias, ...config }) => {
    const filtered = depthwiseConv2d(x, variable(variables, "kernel"), optionsOf(config));
    return activate(activation, withBias(filtered, variables, useBias));
  },
});

/** `activation(conv2d(depthwiseConv2d(x, depthwiseKernel), pointwiseKernel) + bias)`, from `[H, W, C]` to `[OH, OW, filters]`, with
 *  kernels `[KH, KW, C, depthMultiplier]` and `[1, 1, C depthMultiplier, filters]`.
 *  Source: Chollet 2017, "Xception: deep learning with depthwise separable convolutions". */
export const separableConv2D = defineLayer({
  type: "SeparableConv2D",
  badge: "Sc",
  category: "convolution",
  help: "A convolution in two steps: each channel by itself, then all channels at each place. Fewer weights than Conv2D.",
  fields: {
    filters: whole({ label: "Filters", help: "Number of output channels.", min: 1, max: 512, default: 32 }),
    ...windowFields,
    activation: activationField("linear"),
    useBias: biasField,
    depthwiseInitializer: initializerField,
    pointwiseInitializer: initializerField,
    depthwiseL2: l2Field,
    pointwiseL2: l2Field,
    depthwiseL1: l1Field,
    pointwiseL1: l1Field,
    ...rarePenalties,
  },
  width: "filters",
  initial: { activation: "relu" },
  looksAhead: ({ kernelSize: [rows] }) => rows > 1,
  here: (input, output, { kernelSize, depthMultiplier, filters }) =>
    say("here.filteredAndMixed", {
      filters: depthMultiplier,
      kernel: kernelSize,
      at: output.shape.slice(0, 2),
      channels: input.shape[2] ?? 1,
      mixed: filters,
    }),
  summary: ({ filters, kernelSize, activation }) => [`${filters} @ ${kernelSize.join("×")}`, activation],
  output: (input, { filters, ...config }) => outputOf(input, config, filters),
  variables: (input, { filters, useBias, ...config }) => ({
    depthwiseKernel: {
      shape: [...config.kernelSize, input.shape[2] ?? 1, config.depthMultiplier],
      initializer: config.depthwiseInitializer,
      l1: config.depthwiseL1,
      l2: config.depthwiseL2,
      axes: "hwoo",
    },
    pointwiseKernel: {
      shape: [1, 1, depthOf(input, config), filters],
      initializer: config.pointwiseInitializer,
      l1: config.pointwiseL1,
      l2: config.pointwiseL2,
      axes: "hwio",
    },
    ...(useBias && { bias: { shape: [filters], initializer: "zeros" as const, l1: config.biasL1, l2: config.biasL2 } }),
  }),
  flops: (input, output, { filters, ...config }) =>
    2 * (sizeOf(output.shape) / filters) * depthOf(input, config) * (sizeOf(config.kernelSize) + filters),
  build: (x, variables, { activation, useBias, ...config }) => {
    const filtered = depthwiseConv2d(x, variable(variables, "depthwiseKernel"), optionsOf(config));
    const each = { strides: [1, 1], padding: "valid", dilation: [1, 1] } as const;
    const mixed = conv2d(filtered, variable(variables, "pointwiseKernel"), each);
    return activate(activation, withBias(mixed, variables, useBias));
  },
});
