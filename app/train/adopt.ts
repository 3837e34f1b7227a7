/** Models that come with weights: the editor takes the one, the run the others. */
import type { ModelDescription, TakenModel } from "../../src/engine";
import { replaceModel } from "../store/model";
import { useRun } from "../store/run";
import { noteGiven } from "./address";
import { currentTrainer } from "./client";
import { refreshPredictions } from "./questions";
import { hasErrors } from "./rules";
import { prepare } from "./session";

/** Puts a model in the place of the one that is edited and trained, with weights that it is to begin with.
 *  @returns whether it has them */
export async function adopt(model: ModelDescription, weights: TakenModel["weights"] | null): Promise<boolean> {
  replaceModel(model);
  useRun.setState({ isTrainWanted: false });
  if (weights === null || hasErrors(model)) return false;
  await prepare();
  const isGiven = (await currentTrainer()?.give(weights)) ?? false;
  if (isGiven) {
    noteGiven();
    void refreshPredictions();
  }
  return isGiven;
}
