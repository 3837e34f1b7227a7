/** Models as files: a description as JSON, checked like any other that comes from outside. */
import {
  DescentError,
  fetchLaterWords,
  LIMITS,
  type ModelDescription,
  readDescription,
  saidBy,
  say,
} from "../../src/engine";
import { download, fileStem } from "../charts/download";
import { formatBytes } from "../common/format";
import { t } from "../common/words";
import { replaceModel, useModel } from "../store/model";
import { notify } from "../store/run";
import { makeWay } from "../train/session";

/** What files of models end in. */
export const MODEL_FILE = ".descent.json";

/** Saves the model that is edited. */
export function saveModelFile(): void {
  const { description } = useModel.getState();
  const json = new Blob([`${JSON.stringify(description, null, 2)}\n`], { type: "application/json" });
  download(json, fileStem(description.name, "model") + MODEL_FILE);
}

/** Opens a file in place of the model, as one step that can be undone; or says what is wrong with it. @returns whether it did */
export async function openModelFile(file: Blob): Promise<boolean> {
  await fetchLaterWords();
  try {
    const model = await readModelFile(file);
    replaceModel(model);
    makeWay();
    notify({ severity: "info", topic: "file", said: say("share.openedFile", { name: model.name }) });
    return true;
  } catch (error) {
    const problem =
      error instanceof DescentError ? saidBy(error) : error instanceof Error ? error.message : String(error);
    notify({ severity: "warning", topic: "file", said: say("share.fileNotOpened", { problem }) });
    return false;
  }
}

/** Reads a description. Large files are refused before they are read.
 *  @throws ModelError naming the first thing wrong */
export async function readModelFile(file: Blob): Promise<ModelDescription> {
  // A letter is four bytes at most.
  const most = LIMITS.jsonLength * 4;
  if (file.size > most) {
    throw new Error(t("share.tooLargeFile", { most: formatBytes(most), got: formatBytes(file.size) }));
  }
  return readDescription(await file.text());
}
