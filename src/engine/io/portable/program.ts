/** Portable programs: a network as a list of few, simple steps, one sample at a time, channels last, that writers of other libraries'
 *  formats translate. Plain data; knows no layer. What training alone does (dropout, noise) is a step that does nothing. */
import type { TensorType } from "../../graph/type";
import type { Shape } from "../../shape";
import type { NamedArray } from "../safetensors";

/** Rows and columns. */
export type Pair = readonly [number, number];

/** Cells of padding, or to be cut off: above, below, left, right. */
export type Edges = readonly [top: number, bottom: number, left: number, right: number];

/** What cells of recurrent steps may pass numbers through. */
export type Squash = "tanh" | "relu" | "sigmoid" | "linear";

/** What a step does. Weights are named by their keys in {@link Program.weights}. */
export type Operation =
  /** `x · kernel + bias` along the last axis; kernel `[I, O]`. */
  | { readonly op: "dense"; readonly kernel: string; readonly bias: string | null }
  /** Kernel `[KH, KW, C, O]`. */
  | ({ readonly op: "conv" } & Convolution)
  /** Each channel by itself; kernel `[KH, KW, C, M]`, output channel `c M + m`. */
  | ({ readonly op: "depthwise" } & Convolution)
  /** `y[i s + a - top, j s + b - left, o] += x[i, j, c] kernel[a, b, o, c]`. */
  | {
      readonly op: "convTranspose";
      readonly kernel: string;
      readonly bias: string | null;
      readonly window: Pair;
      readonly strides: Pair;
      /** Rows above and columns to the left that are cut off. */
      readonly cut: Pair;
    }
  /** Of windows; padding never wins and is not counted. */
  | {
      readonly op: "pool";
      readonly how: "max" | "average";
      readonly window: Pair;
      readonly strides: Pair;
      readonly pads: Edges;
    }
  /** Over all axes but the last. */
  | { readonly op: "global"; readonly how: "max" | "average" }
  /** By Keras name; alpha is the slope of leaky_relu and the scale of elu. */
  | {
      readonly op: "activation";
      readonly how: "relu" | "leaky_relu" | "elu" | "gelu" | "sigmoid" | "tanh" | "softplus" | "softmax";
      readonly alpha: number;
    }
  /** `x > 0 ? x : alpha x`, alpha of the shape of a sample or of its last axis. */
  | { readonly op: "prelu"; readonly alpha: string }
  /** `gamma (x - mean) / sqrt(variance + epsilon) + beta`, each `[C]`. */
  | {
      readonly op: "batchNorm";
      readonly gamma: string | null;
      readonly beta: string | null;
      readonly mean: string;
      readonly variance: string;
      readonly epsilon: number;
      readonly momentum: number;
    }
  /** The same by moments of the sample's own: of each place's channels, or of groups of channels over all places. */
  | {
      readonly op: "normalize";
      /** 0: of each place by itself. */
      readonly groups: number;
      /** Whether the mean is taken off; otherwise numbers are only scaled. */
      readonly centers: boolean;
      readonly epsilon: number;
      readonly gamma: string | null;
      readonly beta: string | null;
    }
  /** `x + offset`, of the same shape. */
  | { readonly op: "offset"; readonly offset: string }
  /** Nothing outside training. */
  | {
      readonly op: "training";
      readonly how: "dropout" | "channelDropout" | "noise" | "augmentation";
      readonly rate: number;
    }
  /** The same numbers, in row-major order. */
  | { readonly op: "reshape" }
  /** Output axis k is input axis `axes[k]`, the batch left out. */
  | { readonly op: "transpose"; readonly axes: readonly number[] }
  | { readonly op: "pad"; readonly edges: Edges }
  | { readonly op: "crop"; readonly edges: Edges }
  | { readonly op: "upsample"; readonly factors: Pair; readonly isBilinear: boolean }
  /** `[C]` to `[times, C]`. */
  | { readonly op: "repeat"; readonly times: number }
  /** Over the first axis, gates and weights as in Keras: LSTM i f c o, GRU z r h with a bias `[2, 3 U]`. */
  | {
      readonly op: "recurrent";
      readonly cell: "simple" | "lstm" | "gru";
      readonly units: number;
      readonly activation: Squash;
      readonly gate: Squash;
      readonly sequences: boolean;
      readonly kernel: string;
      readonly recurrent: string;
      readonly bias: string | null;
    }
  /** Rows of a table `[V, C]` by index. */
  | { readonly op: "embedding"; readonly table: string }
  /** Self-attention; kernels as in Keras, `[C, H, D]` three times and `[H, D, C]`. */
  | {
      readonly op: "attention";
      readonly heads: number;
      readonly size: number;
      readonly causal: boolean;
      readonly kernels: readonly [query: string, key: string, value: string, output: string];
      readonly biases: readonly [query: string, key: string, value: string, output: string] | null;
    }
  /** Several values become one; concat along the last axis. */
  | { readonly op: "combine"; readonly how: "add" | "multiply" | "average" | "maximum" | "concat" }
  /** The first axis turned round. */
  | { readonly op: "flip" }
  /** Another program for every entry of the first axis. */
  | { readonly op: "each"; readonly body: Program };

interface Convolution {
  readonly kernel: string;
  readonly bias: string | null;
  /** Rows and columns of the kernel. */
  readonly window: Pair;
  readonly strides: Pair;
  readonly dilation: Pair;
  readonly pads: Edges;
}

/** A step: which values it reads, which it makes, and whose it is. */
export type Step = Operation & {
  /** Values by number; 0 is the program's input. */
  readonly from: readonly number[];
  readonly to: number;
  /** Of what it makes, without the batch. */
  readonly shape: Shape;
  /** The name of the layer that it is part of; parts of one layer have different ones. */
  readonly name: string;
};

/** What a step does, by name. */
export type OpName = Operation["op"];

/** A network in steps. */
export interface Program {
  readonly input: TensorType;
  /** The value that is its result. */
  readonly result: number;
  readonly output: TensorType;
  readonly steps: readonly Step[];
  /** By key, those of inner programs included. */
  readonly weights: Readonly<Record<string, NamedArray>>;
}
