/** Weights to begin with, out of files: a kept run's checkpoint, or a file of weights whatever model it is of. Loaded when the first is
 *  opened. */
import type { DataInfo } from "../data";
import { ArgumentError } from "../errors";
import { analyzeModel } from "../model/analyze";
import { type ModelDescription, parseDescription } from "../model/description";
import { layoutVariables } from "../model/variables";
import { sizeOf } from "../shape";
import type { StartWeights } from "../model/startFrom";
import { readCheckpoint } from "./checkpoint";
import { MAX_MODEL_BYTES, readModelFile, type Surroundings } from "./incoming";
import { readSafetensors } from "./safetensors";

export { matchWeights, shapesOf } from "../model/startFrom";
export { reasonOf } from "./incoming";

const MAX_HEADER_BYTES = 2 ** 20;

/** The weights of a kept run, by their names there. @param dataOf finds the data that a model is of
 *  @throws FileError for a damaged file, ModelError for a model that is none */
export async function weightsOfRun(
  bytes: Uint8Array,
  dataOf: (model: ModelDescription) => DataInfo,
): Promise<StartWeights> {
  const { description: json, tensors } = await readCheckpoint(bytes);
  const description = parseDescription(json);
  const layouts = layoutVariables(analyzeModel(description, dataOf(description)));
  return Object.fromEntries(
    Object.entries(layouts).flatMap(([network, { entries }]) =>
      entries.flatMap(({ name, role, offset, spec: { shape } }) => {
        const vector = tensors[`${network}/${role}`];
        return vector ? [[name, { shape, data: vector.slice(offset, offset + sizeOf(shape)) }] as const] : [];
      }),
    ),
  );
}

/** The weights of a file, which need not be of the model that they are for: safetensors with any arrays of f32, or a Keras file.
 *  @throws ArgumentError or another of the engine's errors: what was expected, what came */
export async function weightsOfFile(name: string, bytes: Uint8Array, around: Surroundings): Promise<StartWeights> {
  if (bytes.length > MAX_MODEL_BYTES) {
    throw new ArgumentError(`Weights: expected at most ${MAX_MODEL_BYTES} bytes, got ${bytes.length}.`);
  }
  const weights = /\.safetensors$/i.test(name)
    ? readSafetensors(bytes, MAX_HEADER_BYTES).tensors
    : (await readModelFile(name, bytes, around)).weights;
  if (weights && Object.keys(weights).length > 0) return weights;
  throw new ArgumentError("Weights: expected a file with weights, got one without any that could be read.");
}
