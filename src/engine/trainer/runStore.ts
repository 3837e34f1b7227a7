/** Runs in IndexedDB, which pages and workers share. Loaded when the first run is kept or looked at. What is in the database was
 *  written by this page, perhaps by another version of it: what does not look like a run is passed over, and checkpoints are
 *  checked by whoever reads them. */
import type { DBSchema, IDBPDatabase } from "idb";
import { changesOf, openShared } from "../database";
import * as v from "valibot";
import { parseDescription } from "../model/description";
import { nextTask } from "../train/yielding";
import {
  type CheckpointInfo,
  DEFAULT_BUDGET_BYTES,
  type KeptCurves,
  type KeptRun,
  type ListedRun,
  newestFirst,
  NO_MARK,
  RUNS_DATABASE,
  type RunMark,
  type RunStore,
  timeOf,
} from "./keptRuns";

/** Single values that are larger fail in some browsers. */
const CHUNK_BYTES = 64 * 2 ** 20;
/** How long a list may be made without a break. */
const MAX_MS = 4;
/** Chunks that nothing names after this time were never finished. */
const UNFINISHED_MS = 10 * 60_000;

interface Tables extends DBSchema {
  runs: { key: string; value: KeptRun };
  marks: { key: string; value: RunMark };
  curves: { key: string; value: KeptCurves };
  checkpoints: { key: string; value: CheckpointInfo; indexes: { run: string } };
  chunks: { key: [string, number]; value: ArrayBuffer };
  settings: { key: string; value: number };
}

/** Of a run only what lists and charts take for granted. */
const runSchema = v.looseObject({
  id: v.string(),
  createdAt: v.number(),
  step: v.number(),
  stepsPerEpoch: v.number(),
  elapsedMs: v.number(),
  state: v.string(),
  description: v.unknown(),
  extremes: v.record(v.string(), v.object({ low: v.number(), high: v.number() })),
  events: v.array(v.unknown()),
});

/** Opens the database. @param onGone hears that it was cleared, and this store is none any more
 *  @throws whatever the browser says where it is forbidden; LateError where it does not answer */
export async function openRunStore(onGone: () => void): Promise<RunStore> {
  const create = (db: IDBPDatabase<Tables>): void => {
    db.createObjectStore("runs", { keyPath: "id" });
    db.createObjectStore("marks");
    db.createObjectStore("curves");
    db.createObjectStore("checkpoints", { keyPath: "id" }).createIndex("run", "run");
    db.createObjectStore("chunks");
    db.createObjectStore("settings");
  };
  return storeIn(await openShared(RUNS_DATABASE, create, onGone));
}

