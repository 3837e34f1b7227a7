/** Runs as one file that another browser can open: a zip of `runs.json`, which says what each run was, and beside it the curves as
 *  raw 64-bit floats and the checkpoints as they are kept. What is not deflated is no larger than the file, so that a file
 *  cannot ask for more memory than it has bytes; of the rest, sizes are looked at before anything is unpacked.
 *  Loaded when the first run is packed or unpacked. */
import { strFromU8, strToU8, Zip, ZipDeflate, ZipPassThrough } from "fflate";
import * as v from "valibot";
import { ArgumentError, DescentError } from "../errors";
import { readCheckpoint } from "../io/checkpoint";
import { unzip } from "../io/unzip";
import { readJson } from "../json";
import { parseDescription } from "../model/description";
import type { LogDump, MetricColumn } from "../train/metricLog";
import { type CheckpointInfo, checkpointId, type KeptCurves, type KeptRun, MAX_RUNS, type RunStore } from "./keptRuns";

const FORMAT = "descent-runs";
const VERSION = 1;
const INDEX = "runs.json";
/** Of a file, and of the index in it once it is unpacked. */
const MAX_FILE_BYTES = 2 ** 30;
const MAX_INDEX_BYTES = 2 ** 24;
const MAX_CHECKPOINTS = 200;
const MAX_BUCKETS = 16_384;
const MAX_METRICS = 64;
const AXES = ["from", "to", "fromMs", "toMs", "counts"] as const;
const VALUES = ["counts", "means", "lows", "highs", "lasts"] as const;

const finite = v.pipe(v.number(), v.finite());
const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const notNegative = v.pipe(finite, v.minValue(0));
const text = v.pipe(v.string(), v.maxLength(500));
/** Ids are parts of keys. */
const id = v.pipe(v.string(), v.regex(/^[0-9a-zA-Z-]{1,64}$/));
const byName = <T>(value: v.GenericSchema<unknown, T>) =>
  v.pipe(
    v.custom((given) => !Array.isArray(given), "Expected an object"),
    v.record(text, value),
  );
const score = v.nullable(byName(finite));

const runSchema = v.object({
  id,
  createdAt: notNegative,
  updatedAt: notNegative,
  parent: v.nullable(id),
  forkedAt: v.optional(whole),
  description: v.unknown(),
  // A run that is trained where it comes from is paused here.
  state: v.fallback(v.picklist(["paused", "finished", "stopped", "diverged"]), "paused"),
  step: whole,
  stepsPerEpoch: whole,
  totalSteps: whole,
  elapsedMs: notNegative,
  latest: score,
  validation: score,
  test: score,
  extremes: byName(v.object({ low: finite, high: finite })),
  machine: v.nullable(v.object({ kind: v.picklist(["webgpu", "cpu"]), adapter: text })),
  events: v.pipe(
    v.array(
      v.object({
        step: whole,
        what: v.picklist(["begun", "resumed", "rewound", "ended", "notice", "by-hand"]),
        code: v.optional(text),
      }),
    ),
    v.maxLength(1000),
  ),
});

const logSchema = v.object({
  size: v.pipe(whole, v.minValue(1)),
  count: v.pipe(whole, v.maxValue(MAX_BUCKETS)),
  ids: v.pipe(v.array(text), v.maxLength(MAX_METRICS)),
});

const indexSchema = v.object({
  format: v.literal(FORMAT),
  version: v.literal(VERSION),
  runs: v.pipe(
    v.array(
      v.object({
        run: runSchema,
        name: v.nullable(v.pipe(v.string(), v.maxLength(200))),
        note: v.pipe(v.string(), v.maxLength(5000)),
        curves: v.object({ train: logSchema, validation: logSchema }),
        checkpoints: v.pipe(
          v.array(v.object({ step: whole, at: whole, isBest: v.boolean(), epoch: v.optional(whole) })),
          v.maxLength(MAX_CHECKPOINTS),
        ),
      }),
    ),
    v.maxLength(MAX_RUNS),
  ),
});

type Index = v.InferOutput<typeof indexSchema>;
type LogHead = v.InferOutput<typeof logSchema>;

/** Where the parts of the run at a place in the index lie. */
const partOf = (place: number, name: string): string => `${place}/${name}`;

