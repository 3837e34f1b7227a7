/** Layers out of a Keras configuration, where each follows the one before. Settings go by their names; what has no place here is
 *  named, and a layer or a join that this page lacks is refused with the nearest thing that there is. */
import { ArgumentError } from "../../errors";
import type { Field } from "../../fields";
import { readConfig } from "../../fields";
import type { Block } from "../../model/blocks";
import { isLayerType, layers, type LayerType } from "../../nn/layers";
import { english } from "../../words/said";
import type { NamedArray } from "../safetensors";

/** A layer as the file has it. */
interface Node {
  readonly class_name: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}

/** Finds a layer's arrays among those of the file, in Keras's order. */
type Arrays = (all: Readonly<Record<string, NamedArray>>) => readonly NamedArray[];

/** What a file's layers come to. */
export interface KerasBlocks {
  readonly blocks: readonly Block[];
  /** By block. */
  readonly paths: ReadonlyMap<string, Arrays>;
  readonly ignored: readonly string[];
}

function refuse(expected: string, got: string): never {
  throw new ArgumentError(`Keras model: expected ${expected}, got ${got}.`);
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

const nearest = (name: string): string =>
  Object.keys(layers).toSorted((a, b) => distance(a, name) - distance(b, name))[0] ?? "";

/** What changes nothing that is computed here: names, types, where weights started. */
const SILENT =
  /^(name|trainable|dtype|batch_shape|batch_input_shape|seed|zero_output_for_mask|data_format|interpolation)$|initializer$|_constraint$|^use_cudnn/;
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

/** The factor of a regularizer. */
function l2Of(given: unknown): unknown {
  if (typeof given !== "object" || given === null || !("config" in given)) return 0;
  const { config } = given;
  return typeof config === "object" && config !== null && "l2" in config ? config.l2 : 0;
}

/** Settings that Keras has in another form. */
const forms: Readonly<Partial<Record<LayerType, (config: Node["config"]) => Readonly<Record<string, unknown>>>>> = {
  ZeroPadding2D: ({ padding }) => edges(padding),
  Cropping2D: ({ cropping }) => edges(cropping),
  PReLU: ({ shared_axes: axes }) => ({ sharedAxes: axes !== null && axes !== undefined }),
};

const edges = (value: unknown): Readonly<Record<string, unknown>> =>
  Array.isArray(value) ? { rows: value[0] as unknown, columns: value[1] as unknown } : { rows: value, columns: value };

/** Settings in Keras's words that a form reads. */
const FORMED = ["padding", "cropping", "shared_axes"];

function configOf(type: LayerType, name: string, node: Node, ignored: string[]): Record<string, unknown> {
  const { fields } = layers[type];
  const form = forms[type];
  const known = new Set<string>(form ? FORMED : []);
  const formed = form?.(node.config) ?? {};
  const config: Record<string, unknown> = { ...formed };
  for (const [key, field] of Object.entries(fields)) {
    const isL2 = key.endsWith("L2");
    const own = isL2 ? `${key.slice(0, -2)}_regularizer` : settingCase(key);
    known.add(own);
    if (key in formed) continue;
    const given = node.config[own];
    if (given === undefined || given === null || key.endsWith("nitializer")) continue;
    config[key] = isL2 ? l2Of(given) : valueOf(field, given);
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

/** The layers of a file, the input left out. @throws ArgumentError for a layer that there is not, or one that does not follow another */
export function blocksOfKeras(nodes: readonly Node[]): KerasBlocks {
  const counts = new Map<string, number>();
  const paths = new Map<string, Arrays>();
  const ignored: string[] = [];
  let before: string | undefined;
  const taken = new Set<string>();
  const blocks = nodes.flatMap((node, i): Block[] => {
    const { class_name: className, config } = node;
    const given = String(config["name"] ?? className).slice(0, 60) || className;
    const from = JSON.stringify(node["inbound_nodes"] ?? []).matchAll(/"keras_history":\["([^"]*)"/g);
    const strange = [...from].find(([, name]) => name !== before);
    if (strange) refuse("layers that each read the one before", `"${given}", which reads "${strange[1]}"`);
    before = String(config["name"] ?? "");
    if (className === "InputLayer") return [];
    if (!isLayerType(className)) {
      refuse("layers that this page has", `${className} "${given}"; the nearest is ${nearest(className)}`);
    }
    const stem = snakeCase(className);
    const count = counts.get(stem) ?? 0;
    counts.set(stem, count + 1);
    const path = `layers/${stem}${count > 0 ? `_${count}` : ""}/`;
    const id = `${className.toLowerCase()}-${i + 1}`;
    const name = taken.has(given) ? undefined : given;
    taken.add(given);
    paths.set(id, (all) => PLACES.flatMap((place) => inOrder(all, `${path}${place}vars/`)));
    return [
      { id, type: className, ...(name !== undefined && { name }), config: configOf(className, given, node, ignored) },
    ];
  });
  return { blocks, paths, ignored };
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
