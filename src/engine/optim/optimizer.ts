/** What an optimizer is: settings, state shaped like the parameters, and the graph of one update. */
import type { Node } from "../graph/node";
import type { ConfigOf, Fields } from "../fields";

/** The values of one update. All tensors are flat, `[P]` f32: every parameter of the model in one vector. */
export interface UpdateArgs<F extends Fields> {
  readonly parameters: Node;
  readonly gradient: Node;
  /** `[P]` f32, 1 where weight decay applies and 0 where not; undefined where it applies to everything. */
  readonly decays: Node | undefined;
  readonly slots: Readonly<Record<string, Node>>;
  /** What `scalars` gave, as step scalars. */
  readonly scalars: Readonly<Record<string, Node>>;
  readonly config: ConfigOf<F>;
}

/** An optimizer. */
export interface OptimizerDef<F extends Fields = Fields> {
  /** The Keras class name, or the usual one where Keras has a flag instead. */
  readonly type: string;
  readonly help: string;
  readonly fields: F;
  /** Whether it makes weights decay. */
  readonly decays?: true;
  /** State tensors and the value each starts from. */
  slots(config: ConfigOf<F>): Readonly<Record<string, number>>;
  /** Numbers that change by step, computed in double precision on the host.
   *  @param step counts from 1 @param learningRate after the schedule */
  scalars(step: number, learningRate: number, config: ConfigOf<F>): Readonly<Record<string, number>>;
  /** The new parameters and slots. Element-wise only, so that it compiles into a single kernel. */
  update(args: UpdateArgs<F>): { readonly parameters: Node; readonly slots: Readonly<Record<string, Node>> };
}

/** Lets TypeScript infer the type of the settings from the fields. */
export function defineOptimizer<const F extends Fields>(def: OptimizerDef<F>): OptimizerDef<F> {
  return def;
}

/** A node by name out of slots or scalars. @throws Error when the optimizer did not declare it */
export function take(nodes: Readonly<Record<string, Node>>, name: string): Node {
  const node = nodes[name];
  if (!node) {
    const declared = Object.keys(nodes).join(", ") || "none";
    throw new Error(
      `take: expected a name that the optimizer declares (${declared}), got "${name}". Add it to its \`slots\` or \`scalars\`.`,
    );
  }
  return node;
}
