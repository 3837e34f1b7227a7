/** What a layer is: a record of fields, a shape rule, weights and a graph. Everything else (palette, inspector,
 *  validation, counts) is derived from it. Shapes here leave the batch axis out unless said otherwise. */
import type { Node } from "../graph/node";
import type { Shape } from "../shape";
import type { ModelFix } from "../errors";
import type { Config, ConfigOf, Fields } from "../fields";
import type { InitializerName } from "./initializers";

/** One trainable tensor of a layer. */
export interface WeightSpec {
  readonly shape: Shape;
  readonly initializer: InitializerName;
  /** Adds `l2 * sum(w^2)` to the loss. */
  readonly l2?: number;
}

/** What a layer's graph may depend on beside its input and weights. */
export interface BuildContext {
  readonly training: boolean;
  /** u32 scalars for random layers. */
  readonly seed: Node;
  readonly step: Node;
  /** A number no other layer of the model has; it keeps random layers apart. */
  readonly stream: number;
}

/** The palette's groups. */
export type LayerCategory = "core" | "convolution" | "pooling" | "shape" | "regularization";

/** A misfit between a layer and its input, before it is known which layers of which model they are. Shown as
 *  `Dense "dense" needs [a flat input], but MaxPooling2D "pool" gives 12×12×16. [advice].` */
export interface ShapeProblem {
  readonly needs: string;
  /** What to do, in a clause; not needed beside a fix. */
  readonly advice?: string;
  readonly fix?: ModelFix;
  /** A type of layer that takes away what this one needs: where there is one above, it belongs before it. */
  readonly belongsBefore?: string;
}

/** A layer type. */
export interface LayerDef<F extends Fields = Fields> {
  /** The Keras class name. */
  readonly type: string;
  readonly badge: string;
  readonly category: LayerCategory;
  /** One sentence: what it computes, and what it is for. */
  readonly help: string;
  readonly fields: F;
  /** The field that says how many outputs there are, or channels of them, where one does. */
  readonly width?: "units" | "filters";
  /** What a layer fresh from the palette sets, where the Keras default is rarely wanted. */
  readonly initial?: Config;
  /** The settings worth showing on a card, two at most. */
  summary(config: ConfigOf<F>): readonly string[];
  /** The output's shape, or why there is none. */
  outputShape(input: Shape, config: ConfigOf<F>): Shape | ShapeProblem;
  /** Trainable tensors by name, in the order Keras lists them. */
  weights?(input: Shape, config: ConfigOf<F>): Readonly<Record<string, WeightSpec>>;
  /** Multiply-adds count as two. Forward, one sample. */
  flops?(input: Shape, output: Shape, config: ConfigOf<F>): number;
  /** The graph for a batch. @param x `[N, ...input]` f32 @returns `[N, ...output]` f32 */
  build(x: Node, weights: Readonly<Record<string, Node>>, config: ConfigOf<F>, context: BuildContext): Node;
}

/** Lets TypeScript infer the type of a layer's settings from its fields. */
export function defineLayer<const F extends Fields>(def: LayerDef<F>): LayerDef<F> {
  return def;
}

/** Whether `outputShape` found a problem. */
export function isProblem(result: Shape | ShapeProblem): result is ShapeProblem {
  return "needs" in result;
}

/** A weight by its name. @throws Error when the layer did not declare it */
export function weight(weights: Readonly<Record<string, Node>>, name: string): Node {
  const node = weights[name];
  if (!node) {
    const declared = Object.keys(weights).join(", ") || "none";
    throw new Error(
      `weight: expected one that the layer declares (${declared}), got "${name}". Add it to its \`weights\`.`,
    );
  }
  return node;
}
