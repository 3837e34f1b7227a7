/** TensorFlow.js: `model.json` and a file of weights, in the words of Keras 2, which it reads. Layers that only do something while
 *  training, and that it lacks, are left out. */
import { strToU8 } from "fflate";
import { layerFor } from "../../nn/layers/roles";
import { say } from "../../words/said";
import type { ExportedModel, ExportedNetwork } from "../exported";
import { type Call, INPUT, KerasGraph } from "../keras/graph";
import { notesAsEntries } from "../notes";
import { type ExportFormat, type Files, type Refusal } from "./format";

/** Classes that it lacks, has otherwise (its GRU resets before the product), or finds no weights for. */
const LACKS = /^(RMSNormalization|GroupNormalization|MultiHeadAttention|GRU|Bidirectional)$/;
/** Those of them that a finished model does without. */
const IDLE = /^(Random|SpatialDropout2D)/;
/** Settings that it has no way for. */
const isBeyond = ({ className, config }: Call): boolean =>
  LACKS.test(className) ||
  config["activation"] === "gelu" ||
  config["padding"] === "causal" ||
  // Its own places pixels otherwise.
  config["interpolation"] === "bilinear" ||
  (className === "ELU" && config["alpha"] !== 1);

/** Calls without those that do nothing: their readers read what they would have read. */
function needed({ input }: ExportedNetwork, calls: readonly Call[]): Call[] {
  const shapes = new Map([[INPUT, input.shape], ...calls.map(({ name, shape }) => [name, shape] as const)]);
  const stands = new Map<string, string>();
  return calls.flatMap((call) => {
    const from = call.from.map((name) => stands.get(name) ?? name);
    // It refuses to flatten what is flat.
    const isFlat = call.className === layerFor.rows && shapes.get(call.from[0] ?? INPUT)?.length === 1;
    if (!isFlat && !IDLE.test(call.className)) return [{ ...call, from }];
    stands.set(call.name, from[0] ?? INPUT);
    return [];
  });
}

/** Settings in the words of Keras 2. */
function oldWords(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(config).flatMap(([key, value]): [string, unknown][] => {
      // It refuses models with one, which only matters to who trains on.
      if (key === "activity_regularizer") return [];
      if (key.endsWith("_regularizer")) {
        const factors = typeof value === "object" && value !== null && "config" in value ? value.config : null;
        return [[key, factors && { class_name: "L1L2", config: { l1: 0, l2: 0, ...factors } }]];
      }
      if (key === "negative_slope") return [["alpha", value]];
      if (isLayer(value)) return [[key, { class_name: value.class_name, config: oldWords(value.config) }]];
      return [[key, value]];
    }),
  );
}

const isLayer = (value: unknown): value is { class_name: string; config: Record<string, unknown> } =>
  typeof value === "object" && value !== null && "class_name" in value && "config" in value;

function filesOf(model: ExportedModel, network: ExportedNetwork, prefix: string): Files {
  const calls = needed(network, new KerasGraph(network).calls);
  const input = {
    class_name: "InputLayer",
    name: INPUT,
    config: {
      name: INPUT,
      batch_input_shape: [null, ...network.input.shape],
      dtype: network.input.dtype === "f32" ? "float32" : "int32",
      sparse: false,
    },
    inbound_nodes: [],
  };
  const layers = calls.map(({ className, config, name, from }) => ({
    class_name: className,
    name,
    config: { name, trainable: true, ...oldWords(config) },
    inbound_nodes: [from.map((other) => [other, 0, 0, {}])],
  }));
  const arrays = calls.flatMap(({ name, weights }) =>
    Object.entries(weights).flatMap(([path, own]) =>
      own.map((array, i) => ({ name: [name, ...(path ? [path] : []), i].join("/"), ...array })),
    ),
  );
  const json = {
    format: "layers-model",
    generatedBy: "descent",
    convertedBy: null,
    userDefinedMetadata: notesAsEntries(model, [network]),
    modelTopology: {
      keras_version: "2.15.0",
      backend: "tensorflow",
      model_config: {
        class_name: "Model",
        config: {
          name: network.name,
          layers: [input, ...layers],
          input_layers: [[INPUT, 0, 0]],
          output_layers: [[calls.at(-1)?.name ?? INPUT, 0, 0]],
        },
      },
    },
    weightsManifest: [
      {
        paths: ["weights.bin"],
        weights: arrays.map(({ name, shape }) => ({ name, shape, dtype: "float32" })),
      },
    ],
  };
  const total = arrays.reduce((sum, { data }) => sum + data.length, 0);
  const all = new Float32Array(total);
  let at = 0;
  for (const { data } of arrays) {
    all.set(data, at);
    at += data.length;
  }
  return {
    [`${prefix}model.json`]: strToU8(JSON.stringify(json)) as Uint8Array<ArrayBuffer>,
    [`${prefix}weights.bin`]: new Uint8Array(all.buffer),
  };
}

const refusalsOf = (network: ExportedNetwork): readonly Refusal[] => {
  const { calls, refusals } = new KerasGraph(network);
  const lacking = calls.filter(isBeyond).map(({ name }) => ({ name, why: say("exports.tensorFlowJsLacks") }));
  return [...refusals, ...lacking];
};

/** A folder for each network where there are several. */
export const tensorFlowJs: ExportFormat = {
  title: "TensorFlow.js",
  help: "model.json and weights: tf.loadLayersModel runs it in a page of your own.",
  ending: "zip",
  carriesSamples: false,
  refusals: ({ networks }) => networks.flatMap(refusalsOf),
  write: async (model) => {
    const isOnly = model.networks.length === 1;
    const all = model.networks.map((network) => filesOf(model, network, isOnly ? "" : `${network.name}/`));
    return Object.assign({}, ...all) as Files;
  },
};
