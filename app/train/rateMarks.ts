/** Marks in the curves where learning rates were set: the rates of the next step, as their schedules have them. */
import type { ModelDescription, TrainerStatus } from "../../src/engine";
import { learningRates } from "../../src/engine";
import { addRateMark, lastStep } from "../store/metrics";
import { learningRatesOf } from "./rules";

/** Marks those of a model's networks that were set otherwise before; all, where nothing is known of before. */
export function markRates(
  model: ModelDescription,
  before: ModelDescription | null,
  { stepsPerEpoch }: Pick<TrainerStatus, "stepsPerEpoch">,
): void {
  const progress = { step: lastStep(), stepsPerEpoch, totalSteps: model.training.epochs * stepsPerEpoch };
  const [set, wasSet] = [learningRatesOf(model), before && learningRatesOf(before)];
  for (const [network, rate] of Object.entries(learningRates(model)(progress))) {
    if (set[network] !== wasSet?.[network]) addRateMark(rate);
  }
}
