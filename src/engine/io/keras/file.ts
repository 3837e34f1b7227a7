/** Files of Keras 3: `config.json`, `metadata.json` and `model.weights.h5` in a zip. */
import { strToU8 } from "fflate";
import type { TensorType } from "../../graph/type";
import type { ExportedNetwork } from "../exported";
import type { NamedArray } from "../safetensors";
import { type Call, INPUT, KerasGraph } from "./graph";
import { zipOf } from "../npy";
import { writeHdf5 } from "./hdf5";

const snakeCase = (name: string): string =>
  name
    .replace(/(.)([A-Z][a-z0-9]+)/g, "$1_$2")
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase();

const dtypeOf = ({ dtype }: TensorType): string => (dtype === "f32" ? "float32" : "int32");

const layerOf = (className: string, config: object) => ({
  module: "keras.layers",
  class_name: className,
  config,
  registered_name: null,
});

const inputLayer = ({ input }: ExportedNetwork) =>
  layerOf("InputLayer", { batch_shape: [null, ...input.shape], dtype: dtypeOf(input), name: INPUT });

/** A plain stack, each given what the one before gives. */
const isSequence = (calls: readonly Call[]): boolean =>
  calls.every(({ from }, i) => from.length === 1 && from[0] === (calls[i - 1]?.name ?? INPUT));

/** The architecture. */
function configOf(network: ExportedNetwork, calls: readonly Call[], title: string): object {
  if (isSequence(calls)) {
    const layers = calls.map(({ className, config, name }) => layerOf(className, { name, ...config }));
    return {
      module: "keras",
      class_name: "Sequential",
      config: { name: title, layers: [inputLayer(network), ...layers] },
      registered_name: null,
    };
  }
  const shapes = new Map([[INPUT, network.input.shape], ...calls.map(({ name, shape }) => [name, shape] as const)]);
  const tensor = (name: string) => ({
    class_name: "__keras_tensor__",
    config: {
      shape: [null, ...(shapes.get(name) ?? [])],
      dtype: name === INPUT ? dtypeOf(network.input) : "float32",
      keras_history: [name, 0, 0],
    },
  });
  const layers = calls.map(({ className, config, name, from, kwargs }) => {
    const tensors = from.map(tensor);
    // What merges takes a list; what attends takes each by itself.
    const merges = className === "Concatenate" || /^(Add|Multiply|Average|Maximum)$/.test(className);
    return {
      ...layerOf(className, { name, ...config }),
      name,
      inbound_nodes: [{ args: merges ? [tensors] : tensors, kwargs }],
    };
  });
  return {
    module: "keras.src.models.functional",
    class_name: "Functional",
    config: {
      name: title,
      trainable: true,
      layers: [{ ...inputLayer(network), name: INPUT, inbound_nodes: [] }, ...layers],
      input_layers: [[INPUT, 0, 0]],
      output_layers: [[calls.at(-1)?.name ?? INPUT, 0, 0]],
    },
    registered_name: "Functional",
  };
}

/** Where weights are: layers by class in snake case, numbered in order, whatever their names. */
function weightPaths(calls: readonly Call[]): Record<string, NamedArray> {
  const counts = new Map<string, number>();
  const arrays: Record<string, NamedArray> = {};
  for (const { className, weights } of calls) {
    const stem = snakeCase(className);
    const count = counts.get(stem) ?? 0;
    counts.set(stem, count + 1);
    const layer = `layers/${stem}${count > 0 ? `_${count}` : ""}`;
    for (const [path, own] of Object.entries(weights)) {
      own.forEach((array, i) => {
        arrays[[layer, ...(path ? [path] : []), "vars", i].join("/")] = array;
      });
    }
  }
  return arrays;
}

/** The file of a network. @param compiled how it is trained, as Keras's `compile_config`; null for not at all
 *  @param notes go into its metadata, where Keras looks for none of them */
export async function kerasFile(
  network: ExportedNetwork,
  title: string,
  compiled: object | null,
  notes: Readonly<Record<string, string>>,
): Promise<Uint8Array<ArrayBuffer>> {
  const { calls } = new KerasGraph(network);
  const config = { ...configOf(network, calls, title), ...(compiled && { compile_config: compiled }) };
  const weights = await writeHdf5(weightPaths(calls));
  const metadata = { keras_version: "3.15.1", date_saved: "2026-01-01@00:00:00", ...notes };
  return zipOf(
    {
      "metadata.json": strToU8(JSON.stringify(metadata)),
      // Keras takes no whole number for a rate.
      "config.json": strToU8(JSON.stringify(config).replace(/"learning_rate":(\d+)(?=[,}])/, '"learning_rate":$1.0')),
      "model.weights.h5": weights,
    },
    // Keras stores as well.
    false,
  );
}
