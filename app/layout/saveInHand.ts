/** Saves the run that is in the trainer's hand as a file, for where the browser keeps none. */
import { fetchLaterWords, say } from "../../src/engine";
import { download, fileStem } from "../charts/download";
import { notify, useRun } from "../store/run";
import { currentTrainer } from "../train/client";
import { RUNS_FILE } from "../store/runs";

export async function saveInHand(): Promise<void> {
  await fetchLaterWords();
  const file = await currentTrainer()?.saveRun();
  if (file) download(file, fileStem(useRun.getState().prepared?.name ?? "", "run") + RUNS_FILE);
  else notify({ severity: "info", topic: "runs", said: say("runs.nothingToSave") });
}
