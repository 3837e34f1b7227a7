/** What a layer is: a record of fields, a shape rule, variables and a graph. Everything else (palette, inspector,
 *  validation, counts) is derived from it. Shapes here leave the batch axis out unless said otherwise. */
import type { ModelFix } from "../errors";
import type { Config, ConfigOf, Fields } from "../fields";
import type { Node } from "../graph/node";
import type { DType, TensorType } from "../graph/type";
import type { Shape } from "../shape";
import type { ActivationName } from "./activations";
import type { LayerCategory } from "./categories";
import type { InitializerName } from "./initializers";
import { type EngineKey, type Said } from "../words/said";

export type { LayerCategory } from "./categories";

/** One tensor that a layer keeps between steps. */
export interface VariableSpec {
  readonly shape: Shape;
  readonly initializer: InitializerName;
  /** Adds `l1 * sum(|w|) + l2 * sum(w^2)` to the loss. */
  readonly l1?: number;
  readonly l2?: number;
  /** False for what the layer itself updates, such as running statistics: it has no gradient and no optimizer. */
  readonly trainable?: false;
  /** False for what weight decay leaves alone: scales and offsets of normalization. */
  readonly decays?: false;
  /** What its axes are to who looks at it, a letter each: `h` down and `w` across a picture, a picture for each `i`, a unit for each
   *  `o`. A matrix where left out: everything down, the last axis across. */
  readonly axes?: string;
}

/** What a layer's graph may depend on beside its input and variables. */
export interface BuildContext {
  readonly training: boolean;
  /** Whether its variables are to stay as they are. */
  readonly isFrozen: boolean;
  /** u32 scalars for random layers. */
  readonly seed: Node;
  readonly step: Node;
  /** A number that follows from the block's id, so that editing other layers changes no draw. */
  readonly stream: number;
  /** `[N]` f32, 1 for samples that count and 0 for the padding of a short batch; undefined where all count. */
  readonly mask: Node | undefined;
  /** `[]` f32, the number of samples that count; undefined where all do. */
  readonly count: Node | undefined;
}

/** A step on the way to each number of an output, for those who ask how it is computed. */
export interface Part {
  readonly said: Said<EngineKey>;
  /** Stretches to the output's shape. */
  readonly node: Node;
  /** Whether each number of the output has several of them along a further last axis, which are shares of the steps. */
  readonly areShares?: true;
}

/** What a layer's graph gives beside its output. */
export interface BuiltLayer {
  readonly output: Node;
  /** New values of variables that it updates itself, by name. */
  readonly updates: Readonly<Record<string, Node>>;
  /** What is worth looking at within it, such as where attention goes, by name. `[N, ..]` each */
  readonly looks?: Readonly<Record<string, Node>>;
  /** How its numbers are computed, first things first, where they are no sums of products of what it is given. */
  readonly parts?: () => readonly Part[];
}

/** A misfit between a layer and its input, before it is known which layers of which model they are. Shown as
 *  `Dense "dense" needs [a flat input], but MaxPooling2D "pool" gives 12×12×16. [advice].` */
export interface ShapeProblem {
  readonly needs: Said<EngineKey>;
  /** What to do, in a sentence; not needed beside a fix. */
  readonly advice?: Said<EngineKey>;
  readonly fix?: ModelFix;
  /** A type of layer that takes away what this one needs. Where there is one above, moving before it is the advice and the
   *  fix, and the others are not given. */
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
  /** Each number of the output follows from the number in its place, so that there are as many as before. */
  readonly isElementwise?: true;
  /** The activation that it is, or comes closest to, where it has no setting that says so. */
  readonly applies?: ActivationName;
  /** What a layer fresh from the palette sets, where the Keras default is rarely wanted. */
  readonly initial?: Config;
  /** Whether a step of what it gives follows from later steps of what it is given too, where both have as many. Never when left out. */
  looksAhead?(config: ConfigOf<F>): boolean;
  /** The setting by which it does not. */
  readonly causally?: Config;
  /** What it does to the very shape that it is given, in a sentence. */
  here(input: TensorType, output: TensorType, config: ConfigOf<F>): Said<EngineKey>;
  /** The settings worth showing on a card, two at most. */
  summary(config: ConfigOf<F>): readonly (string | Said<EngineKey>)[];
  /** Whether a trained model's answer has the very numbers that this layer is given, in whatever shape. */
  keepsNumbers?(config: ConfigOf<F>): boolean;
  /** The type of the input's numbers, f32 when left out. */
  readonly accepts?: DType;
  /** The output's type, or why there is none. */
  output(input: TensorType, config: ConfigOf<F>): TensorType | ShapeProblem;
  /** Tensors kept between steps by name, in the order Keras lists them. */
  variables?(input: TensorType, config: ConfigOf<F>): Readonly<Record<string, VariableSpec>>;
  /** Multiply-adds count as two. Forward, one sample. */
  flops?(input: TensorType, output: TensorType, config: ConfigOf<F>): number;
  /** The graph for a batch. @param x `[N, ...input]` @returns `[N, ...output]` */
  build(
    x: Node,
    variables: Readonly<Record<string, Node>>,
    config: ConfigOf<F>,
    context: BuildContext,
  ): Node | BuiltLayer;
}

/** Lets TypeScript infer the type of a layer's settings from its fields. */
export function defineLayer<const F extends Fields>(def: LayerDef<F>): LayerDef<F> {
  return def;
}

/** The type of f32 numbers of a shape. */
export const f32 = (shape: Shape): TensorType => ({ shape, dtype: "f32" });

/** Whether a shape rule found a problem. */
export function isProblem(result: TensorType | ShapeProblem): result is ShapeProblem {
  return "needs" in result;
}

/** A variable by its name. @throws Error when the layer did not declare it */
export function variable(variables: Readonly<Record<string, Node>>, name: string): Node {
  const node = variables[name];
  if (!node) {
    const declared = Object.keys(variables).join(", ") || "none";
    throw new Error(
      `variable: expected one that the layer declares (${declared}), got "${name}". Add it to its \`variables\`.`,
    );
  }
  return node;
}
