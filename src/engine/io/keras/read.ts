/** Layers out of a Keras configuration, branches and wrappers as containers. Settings go by their names; what has no place here is
 *  named, and a layer or a join that this page lacks is refused with the nearest thing that there is. */
import type { Field } from "../../fields";
import { readConfig } from "../../fields";
import type { Block, LayerBlock } from "../../model/blocks";
import type { ContainerType } from "../../nn/containers";
import { isLayerType, layers, type LayerType } from "../../nn/layers";
import { english } from "../../words/said";
import type { NamedArray } from "../safetensors";
import { withKnown } from "./known";
import { nameOf, type Node, placedNodes, refuse, type Tree, treeOf } from "./tree";

/** Finds a layer's arrays among those of the file, in Keras's order. */
type Arrays = (all: Readonly<Record<string, NamedArray>>) => readonly NamedArray[];

/** Which arrays are a layer's: all of those that the file has for it, or a part, of a layer in a wrapper. */
export type FindArrays = (layer: string, className: string, part: Part) => Arrays;

/** Of what a wrapper or a layer of code holds: "" for all, "forward_layer", "backward_layer" or "layer" of wrappers. */
export type Part = string;

/** What a file's layers come to. */
export interface KerasBlocks {
  readonly blocks: readonly Block[];
  /** By block. */
  readonly paths: ReadonlyMap<string, Arrays>;
  readonly ignored: readonly string[];
  /** Layers of code that the file does not have, which are read as in Keras's example. */
  readonly assumed: readonly string[];
}

const snakeCase = (name: string): string =>
  name
    .replace(/(.)([A-Z][a-z0-9]+)/g, "$1_$2")
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase();
const settingCase = (key: string): string => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** How many letters have to change. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      const kept = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(kept, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? Infinity;
}

/** The one whose letters are most like it. */
export const nearest = (name: string, among: readonly string[] = Object.keys(layers)): string =>
  among.toSorted((a, b) => distance(a, name) - distance(b, name))[0] ?? "";

/** What changes nothing that is computed here: names, types, where weights started. */
const SILENT =
  /^(name|trainable|dtype|batch_shape|batch_input_shape|seed|zero_output_for_mask|data_format|interpolation|implementation|ragged|sparse|unroll|time_major|stateful|shared_object_id|renorm_momentum)$|initializer$|_constraint$|^use_cudnn/;
/** Values of settings that this page lacks, at which they do nothing. */
const isNeutral = (key: string, value: unknown): boolean =>
  value === null ||
  value === undefined ||
  value === false ||
  value === 0 ||
  (key === "groups" && value === 1) ||
  (key === "reset_after" && value === true) ||
  (key === "axis" && (value === -1 || (Array.isArray(value) && value.length === 1))) ||
  (key === "dilation_rate" && [value].flat().every((rate) => rate === 1)) ||
  (key === "value_range" && JSON.stringify(value) === "[0,1]");

/** A setting's value in this page's form. */
function valueOf(field: Field, given: unknown): unknown {
  if (field.kind === "pair") return typeof given === "number" ? [given, given] : given;
  if (field.kind === "number") return Array.isArray(given) && given.length === 1 ? given[0] : given;
  if (field.kind === "choice" && typeof given === "object" && given !== null && "config" in given) return given.config;
  return given;
}

/** A factor of a regularizer. */
function factorOf(given: unknown, norm: string): unknown {
  if (typeof given !== "object" || given === null || !("config" in given)) return 0;
  const { config } = given;
  return typeof config === "object" && config !== null && norm in config
    ? new Map<string, unknown>(Object.entries(config)).get(norm)
    : 0;
}

/** Settings that Keras has in another form. */
const forms: Readonly<Partial<Record<LayerType, (config: Node["config"]) => Readonly<Record<string, unknown>>>>> = {
  ZeroPadding2D: ({ padding }) => edges(padding),
  Cropping2D: ({ cropping }) => edges(cropping),
  // Keras 2 calls it alpha.
  LeakyReLU: ({ negative_slope: slope, alpha }) => ({ negativeSlope: slope ?? alpha ?? 0.3 }),
  PReLU: ({ shared_axes: axes }) => ({ sharedAxes: axes !== null && axes !== undefined }),
};

