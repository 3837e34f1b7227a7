/** Room for the run that is trained: checkpoints that go, and runs that nobody wants back. Decides nothing that `thin` decides. */
import { MAX_RUNS, type RunStore, thin, UNDO_MS } from "./keptRuns";
import { heldRuns } from "./runLock";

/** Gives up what is more than there is room for. @param run that is trained, which stays */
export async function makeRoom(store: RunStore, run: string, budgetBytes: number): Promise<void> {
  const [all, runs, held] = await Promise.all([store.checkpoints(), store.list(), heldRuns()]);
  const pinned = new Set(runs.filter(({ mark }) => mark.pin !== null || mark.isBaseline).map(({ id }) => id));
  const now = Date.now();
  await store.removeCheckpoints(thin(all, { now, budgetBytes, current: run, pinned }));
  // What another tab trains would only come back.
  const others = runs.filter(({ id }) => id !== run && !held.has(id));
  const old = others.filter(({ id }) => !pinned.has(id)).slice(MAX_RUNS);
  const deleted = others.filter(({ mark }) => mark.deletedAt !== null && mark.deletedAt < now - UNDO_MS);
  await store.remove([...new Set([...old, ...deleted])].map(({ id }) => id));
}
