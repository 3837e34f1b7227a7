// The computation of a model's training step over a dataset of a hundred blank samples, for tests that only compile.
import type { Computation } from "../../src/engine/compile/plan";
import { analyzeModel } from "../../src/engine/model/analyze";
import type { ModelDescription } from "../../src/engine/model/description";
import { trainingProgram } from "../../src/engine/train/programs";
import { modelState } from "../../src/engine/train/state";
import { blank } from "./data";

/** @param samples that the dataset has */
export function trainingStep(description: ModelDescription, samples = 100): Computation {
  const data = blank(description.dataset, samples);
  // How many samples are held out says nothing of a step.
  const model = { ...description, training: { ...description.training, validationCount: 0 } };
  const state = modelState(model, analyzeModel(model, data));
  return trainingProgram({ description: model, data, state }, data.train, samples).computation;
}
