/** Every layer as Keras 3 has it: its class, its settings, and where its weights are in the file. One entry each, by type; a layer that
 *  Keras lacks says so. */
import type { LayerType } from "../../nn/layers";
import { type Said, say } from "../../words/said";
import type { ExportedLayer } from "../exported";
import type { NamedArray } from "../safetensors";
import type { Settings } from "../settings";

/** A layer in Keras's words. */
export interface KerasLayer {
  readonly className: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** By path below the layer's own in the weights file, in Keras's order. */
  readonly weights: Readonly<Record<string, readonly NamedArray[]>>;
  /** What it is called with beside its input, and how often it is given that. */
  readonly call?: { readonly times: number; readonly kwargs: Readonly<Record<string, unknown>> };
}

type Translation = (layer: ExportedLayer, settings: Settings) => KerasLayer;

/** Settings under the names that they have in Keras. */
const snakeCase = (key: string): string => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** `L1`, `L2` or `L1L2`, of the factors that there are. */
function regularizer(l1: number, l2: number): object | null {
  if (l1 === 0 && l2 === 0) return null;
  const factors = { ...(l1 > 0 && { l1 }), ...(l2 > 0 && { l2 }) };
  return { module: "keras.regularizers", class_name: Object.keys(factors).join("").toUpperCase(), config: factors };
}

/** Settings that are called alike, `kernelL1` and `kernelL2` as a regularizer, and those of where weights start left out. */
function configOf({ config }: ExportedLayer): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(config).flatMap(([key, value]): [string, unknown][] => {
      if (/Initializer$|^initializer$/.test(key)) return [];
      const [, of] = /^(.+)L[12]$/.exec(key) ?? [];
      if (of !== undefined) {
        const factor = (norm: "L1" | "L2") => Number(config[`${of}${norm}`] ?? 0);
        return [[`${of}_regularizer`, regularizer(factor("L1"), factor("L2"))]];
      }
      return [[snakeCase(key), value]];
    }),
  );
}

/** Of the same name, with settings and weights called alike. @param path of its weights below its own */
const alike =
  (
    className?: string,
    path = "",
    change: (config: Record<string, unknown>, settings: Settings) => object = () => ({}),
  ): Translation =>
  (layer, settings) => {
    const config = configOf(layer);
    const weights = Object.values(layer.weights);
    return {
      className: className ?? layer.type,
      config: { ...config, ...change(config, settings) },
      weights: weights.length > 0 ? { [path]: weights } : {},
    };
  };

/** The same with settings of its own alone. */
const own =
  (config: (settings: Settings, layer: ExportedLayer) => Readonly<Record<string, unknown>>): Translation =>
  (layer, settings) => ({
    className: layer.type,
    config: config(settings, layer),
    weights: Object.keys(layer.weights).length > 0 ? { "": Object.values(layer.weights) } : {},
  });

const recurrent = alike(undefined, "cell");

const borders = (key: string): Translation =>
  own((settings) => {
    const [top, bottom, left, right] = settings.edges();
    return {
      [key]: [
        [top, bottom],
        [left, right],
      ],
    };
  });

const series: Translation = (layer, settings) => ({
  className: layer.type,
  config: {
    pool_size: settings.number("poolSize"),
    strides: settings.number("strides"),
    padding: settings.text("padding"),
  },
  weights: {},
});

const attention: Translation = ({ weights, type }, settings) => {
  const part = (name: string): NamedArray[] =>
    [weights[`${name}Kernel`], weights[`${name}Bias`]].filter((array) => array !== undefined);
  return {
    className: type,
    config: {
      num_heads: settings.number("numHeads"),
      key_dim: settings.number("keyDim"),
      use_bias: settings.flag("useBias"),
      dropout: settings.number("dropout"),
    },
    weights: Object.fromEntries(["query", "key", "value", "output"].map((name) => [`${name}_dense`, part(name)])),
    call: { times: 2, kwargs: settings.flag("causal") ? { use_causal_mask: true } : {} },
  };
};

/** Layers in Keras; a layer without an entry cannot be written. A test asks for that of every layer. */
export const kerasLayers: Readonly<Partial<Record<LayerType, Translation | { readonly cannot: Said }>>> = {
  Dense: alike(),
  Conv2D: alike(),
  SeparableConv2D: alike(),
  DepthwiseConv2D: alike(),
  Conv1D: alike(),
  Conv2DTranspose: alike(),
  MaxPooling2D: alike(),
  AveragePooling2D: alike(),
  GlobalAveragePooling2D: alike(),
  GlobalMaxPooling2D: alike(),
  MaxPooling1D: series,
  AveragePooling1D: series,
  GlobalAveragePooling1D: alike(),
  GlobalMaxPooling1D: alike(),
  SimpleRNN: recurrent,
  LSTM: recurrent,
  GRU: recurrent,
  Embedding: alike(),
  PositionEmbedding: { cannot: say("exports.kerasLacks") },
  MultiHeadAttention: attention,
  Centroids: { cannot: say("exports.kerasLacks") },
  Flatten: alike(),
  Reshape: alike(),
  Permute: alike(),
  RepeatVector: alike(),
  UpSampling2D: alike(),
  ZeroPadding2D: borders("padding"),
  Cropping2D: borders("cropping"),
  Activation: alike(),
  LeakyReLU: alike(),
  PReLU: own((settings, { input }) => ({
    shared_axes: settings.flag("sharedAxes") ? input.shape.slice(1).map((_, axis) => axis + 1) : null,
  })),
  ELU: alike(),
  Softmax: alike(),
  BatchNormalization: alike(),
  LayerNormalization: alike(),
  GroupNormalization: alike(),
  RMSNormalization: alike(),
  RandomTranslation: alike(),
  RandomRotation: alike(),
  RandomZoom: own((settings) => ({
    height_factor: settings.number("heightFactor"),
    width_factor: settings.flag("keepsAspect") ? null : settings.number("widthFactor"),
    fill_mode: settings.text("fillMode"),
  })),
  RandomFlip: alike(),
  RandomContrast: alike(undefined, "", () => ({ value_range: [0, 1] })),
  Dropout: alike(),
  SpatialDropout2D: alike(),
  GaussianNoise: alike(),
};
