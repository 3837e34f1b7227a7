/** The layer registry: one line a layer. */
import type { LayerDef } from "../layer";
import { activation } from "./activation";
import { randomContrast, randomFlip, randomRotation, randomTranslation, randomZoom } from "./augmentation";
import { batchNormalization } from "./batchNormalization";
import { centroids } from "./centroids";
import { conv1D } from "./conv1d";
import { conv2d } from "./conv2d";
import { conv2dTranspose } from "./conv2dTranspose";
import { dense } from "./dense";
import { depthwiseConv2D, separableConv2D } from "./depthwise";
import { dropout } from "./dropout";
import { embedding, positionEmbedding } from "./embedding";
import { cropping2D, zeroPadding2D } from "./border";
import { multiHeadAttention } from "./multiHeadAttention";
import { gaussianNoise, spatialDropout2D } from "./noise";
import { averagePooling2D, globalAveragePooling2D, globalMaxPooling2D, maxPooling2D } from "./pooling";
import { groupNormalization, layerNormalization, rmsNormalization } from "./sampleNormalization";
import { averagePooling1D, globalAveragePooling1D, globalMaxPooling1D, maxPooling1D } from "./series";
import { flatten, permute, repeatVector, reshapeLayer } from "./shaping";
import { eluLayer, leakyReLU, pReLU, softmaxLayer } from "./slopes";
import { gru } from "./gru";
import { lstm } from "./lstm";
import { simpleRNN } from "./simpleRNN";
import { upSampling2D } from "./upSampling2D";

const registry = {
  Dense: dense,
  Conv2D: conv2d,
  SeparableConv2D: separableConv2D,
  DepthwiseConv2D: depthwiseConv2D,
  Conv1D: conv1D,
  Conv2DTranspose: conv2dTranspose,
  MaxPooling2D: maxPooling2D,
  AveragePooling2D: averagePooling2D,
  GlobalAveragePooling2D: globalAveragePooling2D,
  GlobalMaxPooling2D: globalMaxPooling2D,
  MaxPooling1D: maxPooling1D,
  AveragePooling1D: averagePooling1D,
  GlobalAveragePooling1D: globalAveragePooling1D,
  GlobalMaxPooling1D: globalMaxPooling1D,
  SimpleRNN: simpleRNN,
  LSTM: lstm,
  GRU: gru,
  Embedding: embedding,
  PositionEmbedding: positionEmbedding,
  MultiHeadAttention: multiHeadAttention,
  Centroids: centroids,
  Flatten: flatten,
  Reshape: reshapeLayer,
  Permute: permute,
  RepeatVector: repeatVector,
  UpSampling2D: upSampling2D,
  ZeroPadding2D: zeroPadding2D,
  Cropping2D: cropping2D,
  Activation: activation,
  LeakyReLU: leakyReLU,
  PReLU: pReLU,
  ELU: eluLayer,
  Softmax: softmaxLayer,
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  GroupNormalization: groupNormalization,
  RMSNormalization: rmsNormalization,
  RandomTranslation: randomTranslation,
  RandomRotation: randomRotation,
  RandomZoom: randomZoom,
  RandomFlip: randomFlip,
  RandomContrast: randomContrast,
  Dropout: dropout,
  SpatialDropout2D: spatialDropout2D,
  GaussianNoise: gaussianNoise,
} satisfies Record<string, unknown>;

/** The registry as it stands, of which another language has the words. */
export type LayerRegistry = typeof registry;

/** The Keras name of a layer this library has. */
export type LayerType = keyof typeof registry;

/** All layers, in palette order. */
export const layers: Readonly<Record<LayerType, LayerDef>> = registry;

/** Whether a layer of this name exists. */
export function isLayerType(name: string): name is LayerType {
  return Object.hasOwn(registry, name);
}
