// The computation of a model's training step over a dataset of a hundred blank samples, for tests that only compile.
import type { Computation } from "../../src/engine/compile/plan";
import { analyzeModel } from "../../src/engine/model/analyze";
import type { ModelDescription } from "../../src/engine/model/description";
import type { PresetId } from "../../src/engine/model/presets";
import { trainingProgram } from "../../src/engine/train/programs";
import { modelState } from "../../src/engine/train/state";
import { blank } from "./data";

/** The presets whose step compiles: the adversarial one waits for its random numbers, see `src/engine/ops/random.ts`. */
export type CompiledPreset = Exclude<PresetId, "gan-points">;

export function trainingStep(description: ModelDescription): Computation {
  const data = blank(description.dataset, 100);
  // How many samples are held out says nothing of a step.
  const model = { ...description, training: { ...description.training, validationCount: 0 } };
  const state = modelState(model, analyzeModel(model, data));
  return trainingProgram({ description: model, data, state }, data.train, 100).computation;
}
