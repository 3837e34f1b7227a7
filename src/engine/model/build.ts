/** Turns blocks into graph. */
import { ModelError } from "../errors";
import { readConfig } from "../fields";
import type { Node } from "../graph/node";
import { labelled } from "../graph/node";
import { activityPenalty } from "../nn/activityPenalty";
import { containers } from "../nn/containers";
import type { BuildContext, Part } from "../nn/layer";
import { layers } from "../nn/layers";
import { broadcastTo } from "../ops/broadcast";
import { reshape, segment } from "../ops/layout";
import { mul } from "../ops/pointwise";
import { streamOf } from "../random";
import { type Block, blockNames, isContainer, type LayerBlock, recordOf } from "./blocks";
import type { NetworkLayout, VariableEntry } from "./variables";
import { say } from "../words/said";

/** A variable as a node. */
export interface BoundVariable {
  readonly entry: VariableEntry;
  readonly node: Node;
}

/** What a block was given, and what it gave, by its name. */
export interface BlockNodes {
  readonly name: string;
  readonly input: Node;
  readonly node: Node;
}

/** What all blocks of a network share. */
export interface NetworkContext extends Omit<BuildContext, "stream" | "isFrozen"> {
  /** Whether all of the network is frozen. */
  readonly isFrozen: boolean;
  /** The network's vectors, `[P]` f32 each; undefined where it has nothing of the kind. */
  readonly trained: Node | undefined;
  readonly kept: Node | undefined;
}

/** A network with its variables bound, to be applied any number of times. A second application reads what a layer updated in
 *  the first, as when Keras calls a model twice. */
export class BoundNetwork {
  readonly #blocks: readonly Block[];
  readonly #names: ReadonlyMap<string, string>;
  #context: NetworkContext;
  readonly #byLayer = new Map<string, Map<string, BoundVariable>>();
  readonly #updated = new Map<VariableEntry, Node>();
  readonly #outputs: BlockNodes[] = [];
  readonly #activities: Node[] = [];
  readonly #looks: { readonly name: string; readonly look: string; readonly node: Node }[] = [];
  readonly #parts = new Map<string, () => readonly Part[]>();
  #calls = 0;

  constructor(blocks: readonly Block[], { entries }: NetworkLayout, context: NetworkContext) {
    this.#blocks = blocks;
    this.#names = blockNames(blocks);
    this.#context = context;
    for (const entry of entries) {
      const vector = context[entry.role];
      if (!vector) throw new ModelError(`${entry.name}: expected a vector of ${entry.role} values, got none.`);
      const own = this.#byLayer.get(entry.layerId) ?? new Map<string, BoundVariable>();
      own.set(entry.variable, { entry, node: segment(vector, entry.offset, entry.spec.shape) });
      this.#byLayer.set(entry.layerId, own);
    }
  }

  /** Every variable, in the order of the layout. */
  get variables(): readonly BoundVariable[] {
    return [...this.#byLayer.values()].flatMap((own) => [...own.values()]);
  }

  /** What each block was given and gave, in the order in which they were applied. */
  get outputs(): readonly BlockNodes[] {
    return this.#outputs;
  }

  /** The penalties on what layers gave, a mean over samples each. `[]` f32 */
  get activities(): readonly Node[] {
    return this.#activities;
  }

  /** What is worth looking at within blocks, by the block's name and its own. */
  get looks(): readonly { readonly name: string; readonly look: string; readonly node: Node }[] {
    return this.#looks;
  }

  /** How numbers of a layer that was applied are computed, by its name; undefined where the layer does not say. */
  partsOf(name: string): readonly Part[] | undefined {
    return this.#parts.get(name)?.();
  }

  /** The new values of what layers update themselves. */
  get updates(): ReadonlyMap<VariableEntry, Node> {
    return this.#updated;
  }

  /** The output for a batch, each node labelled with its layer's name. @param x `[N, ...input]` @returns `[N, ...output]` */
  apply(x: Node): Node {
    const output = this.#stack(this.#blocks, x, this.#context.isFrozen);
    this.#calls++;
    return output;
  }

  #stack(blocks: readonly Block[], x: Node, isFrozen: boolean): Node {
    return blocks.reduce((value, block) => this.#block(block, value, isFrozen || block.frozen === true), x);
  }

  #block(block: Block, x: Node, isFrozen: boolean): Node {
    const name = this.#names.get(block.id) ?? block.type;
    const node = this.#named(name, block, x, isFrozen);
    this.#outputs.push({ name, input: x, node });
    return node;
  }

  #named(name: string, block: Block, x: Node, isFrozen: boolean): Node {
    if (!isContainer(block)) return labelled(name, () => this.#layer(block, x, isFrozen));
    const container = containers[block.type];
    const { config } = readConfig(container.fields, block.config);
    const outer = this.#context;
    this.#context = repeated(outer, container.repeats?.({ shape: x.shape.slice(1), dtype: x.dtype }) ?? 1);
    const outputs = block.branches.map((branch, i) => {
      const entered = container.enter ? labelled(name, () => container.enter?.(x, i) ?? x) : x;
      return this.#stack(branch, entered, isFrozen);
    });
    this.#context = outer;
    return labelled(name, () => container.build(x, outputs, config));
  }

  #layer(block: LayerBlock, x: Node, isFrozen: boolean): Node {
    const layer = layers[block.type];
    const { config, problems } = readConfig(layer.fields, block.config, recordOf(block));
    if (problems.length > 0)
      throw new ModelError(say("description.several", { place: layer.type, problems }), block.id);
    const own = this.#byLayer.get(block.id) ?? new Map<string, BoundVariable>();
    const values = Object.fromEntries(
      [...own].map(([name, { entry, node }]) => [name, this.#updated.get(entry) ?? node]),
    );
    // A second call draws other numbers than the first.
    const stream = streamOf(this.#calls === 0 ? block.id : `${block.id} ${this.#calls}`);
    const built = layer.build(x, values, config, { ...this.#context, isFrozen, stream });
    const penalty = activityPenalty("updates" in built ? built.output : built, config, this.#context);
    if (penalty) this.#activities.push(penalty);
    if (!("updates" in built)) return built;
    for (const [look, node] of Object.entries(built.looks ?? {})) {
      this.#looks.push({ name: this.#names.get(block.id) ?? block.type, look, node });
    }
    if (built.parts) this.#parts.set(this.#names.get(block.id) ?? block.type, built.parts);
    for (const [name, value] of Object.entries(built.updates)) {
      const bound = own.get(name);
      if (bound && !isFrozen) this.#updated.set(bound.entry, value);
    }
    return built.output;
  }
}

/** The context of samples that are so many of the outer ones' each, in order: which of them count follows from those. */
function repeated(context: NetworkContext, repeats: number): NetworkContext {
  const { mask, count } = context;
  const samples = mask?.shape[0] ?? 1;
  if (repeats === 1) return context;
  return {
    ...context,
    mask: mask && reshape(broadcastTo(reshape(mask, [samples, 1]), [samples, repeats]), [samples * repeats]),
    count: count && mul(count, repeats),
  };
}
