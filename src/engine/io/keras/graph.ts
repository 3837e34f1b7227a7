/** Networks as Keras layers and how they are joined: a list of calls in order, which both the Keras and the TensorFlow.js format write.
 *  Containers become Keras's merging layers and wrappers. */
import { sameShape } from "../../shape";
import type { ContainerType } from "../../nn/containers";
import { type Said, say } from "../../words/said";
import type { ExportedBlock, ExportedContainer, ExportedLayer, ExportedNetwork } from "../exported";
import type { NamedArray } from "../safetensors";
import { Settings } from "../settings";
import { type KerasLayer, kerasLayers } from "./layers";

/** A layer, called once. */
export interface Call {
  readonly name: string;
  readonly className: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** The names of the layers whose results it is given. */
  readonly from: readonly string[];
  readonly kwargs: Readonly<Record<string, unknown>>;
  /** Of its result, without the batch. */
  readonly shape: readonly number[];
  readonly weights: KerasLayer["weights"];
}

/** The layer that the input is, by name. */
export const INPUT = "input_layer";

/** What cannot be, and why. */
export interface Refusal {
  readonly name: string;
  readonly why: Said;
}

/** A layer as it stands in a wrapper's settings. */
const inside = (name: string, { className, config }: KerasLayer) => ({
  module: "keras.layers",
  class_name: className,
  config: { name, ...config },
  registered_name: null,
});

const translated = (layer: ExportedLayer): KerasLayer | Said => {
  const translation = kerasLayers[layer.type];
  if (translation === undefined) return say("exports.noSteps", { type: layer.type });
  return typeof translation === "function" ? translation(layer, new Settings(layer.config)) : translation.cannot;
};

const isSaid = (made: KerasLayer | Said): made is Said => "key" in made;

/** Puts a network's calls together. */
export class KerasGraph {
  readonly calls: Call[] = [];
  readonly refusals: Refusal[] = [];
  readonly #taken = new Set<string>([INPUT]);

  constructor({ blocks }: Pick<ExportedNetwork, "blocks">) {
    for (const name of blocks.map((block) => block.name)) this.#taken.add(name);
    this.stack(INPUT, blocks);
  }

  stack(from: string, blocks: readonly ExportedBlock[]): string {
    return blocks.reduce((name, block) => this.#block(name, block), from);
  }

  #block(from: string, block: ExportedBlock): string {
    if (block.kind === "container") {
      const call = containerCalls[block.type];
      if (call) return call(from, block, this);
      this.refuse(block.name, say("exports.noSteps", { type: block.type }));
      return from;
    }
    const made = translated(block);
    if (isSaid(made)) {
      this.refuse(block.name, made);
      return from;
    }
    const { className, config, weights, call = { times: 1, kwargs: {} } } = made;
    const shape = block.output.shape;
    return this.add({
      name: block.name,
      className,
      config,
      weights,
      shape,
      from: Array.from({ length: call.times }, () => from),
      kwargs: call.kwargs,
    });
  }

  add(call: Call): string {
    this.calls.push(call);
    return call.name;
  }

  refuse(name: string, why: Said): void {
    this.refusals.push({ name, why });
  }
}

const classes = {
  concat: "Concatenate",
  add: "Add",
  multiply: "Multiply",
  average: "Average",
  maximum: "Maximum",
} as const;

type Calls = (from: string, block: ExportedContainer, graph: KerasGraph) => string;

const merge = (
  from: readonly string[],
  how: keyof typeof classes,
  { name, output }: ExportedContainer,
  graph: KerasGraph,
): string =>
  graph.add({
    name,
    className: classes[how],
    config: how === "concat" ? { axis: -1 } : {},
    from,
    kwargs: {},
    shape: output.shape,
    weights: {},
  });

const prefixed = (prefix: string, weights: KerasLayer["weights"]): [string, readonly NamedArray[]][] =>
  Object.entries(weights).map(([path, arrays]) => [path ? `${prefix}/${path}` : prefix, arrays]);

const containerCalls: Readonly<Partial<Record<ContainerType, Calls>>> = {
  Residual: (from, block, graph) => merge([from, graph.stack(from, block.branches[0] ?? [])], "add", block, graph),
  Branches: (from, block, graph) => {
    const how = new Settings(block.config).oneOf("merge", Object.keys(classes) as (keyof typeof classes)[]);
    const outputs = block.branches.map((branch) => graph.stack(from, branch));
    return merge(outputs, how, block, graph);
  },
  Bidirectional: (from, block, graph) => {
    const [[forwards, ...more] = [], [backwards, ...others] = []] = block.branches;
    const isPair = forwards?.kind === "layer" && backwards?.kind === "layer" && more.length + others.length === 0;
    const both = isPair ? [translated(forwards), translated(backwards)] : [];
    const [one, other] = both;
    if (
      !isPair ||
      !one ||
      !other ||
      isSaid(one) ||
      isSaid(other) ||
      !("cell" in one.weights && "cell" in other.weights)
    ) {
      graph.refuse(block.name, say("exports.kerasOneEachWay"));
      return from;
    }
    if (forwards.type !== backwards.type || !sameShape(forwards.output.shape, backwards.output.shape)) {
      graph.refuse(block.name, say("exports.kerasAlikeBothWays"));
      return from;
    }
    return graph.add({
      name: block.name,
      className: block.type,
      config: {
        merge_mode: new Settings(block.config).text("merge"),
        layer: inside(forwards.name, one),
        backward_layer: inside(backwards.name, { ...other, config: { ...other.config, go_backwards: true } }),
      },
      from: [from],
      kwargs: {},
      shape: block.output.shape,
      weights: Object.fromEntries([
        ...prefixed("forward_layer", one.weights),
        ...prefixed("backward_layer", other.weights),
      ]),
    });
  },
  // One wrapper for each layer inside comes to the same.
  TimeDistributed: (from, block, graph) => {
    const [stack = []] = block.branches;
    const [steps = 1] = block.input.shape;
    return stack.reduce((name, inner) => {
      const made = inner.kind === "layer" ? translated(inner) : say("exports.kerasTimeDistributed");
      if (isSaid(made) || made.call) {
        graph.refuse(inner.name, isSaid(made) ? made : say("exports.kerasTimeDistributed"));
        return name;
      }
      return graph.add({
        name: inner.name,
        className: block.type,
        config: { layer: inside(`${inner.name}_inside`, made) },
        from: [name],
        kwargs: {},
        shape: [steps, ...inner.output.shape],
        weights: Object.fromEntries(prefixed("layer", made.weights)),
      });
    }, from);
  },
};