const edges = (value: unknown): Readonly<Record<string, unknown>> =>
  Array.isArray(value) ? { rows: value[0] as unknown, columns: value[1] as unknown } : { rows: value, columns: value };

/** Settings in Keras's words that a form reads. */
const FORMED = ["padding", "cropping", "shared_axes", "negative_slope", "alpha"];

function configOf(type: LayerType, name: string, node: Node, ignored: string[]): Record<string, unknown> {
  const { fields } = layers[type];
  const form = forms[type];
  const known = new Set<string>(form ? FORMED : []);
  const formed = form?.(node.config) ?? {};
  const config: Record<string, unknown> = { ...formed };
  for (const [key, field] of Object.entries(fields)) {
    const [, of, norm = ""] = /^(.+)(L[12])$/.exec(key) ?? [];
    const own = of === undefined ? settingCase(key) : `${of}_regularizer`;
    known.add(own);
    if (key in formed) continue;
    const given = node.config[own];
    if (given === undefined || given === null || key.endsWith("nitializer")) continue;
    config[key] = of === undefined ? valueOf(field, given) : factorOf(given, norm.toLowerCase());
  }
  if ("causal" in fields)
    config["causal"] = JSON.stringify(node["inbound_nodes"] ?? "").includes('"use_causal_mask":true');
  if (node.config["data_format"] === "channels_first") refuse(`"${name}" with channels last`, "channels first");
  for (const [key, value] of Object.entries(node.config)) {
    if (known.has(key) || SILENT.test(key) || isNeutral(key, value)) continue;
    ignored.push(`${name}: ${key}`);
  }
  const { problems } = readConfig(fields, config, `layers.${type}`);
  const [problem] = problems;
  if (problem) refuse(`settings of "${name}" that this page has`, english(problem));
  return config;
}

/** Where arrays may be below a layer's own path. */
const PLACES = ["", "cell/", "query_dense/", "key_dense/", "value_dense/", "output_dense/"];

/** Keras 3's place for weights: by class in snake case, numbered in the order of the file. */
export function byPath(nodes: readonly Node[]): FindArrays {
  const counts = new Map<string, number>();
  const paths = new Map(
    nodes.map((node) => {
      const stem = snakeCase(node.class_name);
      const count = counts.get(stem) ?? 0;
      counts.set(stem, count + 1);
      return [nameOf(node), `layers/${stem}${count > 0 ? `_${count}` : ""}/`] as const;
    }),
  );
  return (layer, _, part) => {
    const path = `${paths.get(layer) ?? ""}${part ? `${part}/` : ""}`;
    return (all) => PLACES.flatMap((place) => inOrder(all, `${path}${place}vars/`));
  };
}

/** What joins branches, by Keras's class. */
const joins: Readonly<Record<string, string>> = {
  Concatenate: "concat",
  Add: "add",
  Multiply: "multiply",
  Average: "average",
  Maximum: "maximum",
};

const isNode = (value: unknown): value is Node =>
  typeof value === "object" &&
  value !== null &&
  "class_name" in value &&
  typeof value.class_name === "string" &&
  "config" in value &&
  typeof value.config === "object" &&
  value.config !== null;

/** The type that is a record's only key, as the compiler checks it. */
const typeIn = (record: Readonly<Partial<Record<ContainerType, true>>>): ContainerType =>
  (Object.keys(record) as ContainerType[])[0] ?? refuse("a container", "none");

/** Where Keras's joins and wrappers go. */
const SKIP = typeIn({ Residual: true });
const JOIN = typeIn({ Branches: true });
export const BOTH_WAYS = typeIn({ Bidirectional: true });
const EACH_STEP = typeIn({ TimeDistributed: true });

/** Makes blocks of a tree. */
class Reader {
  readonly paths = new Map<string, Arrays>();
  readonly ignored: string[] = [];
  readonly #taken = new Set<string>();
  readonly #find: FindArrays;
  #next = 1;

  constructor(find: FindArrays) {
    this.#find = find;
  }

