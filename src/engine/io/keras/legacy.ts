/** Models in the words of Keras 2: its own `.h5` files, and TensorFlow.js's `model.json` with weights beside it. Weights stand below
 *  the names of their layers there, in Keras's order. */
import * as v from "valibot";
import { ArgumentError } from "../../errors";
import { sizeOf } from "../../shape";
import type { NamedArray } from "../safetensors";
import { readLegacyHdf5 } from "./hdf5";
import type { FindArrays } from "./read";

/** What a file has in it: the architecture as JSON, and each layer's arrays. */
export interface LegacyModel {
  readonly topology: unknown;
  readonly arrays: ReadonlyMap<string, readonly NamedArray[]>;
}

function refuse(expected: string, got: string): never {
  throw new ArgumentError(`Model file: expected ${expected}, got ${got}.`);
}

/** Of an `.h5` file. @throws ArgumentError for one of weights alone, or what is none */
export async function legacyOfHdf5(bytes: Uint8Array): Promise<LegacyModel> {
  const { config, layers } = await readLegacyHdf5(bytes);
  if (config === null) return refuse("a whole model (model.save)", "weights without their model");
  return { topology: jsonOf(config), arrays: layers };
}

const weightSchema = v.looseObject({
  name: v.pipe(v.string(), v.maxLength(500)),
  shape: v.pipe(v.array(v.pipe(v.number(), v.safeInteger(), v.minValue(0))), v.maxLength(8)),
  dtype: v.string(),
  quantization: v.optional(v.unknown()),
});
const manifestSchema = v.looseObject({
  modelTopology: v.unknown(),
  weightsManifest: v.pipe(
    v.array(
      v.looseObject({
        paths: v.pipe(v.array(v.string()), v.maxLength(10_000)),
        weights: v.pipe(v.array(weightSchema), v.maxLength(10_000)),
      }),
    ),
    v.maxLength(1000),
  ),
});

/** Of TensorFlow.js's files by name. @throws ArgumentError for what is missing or damaged, and for weights that are rounded */
export function legacyOfTensorFlowJs(files: Readonly<Record<string, Uint8Array>>): LegacyModel {
  const path = Object.keys(files).find((name) => name.endsWith("model.json"));
  const file = path === undefined ? undefined : files[path];
  if (path === undefined || !file) return refuse("model.json in the zip", "none");
  const parsed = v.safeParse(manifestSchema, jsonOf(new TextDecoder().decode(file)), { abortEarly: true });
  if (!parsed.success) {
    const [issue] = parsed.issues;
    return refuse(
      "a layers model of TensorFlow.js",
      `${v.getDotPath(issue) ?? "model.json"}: ${issue.message}`.slice(0, 200),
    );
  }
  const { modelTopology, weightsManifest } = parsed.output;
  const folder = path.slice(0, -"model.json".length);
  const arrays = new Map<string, NamedArray[]>();
  for (const { paths, weights } of weightsManifest) {
    const parts = paths.map(
      (name) => files[`${folder}${name}`] ?? refuse(`"${name.slice(0, 80)}" beside model.json`, "none"),
    );
    const all = new Uint8Array(parts.reduce((total, { length }) => total + length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    let from = 0;
    for (const { name, shape, dtype, quantization } of weights) {
      if (dtype !== "float32" || quantization !== undefined)
        refuse(`"${name}" as float32`, quantization ? "rounded numbers" : dtype);
      const bytes = 4 * sizeOf(shape);
      if (from + bytes > all.length) refuse(`${from + bytes} bytes of weights`, String(all.length));
      const data = new Float32Array(all.slice(from, from + bytes).buffer);
      from += bytes;
      arrays.set(name, [...(arrays.get(name) ?? []), { shape, data }]);
    }
  }
  return { topology: topologyOf(modelTopology), arrays: byLayer(arrays) };
}

/** Weights by the first part of their names, which is their layer's. */
function byLayer(arrays: ReadonlyMap<string, readonly NamedArray[]>): ReadonlyMap<string, readonly NamedArray[]> {
  const layers = new Map<string, NamedArray[]>();
  for (const [name, own] of arrays) {
    const layer = name.split("/")[0] ?? "";
    layers.set(layer, [...(layers.get(layer) ?? []), ...own]);
  }
  return layers;
}

const topologyOf = (value: unknown): unknown =>
  typeof value === "object" && value !== null && "model_config" in value ? value.model_config : value;

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return refuse("JSON", "text that does not parse");
  }
}

/** A layer's arrays by its name; of both ways of a wrapper, half each. */
export const byLayerName =
  (arrays: LegacyModel["arrays"]): FindArrays =>
  (layer, _, part) => {
    const all = arrays.get(layer) ?? [];
    const half = all.length / 2;
    return () => (part === "forward_layer" ? all.slice(0, half) : part === "backward_layer" ? all.slice(half) : all);
  };
