/** The portable steps of every layer: one entry each, by type. A layer that has none is named before a
 *  model is written to a format that is made of steps. */
import type { LayerType } from "../../nn/layers";
import { ABSENT } from "../../nn/layers/shared";
import { windowAxis } from "../../ops/window";
import type { ExportedLayer } from "../exported";
import type { Settings } from "../settings";
import type { ProgramBuilder, Value } from "./builder";
import type { Edges, Operation, Pair } from "./program";

/** What a lowering is given. */
interface Given {
  readonly layer: ExportedLayer;
  readonly settings: Settings;
  readonly make: ProgramBuilder;
}

/** Adds a layer's steps. */
type Lowering = (x: Value, given: Given) => Value;

const squashes = ["tanh", "relu", "sigmoid", "linear"] as const;
const activations = ["relu", "leaky_relu", "elu", "gelu", "sigmoid", "tanh", "softplus", "softmax", "linear"] as const;
const alphas: Readonly<Partial<Record<(typeof activations)[number], number>>> = { leaky_relu: 0.2, elu: 1 };

/** The activation that a layer ends in. */
function activated(x: Value, { settings, make }: Given): Value {
  const how = settings.oneOf("activation", activations);
  return how === "linear" ? x : make.add(x, x.shape, { op: "activation", how, alpha: alphas[how] ?? 0 });
}

/** A weight by its variable's name, where the layer has it. */
function weight({ layer, make }: Given, variable: string, as?: (shape: readonly number[]) => readonly number[]) {
  const array = layer.weights[variable];
  return array ? make.weight(variable, array, as?.(array.shape)) : null;
}

/** One that it always has. */
function own(given: Given, variable: string, as?: (shape: readonly number[]) => readonly number[]): string {
  const key = weight(given, variable, as);
  if (key === null) throw new Error(`Layer ${given.layer.type}: expected a weight "${variable}", got none.`);
  return key;
}

const ONE: Pair = [1, 1];

/** How far windows reach over each edge. */
function padsOf(
  shape: readonly number[],
  window: Pair,
  strides: Pair,
  dilation: Pair,
  padding: "same" | "valid",
): Edges {
  const ends = ([0, 1] as const).map((axis) => {
    const [input = 1, kernel, stride, rate] = [shape[axis], window[axis], strides[axis], dilation[axis]];
    const { output, before } = windowAxis("export", { input, kernel, stride, dilation: rate, padding });
    const reach = (output - 1) * stride + (kernel - 1) * rate + 1 - before - input;
    return [before, Math.max(0, reach)] as const;
  });
  const [[top, bottom] = [0, 0], [left, right] = [0, 0]] = ends;
  return [top, bottom, left, right];
}

const paddingOf = (settings: Settings): "same" | "valid" => settings.oneOf("padding", ["same", "valid"]);

function convolution(x: Value, given: Given, op: "conv" | "depthwise"): Value {
  const { layer, settings, make } = given;
  const [strides, dilation] = [settings.pair("strides"), settings.pair("dilationRate")];
  const window = settings.pair("kernelSize");
  const pads = padsOf(x.shape, window, strides, dilation, paddingOf(settings));
  const [kernel, bias] = [own(given, "kernel"), weight(given, "bias")];
  return activated(make.add(x, layer.output.shape, { op, kernel, bias, window, strides, dilation, pads }), given);
}

/** `[T, C]` as an image of one row, something done to it, and back. */
function asRow(x: Value, { layer, make }: Given, change: (row: Value) => Value): Value {
  return make.reshape(change(make.reshape(x, [1, ...x.shape])), layer.output.shape);
}

const conv1d: Lowering = (x, given) => {
  const { settings, make } = given;
  const [size, stride, rate] = [
    settings.number("kernelSize"),
    settings.number("strides"),
    settings.number("dilationRate"),
  ];
  const padding = settings.oneOf("padding", ["same", "valid", "causal"]);
  const [window, strides, dilation]: readonly Pair[] = [
    [1, size],
    [1, stride],
    [1, rate],
  ];
  if (!window || !strides || !dilation) return x;
  const shape = [1, ...x.shape];
  const pads: Edges =
    padding === "causal" ? [0, 0, (size - 1) * rate, 0] : padsOf(shape, window, strides, dilation, padding);
  const [steps = 1, filters = 1] = given.layer.output.shape;
  return asRow(x, given, (row) => {
    const operation = {
      op: "conv",
      kernel: own(given, "kernel", (kernel) => [1, ...kernel]),
      bias: weight(given, "bias"),
      window,
      strides,
      dilation,
      pads,
    } as const;
    return activated(make.add(row, [1, steps, filters], operation), given);
  });
};