  stack(trees: readonly Tree[]): Block[] {
    return trees.flatMap((tree) => {
      const { node, name, within } = tree.placed;
      if (node.class_name === "InputLayer") return [];
      if (tree.kind === "merge") return [this.#merge(node, name, tree.branches)];
      if (node.class_name === BOTH_WAYS || node.class_name === EACH_STEP) return [this.#wrapper(node, name)];
      return [this.#layer(node, name, within?.owner ?? name, within?.part ?? "")];
    });
  }

  #begin(className: string, given: string): { readonly id: string; readonly name?: string } {
    const id = `${className.toLowerCase()}-${this.#next++}`;
    const name = given.slice(0, 60) || className;
    const isFree = !this.#taken.has(name);
    this.#taken.add(name);
    return { id, ...(isFree && { name }) };
  }

  #layer(node: Node, name: string, owner: string, part: Part): LayerBlock {
    const { class_name: className } = node;
    if (!isLayerType(className)) {
      const near = className in joins ? "layers that join what several give" : `layers that this page has`;
      return refuse(near, `${className.slice(0, 60)} "${name.slice(0, 60)}"; the nearest is ${nearest(className)}`);
    }
    const isOld = node.config["reset_after"] === false;
    if (className === "GRU" && isOld) refuse(`"${name}" to reset after the product`, "reset_after: false");
    const begun = this.#begin(className, name);
    this.paths.set(begun.id, this.#find(owner, className, part));
    return { ...begun, type: className, config: configOf(className, name, node, this.ignored) };
  }

  #merge(node: Node, name: string, branches: readonly (readonly Tree[])[]): Block {
    const how = Object.hasOwn(joins, node.class_name) ? joins[node.class_name] : undefined;
    if (how === undefined) {
      return refuse(
        `branches joined by ${Object.keys(joins).join(", ")}`,
        `${node.class_name.slice(0, 60)} "${name.slice(0, 60)}"`,
      );
    }
    const stacks = branches.map((branch) => this.stack(branch));
    const [own = [], other = []] = stacks;
    const isResidual = how === "add" && stacks.length === 2 && (own.length === 0) !== (other.length === 0);
    if (isResidual) {
      return {
        ...this.#begin(SKIP, name),
        type: SKIP,
        config: {},
        branches: [own.length > 0 ? own : other],
      };
    }
    return { ...this.#begin(JOIN, name), type: JOIN, config: { merge: how }, branches: stacks };
  }

  #wrapper(node: Node, name: string): Block {
    const { layer, backward_layer: given, merge_mode: merge } = node.config;
    if (!isNode(layer)) return refuse(`a layer in "${name.slice(0, 60)}"`, "none");
    const innerName = (inner: Node): string => String(inner.config["name"] ?? inner.class_name);
    if (node.class_name === EACH_STEP) {
      const inner = this.#layer(layer, innerName(layer), name, "layer");
      return { ...this.#begin(EACH_STEP, name), type: EACH_STEP, config: {}, branches: [[inner]] };
    }
    if (typeof merge !== "string") return refuse(`"${name.slice(0, 60)}" to merge both ways`, String(merge));
    const back = isNode(given) ? given : { ...layer, config: { ...layer.config, name: `${innerName(layer)}_back` } };
    const ways = [
      this.#layer(layer, innerName(layer), name, "forward_layer"),
      this.#layer(back, innerName(back), name, "backward_layer"),
    ];
    // Who reads backwards is said by the branch here.
    const branches = ways.map((way) => [{ ...way, config: { ...way.config, goBackwards: false } }]);
    return { ...this.#begin(BOTH_WAYS, name), type: BOTH_WAYS, config: { merge }, branches };
  }
}

/** The blocks of a file's layers, the input left out.
 *  @throws ArgumentError for a layer that there is not, or what no stack with branches is */
export function blocksOfKeras(nodes: readonly Node[], find: FindArrays = byPath(nodes)): KerasBlocks {
  const reader = new Reader(find);
  const { placed, read } = withKnown(placedNodes(nodes));
  const blocks = reader.stack(treeOf(placed));
  return { blocks, paths: reader.paths, ignored: reader.ignored, assumed: [...new Set(read)] };
}

/** Arrays numbered from 0. */
function inOrder(all: Readonly<Record<string, NamedArray>>, prefix: string): NamedArray[] {
  const found: NamedArray[] = [];
  for (;;) {
    const array = all[`${prefix}${found.length}`] ?? all[`/${prefix}${found.length}`];
    if (!array) return found;
    found.push(array);
  }
}