/** Packs a run that is in no store, with one checkpoint. */
export async function packRun(run: KeptRun, curves: KeptCurves, file: Uint8Array<ArrayBuffer>): Promise<Blob> {
  const { step } = (await readCheckpoint(file)).books;
  const at = run.updatedAt;
  const info = { id: checkpointId(run.id, at, step), run: run.id, step, at, byteLength: file.length, isBest: false };
  const only: Packable = {
    list: async () => [],
    run: async () => run,
    curves: async () => curves,
    checkpoints: async () => [info],
    bytesOf: async () => file,
  };
  return await packRuns(only, [run.id], (infos) => infos);
}

/** What is asked of a store whose runs are packed. */
type Packable = Pick<RunStore, "list" | "run" | "curves" | "checkpoints" | "bytesOf">;

/** Packs runs with their curves, names and notes.
 *  @param kept which of a run's checkpoints go along  @param told how many of how many runs are packed */
export async function packRuns(
  store: Packable,
  ids: readonly string[],
  kept: (infos: readonly CheckpointInfo[]) => readonly CheckpointInfo[],
  told: (done: number, total: number) => void = () => {},
): Promise<Blob> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const zip = new Zip((error, part) => {
    if (error) throw error;
    parts.push(part as Uint8Array<ArrayBuffer>);
  });
  const add = (name: string, bytes: Uint8Array): void => {
    const entry = new ZipPassThrough(name);
    zip.add(entry);
    entry.push(bytes, true);
  };
  const marks = new Map((await store.list()).map(({ id: of, mark }) => [of, mark]));
  const runs: Record<string, unknown>[] = [];
  for (const [done, of] of ids.entries()) {
    told(done, ids.length);
    const [run, curves, infos] = await Promise.all([store.run(of), store.curves(of), store.checkpoints(of)]);
    if (!run || !curves) continue;
    const place = runs.length;
    const checkpoints = [];
    for (const info of kept(infos).toSorted((a, b) => a.at - b.at)) {
      add(partOf(place, `${checkpoints.length}.safetensors`), await store.bytesOf(info));
      const { step, at, isBest, epoch } = info;
      checkpoints.push({ step, at, isBest, epoch });
    }
    const heads = (["train", "validation"] as const).map((name) => {
      add(partOf(place, name), bytesOf(curves[name]));
      return [name, headOf(curves[name])] as const;
    });
    const { name = null, note = "" } = marks.get(of) ?? {};
    runs.push({ run, name, note, curves: Object.fromEntries(heads), checkpoints });
  }
  const index = new ZipDeflate(INDEX);
  zip.add(index);
  index.push(strToU8(JSON.stringify({ format: FORMAT, version: VERSION, runs })), true);
  zip.end();
  return new Blob(parts, { type: "application/zip" });
}

/** What became of a file's runs. */
export interface Unpacked {
  readonly added: number;
  /** Those that were here already, and stayed as they are. */
  readonly known: number;
  /** Those that were not taken, and why. */
  readonly refused: readonly { readonly name: string; readonly reason: string }[];
}

/** Takes the runs of a file into a store. Runs that are there already stay as they are; of one whose parts are damaged nothing is taken.
 *  @throws ArgumentError when it is no file of runs */
export async function unpackRuns(
  file: Blob,
  store: RunStore,
  told: (done: number, total: number) => void = () => {},
): Promise<Unpacked> {
  if (file.size > MAX_FILE_BYTES) refuse(`at most ${MAX_FILE_BYTES} bytes`, String(file.size));
  const bytes = new Uint8Array(await file.arrayBuffer());
  const { runs } = indexOf(bytes);
  const here = new Set((await store.list()).map(({ id: of }) => of));
  const refused: { name: string; reason: string }[] = [];
  let [added, known] = [0, 0];
  for (const [place, entry] of runs.entries()) {
    told(place, runs.length);
    if (here.has(entry.run.id)) {
      known += 1;
      continue;
    }
    try {
      await unpackRun(bytes, place, entry, store);
      here.add(entry.run.id);
      added += 1;
    } catch (error) {
      if (!(error instanceof DescentError)) throw error;
      refused.push({ name: entry.name ?? entry.run.id, reason: error.message });
    }
  }
  return { added, known, refused };
}

