/** The kept run that this tab is at: remembered for the next time the page is loaded, and taken up again. */
import type { KeptCurves, KeptRun, ListedRun, ModelDescription, Resumed } from "../../src/engine";
import { openRuns, say } from "../../src/engine";
import { restoreMetrics, startMetrics } from "../store/metrics";
import { curvesOfModel } from "../store/model";
import { dismissTopic, isRunActive, notify, useRun } from "../store/run";
import { readStored, writeStored } from "../store/storage";

/** The run of this tab, and that there are any at all. */
const OWN_KEY = "descent.run";
const ANY_KEY = "descent.runs";

interface Resuming {
  readonly run: KeptRun;
  readonly curves: KeptCurves | undefined;
}

/** What is being taken up, until the trainer says that it has it. */
let resuming: Resuming | null = null;

/** Hears which run is kept now. @param takeUp is given its model, where it is one that was asked for */
export function hearRecorded(id: string, takeUp: (model: ModelDescription) => void): void {
  writeStored(OWN_KEY, id, "tab");
  writeStored(ANY_KEY, "yes");
  dismissTopic("kept-run");
  const taken = resuming;
  resuming = null;
  if (!taken) return;
  const { run, curves } = taken;
  startMetrics(curvesOfModel(run.description));
  if (curves) restoreMetrics(curves, run.stepsPerEpoch);
  takeUp(run.description);
}

/** Takes a run up again, and says what is not as it was. @param ask the trainer for it */
export async function resumeKept(id: string, ask: (id: string) => Promise<Resumed | null>): Promise<void> {
  try {
    const store = await openRuns();
    const [run, curves] = await Promise.all([store.run(id), store.curves(id)]);
    resuming = run ? { run, curves } : null;
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

/** How long after the page is there runs are looked for: not while it is made ready. */
const PATIENCE_MS = 300;
/** A closed tab's run is offered to the next visit for so long. */
const RECENT_MS = 24 * 3600_000;

/** Offers to go on with the run of this tab before it was loaded anew, or with one that another tab left unfinished. */
export function offerKeptRun(): void {
  const own = readStored(OWN_KEY, "tab");
  if (own === null && readStored(ANY_KEY) === null) return;
  setTimeout(() => {
    void offer(own).catch(() => {
      // What cannot be read cannot be offered; the first run that is not kept says why.
    });
  }, PATIENCE_MS);
}

async function offer(own: string | null): Promise<void> {
  const [runs, taken] = await Promise.all([openRuns().then((store) => store.list()), takenRuns()]);
  const found = runs.find((run) => (own === null ? isRecent(run) : run.id === own));
  if (!found || taken.has(found.id) || !isUnfinished(found)) return;
  // Whoever trains already has made up his mind.
  if (isRunActive(useRun.getState().status.state) || useRun.getState().isTrainWanted) return;
  const { id, savedStep: step, description, totalSteps } = found;
  if (step === null) return;
  notify({
    severity: "info",
    topic: "kept-run",
    said: say("train.runKept", { name: found.mark.name ?? description.name, step, totalSteps }),
    keptRun: { id, step },
  });
}

const isRecent = ({ updatedAt }: ListedRun): boolean => Date.now() - updatedAt < RECENT_MS;

const isUnfinished = ({ state, savedStep, totalSteps, mark }: ListedRun): boolean =>
  state !== "finished" && mark.deletedAt === null && savedStep !== null && savedStep > 0 && savedStep < totalSteps;

/** Runs that a tab is training or has at hand. */
export async function takenRuns(): Promise<ReadonlySet<string>> {
  // Only secure pages have locks.
  const locks = navigator.locks as LockManager | undefined;
  const { held = [] } = (await locks?.query()) ?? {};
  return new Set(held.flatMap(({ name = "" }) => (name.startsWith(LOCK) ? [name.slice(LOCK.length)] : [])));
}

const LOCK = "descent-run-";
