// The computation of a preset's training step over a dataset of a hundred blank samples, for tests that only compile.
import type { Computation } from "../../src/engine/compile/plan";
import { datasets } from "../../src/engine/data";
import { analyzeModel } from "../../src/engine/model/analyze";
import type { ModelDescription } from "../../src/engine/model/description";
import { modelState, trainingProgram } from "../../src/engine/train/programs";

export function trainingStep(description: ModelDescription): Computation {
  const { id, title, inputShape, classNames, target } = datasets[description.dataset];
  const split = { count: 100, inputs: new Uint8Array(), labels: new Uint8Array() };
  const dataset = { id, title, inputShape, inputScale: 1, classNames, target, train: split, test: split };
  const report = analyzeModel(description);
  return trainingProgram(description, report, dataset, modelState(description, report), 100).computation;
}
