/** The layer registry: one line a layer. */
import type { LayerDef } from "../layer";
import { activation } from "./activation";
import { batchNormalization } from "./batchNormalization";
import { conv2d } from "./conv2d";
import { conv2dTranspose } from "./conv2dTranspose";
import { dense } from "./dense";
import { dropout } from "./dropout";
import { averagePooling2D, globalAveragePooling2D, maxPooling2D } from "./pooling";
import { flatten, reshapeLayer } from "./shaping";
import { upSampling2D } from "./upSampling2D";

const registry = {
  Dense: dense,
  Conv2D: conv2d,
  Conv2DTranspose: conv2dTranspose,
  MaxPooling2D: maxPooling2D,
  AveragePooling2D: averagePooling2D,
  GlobalAveragePooling2D: globalAveragePooling2D,
  Flatten: flatten,
  Reshape: reshapeLayer,
  UpSampling2D: upSampling2D,
  Activation: activation,
  BatchNormalization: batchNormalization,
  Dropout: dropout,
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
