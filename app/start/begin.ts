/** Beginning with weights of another model: where they come from, and what comes of them. Loaded with whoever offers that. */
import { type ModelDescription, newestFirst, openRuns, openStarts, say, type WeightMatch } from "../../src/engine";
import { dataOf, replaceModel, reportOf, useModel } from "../store/model";
import { notify } from "../store/run";
import { type Start, useStart } from "../store/start";
import { currentTrainer } from "../train/client";
import { refreshPredictions } from "../train/questions";
import { hasErrors } from "../train/rules";
import { prepare } from "../train/session";

/** The weights of the model that is trained, as they are now. */
export async function presentStart(title: string): Promise<Start | null> {
  const taken = await currentTrainer()?.take(1);
  return taken ? { title, weights: taken.weights } : null;
}

/** The weights of a kept run as of its newest checkpoint; null where there is none. */
export async function keptStart(id: string, title: string): Promise<Start | null> {
  const [store, { weightsOfRun }] = await Promise.all([openRuns(), openStarts()]);
  const newest = (await store.checkpoints(id)).toSorted(newestFirst)[0];
  return newest ? { title, weights: await weightsOfRun(await store.bytesOf(newest), dataOf) } : null;
}

/** The weights of a file. @throws Error saying what was expected */
export async function fileStart(file: File): Promise<Start> {
  const { weightsOfFile } = await openStarts();
  const bytes = new Uint8Array(await file.arrayBuffer());
  const around = { base: useModel.getState().description, dataOf };
  return { title: file.name, weights: await weightsOfFile(file.name, bytes, around) };
}

/** What of the edited model begins with such weights. */
export async function matchOf(start: Start, model: ModelDescription): Promise<WeightMatch> {
  const { matchWeights, shapesOf } = await openStarts();
  return matchWeights(shapesOf(reportOf(model)), start.weights);
}

/** Has the edited model begin with weights of another one, or, with null, with those that its seed draws, and says what came of it.
 *  @param model takes the place of the edited one, where it is given */
export async function beginFrom(start: Start | null, model?: ModelDescription): Promise<void> {
  if (model) replaceModel(model);
  useStart.setState({ from: start });
  const { description } = useModel.getState();
  if (hasErrors(description)) return;
  await prepare();
  void refreshPredictions();
  if (!start) return;
  const { taken, left } = await matchOf(start, description);
  const names = left.slice(0, 4).map(({ name }) => name);
  notify({
    severity: taken.length > 0 ? "info" : "warning",
    topic: "start",
    said: say("starts.begun", { title: start.title, taken: taken.length, of: taken.length + left.length, left: names }),
  });
}
