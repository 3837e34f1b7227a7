// Whole trainings of models in one process, from the weights of others where that is asked for: for bars that take minutes.
import { startThread } from "../../scripts/support/helperThread";
import { openCpuBackend } from "../../src/engine/backend/cpu/openCpuBackend";
import { requireDataset } from "../../src/engine/data/library";
import type { ModelDescription } from "../../src/engine/model/description";
import { learningRates } from "../../src/engine/train/learningRates";
import { ResidentData } from "../../src/engine/train/resident";
import type { Score } from "../../src/engine/train/scores";
import { Session, type Weight } from "../../src/engine/train/session";
import type { StartWeights } from "../../src/engine/model/startFrom";
import { nextTask } from "../../src/engine/train/yielding";
import { fileSource } from "../../scripts/support/fileSource";

/** What a whole training comes to. */
export interface WholeRun {
  readonly test: Score;
  readonly weights: Readonly<Record<string, Weight>>;
}

/** Trains a model for all its epochs on two threads, and scores it on the test set. */
export async function trainWhole(description: ModelDescription, start?: StartWeights): Promise<WholeRun> {
  const backend = await openCpuBackend({ threads: 2, startHelper: startThread });
  const dataset = await requireDataset(description.dataset).load(fileSource);
  const resident = new ResidentData(backend);
  const session = await Session.create({ backend, description, dataset, resident, ...(start && { start }) });
  const ratesAt = learningRates(description);
  const { stepsPerEpoch } = session;
  const total = description.training.epochs * stepsPerEpoch;
  for (let step = 0; step < total;) {
    const count = Math.min(50, session.order.stepsAvailable(step), total - step);
    const rates = Array.from({ length: count }, (_, i) =>
      ratesAt({ step: step + i, stepsPerEpoch, totalSteps: total }),
    );
    session.runSteps(step, rates);
    step += count;
  }
  const found = { test: await session.scoreTest(nextTask), weights: await session.weights() };
  session.dispose();
  backend.dispose();
  return found;
}
