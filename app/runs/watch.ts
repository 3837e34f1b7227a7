/** Reads the runs that are kept, again whenever something changes, and carries out what the visitor makes of them. Loaded when
 *  there are runs, or when somebody looks for them. */
import { heldRuns, type ListedRun, openRuns, type RunMark, type RunStore, say } from "../../src/engine";
import { type DeletedRun, MAX_PINS, type Overlay, overlayOf, type PinSlot, useRuns } from "../store/runs";
import { dismissTopic, isRunActive, notify, useRun } from "../store/run";
import { ownRun } from "../train/keptRun";
import { namesOf, settingsOf } from "./settings";

/** Not more often than this is a list read again. */
const INTERVAL_MS = 1000;

let watching: Promise<RunStore | null> | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Lists runs from now on. @returns the store; null where there is none */
export function watchRuns(): Promise<RunStore | null> {
  watching ??= begin();
  return watching;
}

async function begin(): Promise<RunStore | null> {
  try {
    // Cleared by the browser or the visitor, it is opened anew: what is there now is to be listed.
    const store = await openRuns(() => {
      watching = undefined;
      void watchRuns();
    });
    store.onChange(() => {
      timer ??= setTimeout(() => {
        timer = undefined;
        void refresh(store);
      }, INTERVAL_MS);
    });
    await refresh(store);
    return store;
  } catch {
    watching = undefined;
    useRuns.setState({ isForbidden: true });
    return null;
  }
}

async function refresh(store: RunStore): Promise<void> {
  try {
    const [all, taken, budgetBytes] = await Promise.all([store.list(), heldRuns(), store.budget()]);
    const runs = all.filter(({ mark }) => mark.deletedAt === null);
    await writeSettings(runs);
    const names = namesOf(runs);
    useRuns.setState({ runs, names, taken, budgetBytes, isForbidden: false });
    await drawOver(store, runs, names);
  } catch {
    // The database went away; the list stays as it was.
  }
}

/** For how long at a time a list of many runs may keep the page from drawing. */
const SLICE_MS = 4;

/** Writes the settings that names are made of, which takes longer than a page may stand still where there are many. */
async function writeSettings(runs: readonly ListedRun[]): Promise<void> {
  let since = performance.now();
  for (const { description } of runs) {
    settingsOf(description);
    if (performance.now() - since < SLICE_MS) continue;
    await new Promise((resolve) => setTimeout(resolve));
    since = performance.now();
  }
}

/** Curves as they were read, by run: they are read again when the run has gone on. */
const drawn = new Map<string, { readonly updatedAt: number; readonly first: number; readonly overlay: Overlay }>();

async function drawOver(
  store: RunStore,
  runs: readonly ListedRun[],
  names: ReadonlyMap<string, string>,
): Promise<void> {
  const own = ownRun();
  const isHere = useRun.getState().status.step > 0;
  const overlays: Overlay[] = [];
  const isDrawn = new Set(
    runs.filter(({ id, mark }) => slotOf(mark) !== null || (id === own && isHere)).map(({ id }) => id),
  );
  for (const run of runs) {
    const slot = slotOf(run.mark);
    // The run of this tab is there already.
    if (slot === null || (run.id === own && isHere)) continue;
    const name = names.get(run.id) ?? "";
    // What a fork shares with its parent is drawn once.
    const first = isDrawn.has(run.parent ?? "") ? (run.forkedAt ?? 0) : 0;
    const known = drawn.get(run.id);
    if (known && known.updatedAt === run.updatedAt && known.first === first) {
      overlays.push({ ...known.overlay, name, slot });
      continue;
    }
    const curves = await store.curves(run.id);
    if (!curves) continue;
    const overlay = overlayOf(run, name, slot, curves, first);
    drawn.set(run.id, { updatedAt: run.updatedAt, first, overlay });
    overlays.push(overlay);
  }
  for (const id of drawn.keys()) if (!overlays.some((overlay) => overlay.id === id)) drawn.delete(id);
  useRuns.setState({ overlays: overlays.toSorted((a, b) => orderOf(a.slot) - orderOf(b.slot)) });
}

/** By what a run is drawn; null where it is not. */
export const slotOf = ({ pin, isBaseline }: RunMark): PinSlot | null => (isBaseline ? "baseline" : pin);

const orderOf = (slot: PinSlot): number => (slot === "baseline" ? -1 : slot);

async function change(work: (store: RunStore) => Promise<void>): Promise<void> {
  const store = await watchRuns();
  if (!store) return;
  try {
    await work(store);
    await refresh(store);
  } catch (error) {
    notify({ severity: "warning", topic: "runs", said: say("runs.notChanged", { reason: String(error) }) });
  }
}

export const rename = (id: string, name: string): Promise<void> =>
  change((store) => store.mark(id, { name: name.trim().slice(0, 80) || null }));

export const setNote = (id: string, note: string): Promise<void> => change((store) => store.mark(id, { note }));

/** What was said of the run that was deleted last. */
const DELETED = "deleted-run";