const separable: Lowering = (x, given) => {
  const { settings, make, layer } = given;
  const [strides, dilation] = [settings.pair("strides"), settings.pair("dilationRate")];
  const window = settings.pair("kernelSize");
  const pads = padsOf(x.shape, window, strides, dilation, paddingOf(settings));
  const depth = (x.shape[2] ?? 1) * settings.number("depthMultiplier");
  const between = [...layer.output.shape.slice(0, 2), depth];
  const kernel = own(given, "depthwiseKernel");
  const filtered = make.add(
    x,
    between,
    { op: "depthwise", kernel, bias: null, window, strides, dilation, pads },
    "depthwise",
  );
  const mixing = {
    op: "conv",
    kernel: own(given, "pointwiseKernel"),
    bias: weight(given, "bias"),
    window: ONE,
    strides: ONE,
    dilation: ONE,
    pads: [0, 0, 0, 0],
  } as const;
  return activated(make.add(filtered, layer.output.shape, mixing), given);
};

const transposed: Lowering = (x, given) => {
  const { settings, make, layer } = given;
  const [window, strides, padding] = [settings.pair("kernelSize"), settings.pair("strides"), paddingOf(settings)];
  const [top, , left] = padsOf(layer.output.shape, window, strides, ONE, padding);
  const cut: Pair = padding === "same" ? [top, left] : [0, 0];
  const [kernel, bias] = [own(given, "kernel"), weight(given, "bias")];
  return activated(make.add(x, layer.output.shape, { op: "convTranspose", kernel, bias, window, strides, cut }), given);
};

const pooling =
  (how: "max" | "average"): Lowering =>
  (x, { settings, make, layer }) => {
    const [window, strides] = [settings.pair("poolSize"), settings.pair("strides")];
    const pads = padsOf(x.shape, window, strides, ONE, paddingOf(settings));
    return make.add(x, layer.output.shape, { op: "pool", how, window, strides, pads });
  };

const pooling1d =
  (how: "max" | "average"): Lowering =>
  (x, given) => {
    const { settings, make, layer } = given;
    const [window, strides]: readonly [Pair, Pair] = [
      [1, settings.number("poolSize")],
      [1, settings.number("strides")],
    ];
    const pads = padsOf([1, ...x.shape], window, strides, ONE, paddingOf(settings));
    return asRow(x, given, (row) =>
      make.add(row, [1, ...layer.output.shape], { op: "pool", how, window, strides, pads }),
    );
  };

const simply =
  (operation: Operation | ((settings: Settings) => Operation)): Lowering =>
  (x, { layer, make, settings }) =>
    make.add(x, layer.output.shape, typeof operation === "function" ? operation(settings) : operation);

const reshaped: Lowering = (x, { layer, make }) => make.reshape(x, layer.output.shape);

const training = (how: "dropout" | "channelDropout" | "noise" | "augmentation", key?: string): Lowering =>
  simply((settings) => ({ op: "training", how, rate: key === undefined ? 0 : settings.number(key) }));

const recurrent =
  (cell: "simple" | "lstm" | "gru"): Lowering =>
  (x, given) => {
    const { settings, make, layer } = given;
    const read = settings.flag("goBackwards") ? make.add(x, x.shape, { op: "flip" }) : x;
    return make.add(read, layer.output.shape, {
      op: "recurrent",
      cell,
      units: settings.number("units"),
      activation: settings.oneOf("activation", squashes),
      gate: cell === "simple" ? "linear" : settings.oneOf("recurrentActivation", squashes),
      sequences: settings.flag("returnSequences"),
      kernel: own(given, "kernel"),
      recurrent: own(given, "recurrentKernel"),
      bias: weight(given, "bias"),
    });
  };

/** Normalization by moments of the sample's own. @param gamma the name of its scale */
const normalized =
  (groups: (settings: Settings) => number, centers: boolean, gamma: string): Lowering =>
  (x, given) =>
    given.make.add(x, x.shape, {
      op: "normalize",
      groups: groups(given.settings),
      centers,
      epsilon: given.settings.number("epsilon"),
      gamma: weight(given, gamma),
      beta: weight(given, "beta"),
    });

const batchNorm: Lowering = (x, given) =>
  given.make.add(x, x.shape, {
    op: "batchNorm",
    gamma: weight(given, "gamma"),
    beta: weight(given, "beta"),
    mean: own(given, "movingMean"),
    variance: own(given, "movingVariance"),
    epsilon: given.settings.number("epsilon"),
    momentum: given.settings.number("momentum"),
  });

const attention: Lowering = (x, given) => {
  const { settings, make } = given;
  const biases = settings.flag("useBias")
    ? ([own(given, "queryBias"), own(given, "keyBias"), own(given, "valueBias"), own(given, "outputBias")] as const)
    : null;
  return make.add(x, x.shape, {
    op: "attention",
    heads: settings.number("numHeads"),
    size: settings.number("keyDim"),
    causal: settings.flag("causal"),
    kernels: [
      own(given, "queryKernel"),
      own(given, "keyKernel"),
      own(given, "valueKernel"),
      own(given, "outputKernel"),
    ],
    biases,
  });
};