function storeIn(db: IDBPDatabase<Tables>): RunStore {
  const changes = changesOf(RUNS_DATABASE);

  async function removeCheckpoints(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    const transaction = db.transaction(["checkpoints", "chunks"], "readwrite");
    for (const id of ids) {
      void transaction.objectStore("checkpoints").delete(id);
      void transaction.objectStore("chunks").delete(chunksOf(id));
    }
    await transaction.done;
  }

  /** What a tab that was closed left half-written. */
  async function sweep(): Promise<void> {
    const named = new Set(await db.getAllKeys("checkpoints"));
    const ids = new Set((await db.getAllKeys("chunks")).map(([id]) => id));
    const before = Date.now() - UNFINISHED_MS;
    await removeCheckpoints([...ids].filter((id) => !named.has(id) && timeOf(id) < before));
  }

  const run = async (id: string): Promise<KeptRun | undefined> => readRun(await db.get("runs", id));

  const sweeping = sweep().catch(() => {});

  return {
    run,
    async list() {
      const transaction = db.transaction(["runs", "marks", "checkpoints"]);
      const marking = transaction.objectStore("marks");
      const [runs, ids, values, checkpoints] = await Promise.all([
        transaction.objectStore("runs").getAll(),
        marking.getAllKeys(),
        marking.getAll(),
        transaction.objectStore("checkpoints").getAll(),
      ]);
      let rested = performance.now();
      const marks = new Map(ids.map((id, i) => [id, values[i]] as const));
      const byRun = new Map<string, CheckpointInfo[]>();
      for (const info of checkpoints) {
        const own = byRun.get(info.run);
        if (own) own.push(info);
        else byRun.set(info.run, [info]);
      }
      const listed: ListedRun[] = [];
      for (const value of runs) {
        // Checking many takes longer than a page may stand still.
        if (!isKnown(value) && performance.now() - rested > MAX_MS) {
          await nextTask();
          rested = performance.now();
        }
        const kept = readRun(value);
        if (!kept) continue;
        const own = byRun.get(kept.id) ?? [];
        const byteLength = own.reduce((sum, info) => sum + info.byteLength, 0);
        const byTime = own.toSorted(newestFirst);
        const savedStep = byTime[0]?.step ?? null;
        const bestStep = byTime.find(({ isBest }) => isBest)?.step ?? null;
        listed.push({ ...kept, mark: { ...NO_MARK, ...marks.get(kept.id) }, savedStep, bestStep, byteLength });
      }
      return listed.toSorted((a, b) => b.createdAt - a.createdAt);
    },
    curves: (id) => db.get("curves", id),
    async putRun(kept, curves) {
      const transaction = db.transaction(["runs", "curves"], "readwrite");
      void transaction.objectStore("runs").put(kept);
      void transaction.objectStore("curves").put(curves, kept.id);
      await transaction.done;
      changes.tell();
    },
    async putCheckpoint(info, bytes) {
      for (let from = 0, i = 0; from < bytes.length; from += CHUNK_BYTES, i++) {
        await db.put("chunks", bytes.slice(from, from + CHUNK_BYTES).buffer, [info.id, i]);
      }
      await db.put("checkpoints", info);
      changes.tell();
    },
    checkpoints: (of) => (of === undefined ? db.getAll("checkpoints") : db.getAllFromIndex("checkpoints", "run", of)),
    async bytesOf({ id, byteLength }) {
      const chunks = await db.getAll("chunks", chunksOf(id));
      const length = chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
      if (length !== byteLength) {
        throw new Error(`Run store: expected ${byteLength} bytes of a checkpoint, got ${length}.`);
      }
      const bytes = new Uint8Array(length);
      let at = 0;
      for (const chunk of chunks) {
        bytes.set(new Uint8Array(chunk), at);
        at += chunk.byteLength;
      }
      return bytes;
    },
    removeCheckpoints,
    async mark(id, change) {
      const transaction = db.transaction("marks", "readwrite");
      const before = await transaction.store.get(id);
      void transaction.store.put({ ...NO_MARK, ...before, ...change }, id);
      await transaction.done;
      changes.tell();
    },
    async remove(ids) {
      if (ids.length === 0) return;
      for (const id of ids) await removeCheckpoints(await db.getAllKeysFromIndex("checkpoints", "run", id));
      const transaction = db.transaction(["runs", "marks", "curves"], "readwrite");
      for (const id of ids) {
        checked.delete(id);
        for (const table of ["runs", "marks", "curves"] as const) void transaction.objectStore(table).delete(id);
      }
      await transaction.done;
      changes.tell();
    },
    budget: async () => (await db.get("settings", "budgetBytes")) ?? DEFAULT_BUDGET_BYTES,
    async setBudget(byteLength) {
      await db.put("settings", byteLength, "budgetBytes");
      changes.tell();
    },
    onChange: changes.hear,
    close() {
      changes.close();
      void sweeping.then(() => db.close());
    },
  };
}

const chunksOf = (id: string): IDBKeyRange => IDBKeyRange.bound([id, 0], [id, Infinity]);

const isRun = (value: unknown): value is KeptRun => v.is(runSchema, value);

/** Runs as they were last checked, by id: most do not change from one list to the next. */
const checked = new Map<string, KeptRun>();

const isKnown = (value: unknown): boolean => isRun(value) && checked.get(value.id)?.updatedAt === value.updatedAt;

function readRun(value: unknown): KeptRun | undefined {
  if (!isRun(value)) return undefined;
  const known = checked.get(value.id);
  if (known && known.updatedAt === value.updatedAt) return known;
  try {
    const run = { ...value, description: parseDescription(value.description) };
    checked.set(run.id, run);
    return run;
  } catch {
    return undefined;
  }
}
