/** Runs to files and back, by a worker of their own: how far it is, and what came of it. */
import * as Comlink from "comlink";
import { create } from "zustand";
import { fetchLaterWords, type PackControls, say } from "../../src/engine";
import { download, fileStem } from "../charts/download";
import { notify } from "../store/run";
import { RUNS_FILE } from "../store/runs";
import { setPreferences } from "../store/ui";

interface PackingState {
  /** What is under way; null at rest. */
  readonly work: "saving" | "opening" | null;
  /** How far it is, from 0 to 1. */
  readonly share: number;
}

const rest: PackingState = { work: null, share: 0 };

export const usePacking = create<PackingState>()(() => rest);

let worker: Worker | undefined;

/** Gives up whatever is under way. */
export function giveUpPacking(): void {
  worker?.terminate();
  worker = undefined;
  usePacking.setState(rest);
}

/** @returns what the worker answers; undefined where it was given up */
async function ask<T>(
  work: "saving" | "opening",
  question: (to: Comlink.Remote<PackControls>, hear: (share: number) => void) => Promise<T>,
): Promise<T | undefined> {
  giveUpPacking();
  usePacking.setState({ work, share: 0 });
  const own = new Worker(new URL("../../src/engine/trainer/packer.ts", import.meta.url), {
    type: "module",
    name: "packer",
  });
  worker = own;
  const failed = new Promise<never>((_, reject) =>
    own.addEventListener("error", ({ message }) => reject(new Error(message))),
  );
  try {
    const hear = (share: number): void => {
      if (worker === own) usePacking.setState({ share });
    };
    const answer = await Promise.race([question(Comlink.wrap<PackControls>(own), Comlink.proxy(hear)), failed]);
    return worker === own ? answer : undefined;
  } finally {
    if (worker === own) giveUpPacking();
  }
}

/** Saves runs as a file. @param isWhole whether all their checkpoints go along, or the newest and the best of each */
export async function saveRuns(ids: readonly string[], isWhole: boolean, name: string): Promise<void> {
  try {
    const file = await ask("saving", (to, hear) => to.pack(ids, isWhole, hear));
    if (file) download(file, fileStem(name, "run") + RUNS_FILE);
  } catch (error) {
    notify({ severity: "warning", topic: "runs", said: say("runs.notSaved", { reason: String(error) }) });
  }
}

/** Adds the runs of a file to those that are kept, and says what came of it. */
export async function openRunsFile(file: File): Promise<void> {
  await fetchLaterWords();
  const refuse = (reason: string): void =>
    notify({
      severity: "warning",
      topic: "runs",
      said: say("runs.notOpened", { file: file.name.slice(0, 80), reason }),
    });
  try {
    const answer = await ask("opening", (to, hear) => to.unpack(file, hear));
    if (answer === undefined) return;
    const { unpacked, problem = "" } = answer;
    if (!unpacked) {
      refuse(problem);
      return;
    }
    const { added, known, refused } = unpacked;
    const [first] = refused;
    const why = first ? `${first.name}: ${first.reason}` : "";
    notify({
      severity: first ? "warning" : "info",
      topic: "runs",
      said: say("runs.opened", { added, known, refused: refused.length, why }),
    });
    if (added > 0) setPreferences({ resultsView: "runs" });
  } catch (error) {
    refuse(String(error));
  }
}