/** `|x - c|^2` as `sum x^2 + (|c|^2 - 2 c . x)`: two products. */
const centroids: Lowering = (x, { layer, make }) => {
  const array = layer.weights["centroids"];
  const [size = 1] = x.shape;
  const clusters = layer.output.shape;
  const [count = 1] = clusters;
  const at = (j: number, i: number): number => array?.data[j * size + i] ?? 0;
  const placed = Math.max(layer.weights["placed"]?.data[0] ?? count, 1);
  const kernel = Float32Array.from({ length: size * count }, (_, n) => -2 * at(n % count, Math.floor(n / count)));
  const bias = Float32Array.from({ length: count }, (_, j) => {
    let total = j < placed ? 0 : ABSENT;
    for (let i = 0; i < size; i++) total += at(j, i) ** 2;
    return total;
  });
  const ones = { shape: [size, count], data: new Float32Array(size * count).fill(1) };
  const weightOf = (name: string, shape: readonly number[], data: Float32Array): string =>
    make.weight(name, { shape, data });
  const squares = make.add([x, x], x.shape, { op: "combine", how: "multiply" }, "squares");
  const lengths = make.add(
    squares,
    clusters,
    { op: "dense", kernel: make.weight("ones", ones), bias: null },
    "lengths",
  );
  const products = make.add(
    x,
    clusters,
    { op: "dense", kernel: weightOf("kernel", [size, count], kernel), bias: weightOf("bias", [count], bias) },
    "products",
  );
  return make.add([lengths, products], clusters, { op: "combine", how: "add" });
};

/** The steps of layers; a layer without an entry cannot be written. A test asks for those of every layer. */
export const lowerings: Readonly<Partial<Record<LayerType, Lowering>>> = {
  Dense: (x, given) =>
    activated(
      given.make.add(x, given.layer.output.shape, {
        op: "dense",
        kernel: own(given, "kernel"),
        bias: weight(given, "bias"),
      }),
      given,
    ),
  Conv2D: (x, given) => convolution(x, given, "conv"),
  SeparableConv2D: separable,
  DepthwiseConv2D: (x, given) => convolution(x, given, "depthwise"),
  Conv1D: conv1d,
  Conv2DTranspose: transposed,
  MaxPooling2D: pooling("max"),
  AveragePooling2D: pooling("average"),
  GlobalAveragePooling2D: simply({ op: "global", how: "average" }),
  GlobalMaxPooling2D: simply({ op: "global", how: "max" }),
  MaxPooling1D: pooling1d("max"),
  AveragePooling1D: pooling1d("average"),
  GlobalAveragePooling1D: simply({ op: "global", how: "average" }),
  GlobalMaxPooling1D: simply({ op: "global", how: "max" }),
  SimpleRNN: recurrent("simple"),
  LSTM: recurrent("lstm"),
  GRU: recurrent("gru"),
  Embedding: (x, given) =>
    given.make.add(x, given.layer.output.shape, { op: "embedding", table: own(given, "embeddings") }),
  PositionEmbedding: (x, given) =>
    given.make.add(x, x.shape, { op: "offset", offset: own(given, "positionEmbeddings") }),
  MultiHeadAttention: attention,
  Centroids: centroids,
  Flatten: reshaped,
  Reshape: reshaped,
  Permute: simply((settings) => ({ op: "transpose", axes: settings.list("dims").map((axis) => axis - 1) })),
  RepeatVector: simply((settings) => ({ op: "repeat", times: settings.number("n") })),
  UpSampling2D: simply((settings) => ({
    op: "upsample",
    factors: settings.pair("size"),
    isBilinear: settings.text("interpolation") === "bilinear",
  })),
  ZeroPadding2D: simply((settings) => ({ op: "pad", edges: settings.edges() })),
  Cropping2D: simply((settings) => ({ op: "crop", edges: settings.edges() })),
  Activation: activated,
  LeakyReLU: simply((settings) => ({
    op: "activation",
    how: "leaky_relu",
    alpha: settings.number("negativeSlope"),
  })),
  PReLU: (x, given) => given.make.add(x, x.shape, { op: "prelu", alpha: own(given, "alpha", (shape) => shape) }),
  ELU: simply((settings) => ({ op: "activation", how: "elu", alpha: settings.number("alpha") })),
  Softmax: simply({ op: "activation", how: "softmax", alpha: 0 }),
  BatchNormalization: batchNorm,
  LayerNormalization: normalized(() => 0, true, "gamma"),
  GroupNormalization: normalized((settings) => settings.number("groups"), true, "gamma"),
  RMSNormalization: normalized(() => 0, false, "scale"),
  RandomTranslation: training("augmentation"),
  RandomRotation: training("augmentation"),
  RandomZoom: training("augmentation"),
  RandomFlip: training("augmentation"),
  RandomContrast: training("augmentation"),
  Dropout: training("dropout", "rate"),
  SpatialDropout2D: training("channelDropout", "rate"),
  GaussianNoise: training("noise", "stddev"),
};
