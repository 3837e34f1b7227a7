/** What a container is: a block that holds stacks of blocks, feeds all of them the same input, and merges what they give.
 *  Like a layer it is a record from which everything else is derived. */
import type { Config, ConfigOf, Fields } from "../fields";
import type { Node } from "../graph/node";
import type { TensorType } from "../graph/type";
import type { LayerCategory } from "./categories";
import type { ShapeProblem } from "./layer";
import { type EngineKey, type Said } from "../words/said";

/** A container type. */
export interface ContainerDef<F extends Fields = Fields> {
  readonly type: string;
  readonly badge: string;
  readonly category: LayerCategory;
  /** One sentence: what it computes, and what it is for. */
  readonly help: string;
  readonly fields: F;
  /** How many branches it has at least and at most. */
  readonly branches: { readonly min: number; readonly max: number };
  /** What a branch is called on cards. @param index from 0 */
  branchTitle(index: number): Said<EngineKey>;
  /** What it does to the very shape that it is given, in a sentence. */
  here(input: TensorType, output: TensorType, branches: number): Said<EngineKey>;
  /** The settings worth showing on a card, two at most. */
  summary(config: ConfigOf<F>): readonly (string | Said<EngineKey>)[];
  /** What a branch is given, or why it cannot be: the container's own input when left out. @param branch from 0 */
  inner?(input: TensorType, branch: number): TensorType | ShapeProblem;
  /** How many samples of a branch one of the container's is: 1 when left out. */
  repeats?(input: TensorType): number;
  /** The graph of what `inner` tells. @param x the container's input, `[N, ..]`  @returns `[repeats N, ..]` */
  enter?(x: Node, branch: number): Node;
  /** The output's type, or why the branches do not fit each other. @param outputs one for each branch */
  output(input: TensorType, outputs: readonly TensorType[], config: ConfigOf<F>): TensorType | ShapeProblem;
  /** @param x the container's input  @param outputs what the branches give, `[N, ..]` each */
  build(x: Node, outputs: readonly Node[], config: ConfigOf<F>): Node;
  /** What a container fresh from the palette sets. */
  readonly initial?: Config;
  /** Whether a step of what it gives follows from later steps of what it is given, whatever its branches are. */
  readonly looksAhead?: true;
}

/** Lets TypeScript infer the type of a container's settings from its fields. */
export function defineContainer<const F extends Fields>(def: ContainerDef<F>): ContainerDef<F> {
  return def;
}
