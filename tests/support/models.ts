// Model descriptions in one line, for tests.
import type { Config } from "../../src/engine/fields";
import type { ModelDescription, TrainingSettings } from "../../src/engine/model/description";
import { defaultTraining } from "../../src/engine/model/presets";
import type { LayerType } from "../../src/engine/nn/layers";

/** A layer and its settings. */
export type LayerSpec = readonly [LayerType, Config?];

/** A model of these layers, with no sample held out unless asked for. The id of the first layer is `l0`. */
export function modelOf(
  layers: readonly LayerSpec[],
  training: Partial<TrainingSettings> = {},
  dataset: ModelDescription["dataset"] = "mnist",
): ModelDescription {
  return {
    version: 1,
    name: "Test",
    dataset,
    layers: layers.map(([type, config = {}], i) => ({ id: `l${i}`, type, config })),
    training: { ...defaultTraining, validationCount: 0, ...training },
  };
}
