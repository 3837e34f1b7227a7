/** Keras's layers, each with the names of those that it reads, as stacks and branches: what joins branches takes them in, from the last
 *  layer that all of them come from. */
import { ArgumentError } from "../../errors";

/** A layer as a file has it. */
export interface Node {
  readonly class_name: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}

/** A layer with what it reads. */
export interface Placed {
  readonly node: Node;
  readonly name: string;
  readonly from: readonly string[];
  /** Where its arrays are: in a part of another layer's. */
  readonly within?: { readonly owner: string; readonly part: string };
}

/** A layer, or what joins branches. */
export type Tree =
  | { readonly kind: "layer"; readonly placed: Placed }
  | { readonly kind: "merge"; readonly placed: Placed; readonly branches: readonly (readonly Tree[])[] };

export function refuse(expected: string, got: string): never {
  throw new ArgumentError(`Keras model: expected ${expected}, got ${got}.`);
}

/** A layer's name, which those of code may have beside their settings. */
export const nameOf = (node: Node): string => String(node.config["name"] ?? node["name"] ?? "");

/** What a layer reads, by name: as Keras 3 writes it, or as Keras 2 and TensorFlow.js do. */
function readsOf(node: Node, name: string): readonly string[] | null {
  const calls = node["inbound_nodes"];
  if (!Array.isArray(calls)) return null;
  if (calls.length > 1) refuse("layers that are called once", `"${name}", which is shared`);
  const [call]: unknown[] = calls;
  if (call === undefined) return [];
  const names = Array.isArray(call)
    ? call.map((given: unknown) => (Array.isArray(given) ? String(given[0]) : ""))
    : [...JSON.stringify(call).matchAll(/"keras_history":\["((?:[^"\\]|\\.)*)",(\d+)/g)].map(([, from = ""]) => from);
  // What attends to itself reads one thing several times.
  return [...new Set(names)];
}

/** Layers with what they read; in a row where the file says nothing of that. */
export function placedNodes(nodes: readonly Node[]): readonly Placed[] {
  let before: string | undefined;
  return nodes.map((node) => {
    const name = nameOf(node);
    const from = readsOf(node, name) ?? (before === undefined || node.class_name === "InputLayer" ? [] : [before]);
    before = name;
    return { node, name, from };
  });
}

/** The tree of a graph with one input and one output. @throws ArgumentError naming the layer that is not part of such a one */
export function treeOf(all: readonly Placed[]): readonly Tree[] {
  const byName = new Map(all.map((placed) => [placed.name, placed] as const));
  if (byName.size < all.length) refuse("layers of different names", "two of one");
  const inputs = all.filter(({ from }) => from.length === 0);
  if (inputs.length > 1)
    refuse("a model of one input", `${inputs.length}: ${inputs.map(({ name }) => name).join(", ")}`.slice(0, 200));
  const read = new Set(all.flatMap(({ from }) => from));
  const ends = all.filter(({ name }) => !read.has(name));
  const [end, second] = ends;
  if (second)
    refuse("a model of one output", `${ends.length}: ${ends.map(({ name }) => name).join(", ")}`.slice(0, 200));
  const [input] = inputs;
  if (!end || !input) return all.length === 0 ? [] : refuse("layers that follow each other", "a circle of them");
  // Through which layers everything goes that gets to a layer, in order.
  const ways = new Map<string, readonly string[]>();
  for (const { name, from } of all) {
    const each = from.map(
      (other) => ways.get(other) ?? refuse(`layers after what they read`, `"${name}" before "${other.slice(0, 60)}"`),
    );
    const [first = [], ...others] = each;
    const common = others.reduce<readonly string[]>((shared, way) => {
      const known = new Set(way);
      return shared.filter((step) => known.has(step));
    }, first);
    ways.set(name, [...common, name]);
  }
  const visited = new Set<string>();
  const stack = (from: string, to: string): Tree[] => {
    const found: Tree[] = [];
    for (let at = to; at !== from;) {
      const placed = byName.get(at);
      if (!placed) return refuse("layers that there are", `"${at.slice(0, 60)}"`);
      if (visited.has(at)) refuse("branches that share no layer", `"${at.slice(0, 60)}", which two of them read`);
      visited.add(at);
      const [only = from, ...more] = placed.from;
      if (more.length === 0) {
        found.push({ kind: "layer", placed });
        at = only;
        continue;
      }
      const before = ways.get(at)?.at(-2) ?? from;
      found.push({ kind: "merge", placed, branches: placed.from.map((branch) => stack(before, branch)) });
      at = before;
    }
    return found.toReversed();
  };
  // Where there is no layer for the input, the first layer is one.
  const isInput = input.node.class_name === "InputLayer";
  const rest = stack(input.name, end.name);
  return isInput ? rest : [{ kind: "layer", placed: input }, ...rest];
}
