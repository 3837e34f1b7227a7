/** The tree of blocks: layers, and containers that hold branches of blocks. One walk serves analysis, graph, names and the
 *  page. Knows no layer by name. */
import { type Config, readConfig } from "../fields";
import type { TensorType } from "../graph/type";
import { type ContainerType, containers, isContainerType } from "../nn/containers";
import { type LayerType, layers } from "../nn/layers";
import type { EngineKey, Said } from "../words/said";

interface AnyBlock {
  /** Stays the same through edits and moves; unique in the model. */
  readonly id: string;
  /** What the visitor calls it; otherwise it is numbered, as in Keras (`dense_1`). */
  readonly name?: string | undefined;
  /** Settings left out take their defaults. */
  readonly config: Config;
  /** Keeps its weights as they are while the rest of the network learns; of a container, all that it holds does. */
  readonly frozen?: boolean | undefined;
}

/** One layer. */
export interface LayerBlock extends AnyBlock {
  readonly type: LayerType;
}

/** Stacks of blocks side by side, all given the same input. An empty branch passes it on. */
export interface ContainerBlock extends AnyBlock {
  readonly type: ContainerType;
  readonly branches: readonly (readonly Block[])[];
}

/** A block of a network. */
export type Block = LayerBlock | ContainerBlock;

/** The type of any block. */
export type BlockType = LayerType | ContainerType;

/** Whether a block holds others. */
export const isContainer = (block: Block): block is ContainerBlock => "branches" in block;

/** The record of a block's type: its fields, badge, category and help. */
export const defOf = (type: BlockType) =>
  type in containers ? containers[type as ContainerType] : layers[type as LayerType];

/** What a block does to the very shape that it is given. @param output what it gives */
export function hereOf(block: Block, input: TensorType, output: TensorType): Said<EngineKey> {
  if (isContainer(block)) return containers[block.type].here(input, output, block.branches.length);
  const layer = layers[block.type];
  return layer.here(input, output, readConfig(layer.fields, block.config).config);
}

/** A list of blocks in a network: the network's own, or a branch of a container. */
export interface Stack {
  readonly network: string;
  /** The container and which of its branches; null for the network's own blocks. */
  readonly parent: { readonly id: string; readonly branch: number } | null;
}

/** Where a block is or may be. */
export interface Place extends Stack {
  readonly index: number;
}

/** A block and where it is. */
export interface Placed {
  readonly block: Block;
  readonly place: Place;
  /** How many containers it is in. */
  readonly depth: number;
}

/** The path of a block's record, for the names of its fields. */
export const recordOf = ({ type }: Pick<Block, "type">): string =>
  `${isContainerType(type) ? "containers" : "layers"}.${type}`;

/** All blocks of a stack, each before what it holds, top to bottom. */
export function* walk(blocks: readonly Block[], stack: Stack, depth = 0): Generator<Placed> {
  for (const [index, block] of blocks.entries()) {
    yield { block, place: { ...stack, index }, depth };
    if (!isContainer(block)) continue;
    for (const [branch, inner] of block.branches.entries()) {
      yield* walk(inner, { network: stack.network, parent: { id: block.id, branch } }, depth + 1);
    }
  }
}

/** What has networks of blocks. */
interface HasNetworks {
  readonly networks: Readonly<Record<string, { readonly blocks: readonly Block[] }>>;
}

/** All blocks of all networks. */
export function* allBlocks({ networks }: HasNetworks): Generator<Placed> {
  for (const [network, { blocks }] of Object.entries(networks)) yield* walk(blocks, { network, parent: null });
}

/** A block by its id, and where it is. */
export function findBlock(model: HasNetworks, id: string): Placed | undefined {
  for (const placed of allBlocks(model)) if (placed.block.id === id) return placed;
  return undefined;
}

/** The blocks of a stack; undefined where there is no such stack. */
export function blocksOf(model: HasNetworks, { network, parent }: Stack): readonly Block[] | undefined {
  if (parent === null) return model.networks[network]?.blocks;
  const holder = findBlock(model, parent.id)?.block;
  return holder && isContainer(holder) ? holder.branches[parent.branch] : undefined;
}

/** The tree with every stack replaced by what `change` makes of it, inner ones first. */
export function mapStacks(
  blocks: readonly Block[],
  change: (blocks: readonly Block[], parent: Stack["parent"]) => readonly Block[],
  parent: Stack["parent"] = null,
): readonly Block[] {
  const inner = blocks.map((block) =>
    isContainer(block)
      ? {
          ...block,
          branches: block.branches.map((branch, i) => mapStacks(branch, change, { id: block.id, branch: i })),
        }
      : block,
  );
  return change(inner, parent);
}

/** The tree with every block replaced by what `change` makes of it; what it holds is changed first. */
export const mapBlocks = (blocks: readonly Block[], change: (block: Block) => Block): readonly Block[] =>
  mapStacks(blocks, (stack) => stack.map(change));

/** Names for all blocks of a network by id: the given one, or the type in snake case with a number, as Keras numbers them. */
export function blockNames(blocks: readonly Block[]): ReadonlyMap<string, string> {
  const all = [...walk(blocks, { network: "", parent: null })].map(({ block }) => block);
  const taken = new Set(all.flatMap(({ name }) => (name ? [name] : [])));
  const counts = new Map<string, number>();
  const nameOf = ({ name, type }: Block): string => {
    if (name) return name;
    const stem = snakeCase(type);
    for (;;) {
      const count = counts.get(stem) ?? 0;
      counts.set(stem, count + 1);
      const numbered = count === 0 ? stem : `${stem}_${count}`;
      if (!taken.has(numbered)) return numbered;
    }
  };
  return new Map(all.map((block) => [block.id, nameOf(block)]));
}

const snakeCase = (type: string): string => type.replace(/(?<=[a-z])(?=[A-Z])/g, "_").toLowerCase();
