/** The kept run that this tab is at: remembered for the next time the page is loaded, and taken up again. */
import type { TrainerClient } from "./client";
import type { Kept, KeptCurves, KeptRun, ModelDescription, PrepareOptions, Resumed } from "../../src/engine";
import { openRuns, RUNS_DATABASE, say } from "../../src/engine";
import { restoreMetrics, startMetrics } from "../store/metrics";
import { figuresOfModel } from "../store/model";
import { dismissTopic, notify } from "../store/run";
import { hasDatabase, readStored, writeStored } from "../store/storage";

/** The run of this tab, and that there are any at all. */
const OWN_KEY = "descent.run";
const ANY_KEY = "descent.runs";

interface Resuming {
  readonly run: KeptRun;
  readonly curves: KeptCurves | undefined;
  /** Whether it is to go on as the run that it is. */
  readonly isItself: boolean;
}

/** What is being taken up, until the trainer says that it has it. */
let resuming: Resuming | null = null;

/** The run that the trainer keeps now; null before it keeps any of its model's. */
let inHand: string | null = null;

/** What is trained next is another run. */
export const leaveRun = (): void => {
  inHand = null;
};

/** Hears which run is kept now. @param takeUp is given its model, where it is one that was asked for */
export function hearRecorded(id: string, takeUp: (model: ModelDescription) => void): void {
  writeStored(OWN_KEY, id, "tab");
  noteKept();
  for (const topic of ["kept-run", "fork"]) dismissTopic(topic);
  const taken = resuming;
  resuming = null;
  if (taken) {
    const { run, curves, isItself } = taken;
    startMetrics(figuresOfModel(run.description));
    if (curves) restoreMetrics(curves, run.stepsPerEpoch);
    takeUp(run.description);
    if (isItself && run.id !== id) notify({ severity: "info", topic: "fork", said: say("train.resumedAsFork") });
  }
  inHand = id;
}

/** Prepares a model in a worker that takes the place of a lost one. @param kept the last copy of its run, which goes on as the run it was */
export function prepareAgain(
  trainer: TrainerClient,
  model: ModelDescription,
  options: PrepareOptions,
  kept: Kept | null,
): Promise<void> {
  // That the lost one could not keep it is no longer so; this one says whether it can.
  dismissTopic("storage");
  if (inHand !== null && kept) return trainer.revive(inHand, model, options, kept);
  return trainer.prepare(model, options, kept ?? undefined);
}

/** Takes a run up again, and says what is not as it was. @param ask the trainer for it  @param isItself whether it is to go on as the
 *  run that it is, which it cannot while another tab has it */
export async function resumeKept(
  id: string,
  ask: (id: string) => Promise<Resumed | null>,
  isItself: boolean,
): Promise<void> {
  try {
    const store = await openRuns();
    const [run, curves] = await Promise.all([store.run(id), store.curves(id)]);
    resuming = run ? { run, curves, isItself } : null;
    const resumed = await ask(id);
    if (!resumed || resumed.bits === "same") return;
    const { differences, bits, step } = resumed;
    const said = say(bits === "other" ? "train.otherBits" : "train.maybeOtherBits", { step, differences });
    notify({ severity: "info", topic: "kept-run", said });
  } catch (error) {
    notify({ severity: "warning", topic: "kept-run", said: say("train.notResumed", { reason: String(error) }) });
  } finally {
    resuming = null;
  }
}

/** The run of this tab, this time or before it was loaded anew; null where there was none. */
export const ownRun = (): string | null => readStored(OWN_KEY, "tab");
/** Whether this browser has kept any. */
export const hasKeptRuns = async (): Promise<boolean> =>
  readStored(ANY_KEY) !== null || (await hasDatabase(RUNS_DATABASE));
/** Remembers that this browser has kept some. */
export const noteKept = (): void => void writeStored(ANY_KEY, "yes");
