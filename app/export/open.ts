/** Brings a model in out of a file: architecture to the editor, weights to the run. */
import { fetchLaterWords, openIncoming, say } from "../../src/engine";
import { dataOf, useModel } from "../store/model";
import { notify } from "../store/run";
import { adopt } from "../train/adopt";

/** Opens a file, and says what came of it. */
export async function openFile(file: File): Promise<void> {
  const [incoming] = await Promise.all([openIncoming(), fetchLaterWords()]);
  try {
    if (file.size > incoming.MAX_MODEL_BYTES) {
      throw new Error(`expected at most ${incoming.MAX_MODEL_BYTES} bytes, got ${file.size}`);
    }
    const bytes = new Uint8Array(await file.arrayBuffer());
    const base = useModel.getState().description;
    const {
      description,
      weights,
      ignored,
      assumed = [],
    } = await incoming.readModelFile(file.name, bytes, { base, dataOf });
    const hasWeights = await adopt(description, weights);
    const { name } = description;
    notify({
      severity: hasWeights && ignored.length === 0 ? "info" : "warning",
      topic: "opened-model",
      said:
        ignored.length > 0 || assumed.length > 0 || !hasWeights
          ? say("exports.openedPartly", {
              name,
              hasWeights,
              ignored: ignored.slice(0, 5),
              assumed: assumed.slice(0, 5),
            })
          : say("exports.opened", { name }),
    });
  } catch (error) {
    const reason = incoming.reasonOf(error);
    notify({ severity: "warning", topic: "opened-model", said: say("exports.notOpened", { file: file.name, reason }) });
  }
}