/** Offers to bring the run back that was deleted last, wherever on the page the visitor is by then. */
function offerUndo(): void {
  const last = useRuns.getState().deleted.at(-1);
  if (!last) {
    dismissTopic(DELETED);
    return;
  }
  const said = say("runs.deleted", { name: last.name });
  notify({
    severity: "info",
    topic: DELETED,
    said,
    action: { label: say("runs.undo"), run: () => void undelete(last.id) },
  });
}

/** Deletes a run. Those that are named by their difference from it keep their names. */
export function deleteRun({ id, name }: DeletedRun): Promise<void> {
  const { runs, names } = useRuns.getState();
  useRuns.setState(({ deleted }) => ({ deleted: [...deleted.filter((run) => run.id !== id), { id, name }] }));
  offerUndo();
  return change(async (store) => {
    await store.mark(id, { deletedAt: Date.now(), pin: null, isBaseline: false });
    for (const [other, otherwise] of namesOf((runs ?? []).filter((run) => run.id !== id))) {
      const own = names.get(other);
      if (own !== undefined && own !== otherwise) await store.mark(other, { name: own });
    }
  });
}

/** Brings a run back, and offers the one that was deleted before it. */
async function undelete(id: string): Promise<void> {
  useRuns.setState(({ deleted }) => ({ deleted: deleted.filter((run) => run.id !== id) }));
  offerUndo();
  await change((store) => store.mark(id, { deletedAt: null }));
}

export const setBudget = (byteLength: number): Promise<void> => change((store) => store.setBudget(byteLength));

/** Draws a run over the charts, or no longer. There is room for a few. */
export const togglePin = ({ id, mark }: ListedRun): Promise<void> =>
  change(async (store) => {
    const taken = new Set((useRuns.getState().runs ?? []).map((run) => run.mark.pin));
    const free = Array.from({ length: MAX_PINS }, (_, slot) => slot).find((slot) => !taken.has(slot));
    if (mark.pin !== null) await store.mark(id, { pin: null });
    else if (free !== undefined) await store.mark(id, { pin: free });
  });

/** Draws these runs over the charts, and no others. */
export const drawRuns = (ids: readonly string[]): Promise<void> =>
  change(async (store) => {
    const { runs } = useRuns.getState();
    const before = (runs ?? []).filter(({ id, mark }) => mark.pin !== null && !ids.includes(id));
    for (const { id } of before) await store.mark(id, { pin: null });
    for (const [pin, id] of ids.slice(0, MAX_PINS).entries()) await store.mark(id, { pin });
  });

/** Makes a run the one that others are held against, or no longer. */
export const toggleBaseline = ({ id, mark }: ListedRun): Promise<void> =>
  change(async (store) => {
    for (const run of useRuns.getState().runs ?? []) {
      if (run.mark.isBaseline && run.id !== id) await store.mark(run.id, { isBaseline: false });
    }
    await store.mark(id, { isBaseline: !mark.isBaseline });
  });

/** A closed tab's run is offered to the next visit for so long. */
const RECENT_MS = 24 * 3600_000;

/** Lists runs, and offers to go on with that of this tab before it was loaded anew, or with one that another tab left unfinished.
 *  @param own the id of the first; null in a new tab  @param isOffered false where the address asks for another model */
export async function offerKeptRun(own: string | null, isOffered: boolean): Promise<void> {
  await watchRuns();
  if (!isOffered) return;
  const { runs, names } = useRuns.getState();
  const byTime = runs?.toSorted((a, b) => b.updatedAt - a.updatedAt);
  const found = byTime?.find((run) => (own === null ? isRecent(run) : run.id === own));
  if (!found || !isUnfinished(found)) return;
  if ((await heldRuns()).has(found.id)) {
    // By another tab, or for a moment yet by the page that was here before.
    await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS));
    if ((await heldRuns()).has(found.id)) return;
  }
  // Whoever trains already has made up his mind.
  const { status, isTrainWanted } = useRun.getState();
  if (isRunActive(status.state) || isTrainWanted) return;
  const { id, savedStep: step, totalSteps } = found;
  if (step === null) return;
  const name = names.get(id) ?? "";
  const said = say("train.runKept", { name, step, totalSteps });
  notify({ severity: "info", topic: "kept-run", said, keptRun: { id, step } });
}

const isRecent = ({ updatedAt }: ListedRun): boolean => Date.now() - updatedAt < RECENT_MS;

const isUnfinished = ({ state, step, savedStep, totalSteps }: ListedRun): boolean =>
  state !== "finished" && step > 0 && savedStep !== null && savedStep < totalSteps;

/** The steps of a run of which checkpoints are kept, ascending; none where there is no store. */
export async function stepsOf(id: string): Promise<readonly number[]> {
  const store = await watchRuns();
  const kept = (await store?.checkpoints(id).catch(() => [])) ?? [];
  return [...new Set(kept.map(({ step }) => step))].toSorted((a, b) => a - b);
}