async function unpackRun(
  bytes: Uint8Array,
  place: number,
  entry: Index["runs"][number],
  store: RunStore,
): Promise<void> {
  const { run, name, note, curves, checkpoints } = entry;
  const parts = partsOf(bytes, place);
  const part = (of: string): Uint8Array => {
    const path = partOf(place, of);
    return parts[path] ?? refuse(`${path} in it`, "none");
  };
  const description = parseDescription(run.description);
  const { forkedAt, events, ...told } = run;
  const kept: KeptRun = {
    ...told,
    ...(forkedAt !== undefined && { forkedAt }),
    description,
    events: events.map(({ step, what, code }) => ({ step, what, ...(code !== undefined && { code }) })),
  };
  const logs: KeptCurves = {
    train: dumpOf(part("train"), curves.train),
    validation: dumpOf(part("validation"), curves.validation),
  };
  // All are looked at before the first is kept: a run is taken whole or not at all.
  for (const [i, { step }] of checkpoints.entries()) {
    const { books } = await readCheckpoint(part(`${i}.safetensors`));
    if (books.step !== step) refuse(`a checkpoint of step ${step}`, `one of step ${books.step}`);
  }
  for (const [i, { step, at, isBest, epoch }] of checkpoints.entries()) {
    const file = Uint8Array.from(part(`${i}.safetensors`));
    const about = { id: checkpointId(run.id, at, step), run: run.id, step, at, byteLength: file.length, isBest };
    const info = epoch === undefined ? about : { ...about, epoch };
    await store.putCheckpoint(info, file);
  }
  await store.putRun(kept, logs);
  if (name !== null || note !== "") await store.mark(run.id, { name, note });
}

const TOLD = { what: "Runs", advice: "Choose a file that a list of runs has saved." };

function refuse(expected: string, got: string): never {
  throw new ArgumentError(`${TOLD.what}: expected ${expected}, got ${got}. ${TOLD.advice}`);
}

function indexOf(bytes: Uint8Array): Index {
  const { [INDEX]: packed = refuse(`${INDEX} in it`, "none") } = unzip(bytes, {
    ...TOLD,
    wanted: [INDEX],
    bytes: MAX_INDEX_BYTES,
    growth: Infinity,
  });
  let value: unknown;
  try {
    value = readJson(strFromU8(packed));
  } catch (error) {
    refuse(`JSON in ${INDEX}`, String(error).slice(0, 100));
  }
  const found = v.safeParse(indexSchema, value, { abortEarly: true });
  if (found.success) return found.output;
  const [issue] = found.issues;
  return refuse(
    `${issue.expected ?? "something else"} in ${v.getDotPath(issue) ?? INDEX}`,
    issue.received.slice(0, 100),
  );
}

/** The parts of the run at a place in the index, none of them deflated, and together no more than the file. */
const partsOf = (bytes: Uint8Array, place: number): Readonly<Record<string, Uint8Array>> =>
  unzip(bytes, {
    ...TOLD,
    wanted: (name) => name.startsWith(partOf(place, "")),
    bytes: bytes.length,
    growth: 1,
  });

const headOf = ({ size, from, columns }: LogDump): LogHead => ({ size, count: from.length, ids: Object.keys(columns) });

/** All arrays of a log, one after the other. */
function bytesOf(dump: LogDump): Uint8Array {
  const arrays = [
    ...AXES.map((key) => dump[key]),
    ...Object.values(dump.columns).flatMap((column) => VALUES.map((key) => column[key])),
  ];
  const all = new Float64Array(arrays.length * dump.from.length);
  for (const [i, array] of arrays.entries()) all.set(array, i * dump.from.length);
  return new Uint8Array(all.buffer);
}

function dumpOf(bytes: Uint8Array, { size, count, ids }: LogHead): LogDump {
  const arrays = AXES.length + ids.length * VALUES.length;
  const byteLength = 8 * count * arrays;
  if (bytes.length !== byteLength) refuse(`${byteLength} bytes of curves`, String(bytes.length));
  const all = new Float64Array(Uint8Array.from(bytes).buffer);
  const row = (i: number): Float64Array => all.slice(i * count, (i + 1) * count);
  const counts = (i: number): Uint32Array => Uint32Array.from(row(i));
  const from = row(0);
  if (from.some((step, i) => !(step >= (from[i - 1] ?? 0)))) refuse("curves whose steps ascend", "others");
  const column = (at: number): MetricColumn => ({
    counts: counts(at),
    means: row(at + 1),
    lows: row(at + 2),
    highs: row(at + 3),
    lasts: row(at + 4),
  });
  return {
    size,
    from,
    to: row(1),
    fromMs: row(2),
    toMs: row(3),
    counts: counts(4),
    columns: Object.fromEntries(ids.map((of, i) => [of, column(AXES.length + i * VALUES.length)])),
  };
}
