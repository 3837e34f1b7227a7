/** Runs as files and back: what a checkpoint says of a run, and whether what it says fits a model before anything is given up for
 *  it. Loaded when the first file is made or read. */
import { requireDataset } from "../data/library";
import { infoOf } from "../data/dataset";
import { DescentError, FileError, saidBy } from "../errors";
import { type Checkpoint, type CheckpointMachine, readCheckpoint, writeCheckpoint } from "../io/checkpoint";
import { analyzeModel } from "../model/analyze";
import { type ModelDescription, parseDescription } from "../model/description";
import { sizeOf } from "../shape";
import type { Kept } from "../train/kept";
import type { Snapshot } from "../train/snapshot";
import { isSnapshotted, modelState } from "../train/state";
import { gemmsOf } from "../check/gemms";
import { type EngineKey, type Said, say } from "../words/said";
import type { Prepared } from "./prepared";
import type { PrepareOptions, Resumed } from "./protocol";

/** A run out of a file, checked against its own model. */
export interface FiledRun {
  readonly description: ModelDescription;
  readonly options: PrepareOptions;
  readonly kept: Kept;
  readonly machine: CheckpointMachine;
}

/** A run at a step as a file. @param build which code this is */
export function fileOf(prepared: Prepared, kept: Kept, build: string): Promise<Uint8Array<ArrayBuffer>> {
  return writeCheckpoint(checkpointOf(prepared, kept, build));
}

function checkpointOf({ run, session, options, engine, ...prepared }: Prepared, kept: Kept, build: string): Checkpoint {
  const { snapshot, elapsedMs, books } = kept;
  const { step } = snapshot;
  const { stepsPerEpoch } = session;
  const { best, patientFrom, firstLoss, epochMean, validation } = books;
  return {
    description: run.settings,
    books: {
      step,
      order: {
        seed: run.settings.training.seed,
        epoch: Math.floor(step / stepsPerEpoch),
        position: step % stepsPerEpoch,
        stepsPerEpoch,
        samples: session.trainCount,
        shuffled: options.shuffle ?? true,
      },
      elapsedMs,
      best: {
        loss: Number.isFinite(best.loss) ? best.loss : null,
        epoch: best.epoch,
        step: best.snapshot?.step ?? null,
      },
      patientFrom,
      firstLoss,
      rates: run.ratesAt(step),
      epochMean,
      validation,
    },
    machine: machineOf({ session, engine, ...prepared }, build),
    tensors: arraysOf(snapshot),
    best: best.snapshot && arraysOf(best.snapshot),
  };
}

const arraysOf = ({ tensors }: Snapshot): Checkpoint["tensors"] =>
  Object.fromEntries(Object.entries(tensors).map(([name, data]) => [name, Float32Array.from(data)]));

/** What decides about the last bit of a model's steps. */
function machineOf({ session, engine }: Pick<Prepared, "session" | "engine">, build: string): CheckpointMachine {
  const { gemm, adapter } = engine.backend;
  const products = gemm ? gemmsOf(session.trainingStep.plan) : [];
  const kernels = products.flatMap(({ product: { key } }) => {
    const chosen = gemm?.preferred.get(key);
    return chosen ? [[key, `${chosen.variant} in ${chosen.parts}`] as const] : [];
  });
  return {
    build: build.slice(-500),
    backend: engine.report.kind,
    // The number of threads changes no bit.
    adapter: adapter.replace(/, \d+ threads?$/, "").slice(0, 500),
    kernels: Object.fromEntries(kernels),
  };
}

/** Reads a run out of a file. @param options say where it is to run  @param know has the library know a dataset
 *  @throws FileError when the file is damaged, or its state is not that of its model */
export async function readRun(
  file: Uint8Array,
  options: PrepareOptions,
  know: (id: string) => Promise<void> = async () => {},
): Promise<FiledRun> {
  const { description: json, books, machine, tensors, best } = await readCheckpoint(file);
  const description = await described(json, know);
  const { order } = books;
  const info = infoOf(requireDataset(description.dataset));
  const { validationCount, batchSize, seed } = description.training;
  const most = info.trainCount - validationCount;
  if (order.samples > most) refuse(`at most ${most} training samples`, String(order.samples));
  const steps = Math.ceil(order.samples / Math.min(batchSize, order.samples));
  if (order.stepsPerEpoch !== steps) refuse(`${steps} steps an epoch`, String(order.stepsPerEpoch));
  if (order.seed !== seed) refuse(`the seed ${seed}`, String(order.seed));
  checkState(description, tensors);
  const { step, elapsedMs, patientFrom, firstLoss, epochMean, validation } = books;
  const bestState = best && books.best.step !== null ? { step: books.best.step, tensors: best } : null;
  return {
    description,
    options: { ...options, shuffle: order.shuffled, limit: order.samples },
    machine,
    kept: {
      snapshot: { step, tensors },
      elapsedMs,
      books: {
        best: { loss: books.best.loss ?? Infinity, epoch: books.best.epoch, snapshot: bestState },
        patientFrom,
        firstLoss,
        epochMean,
        validation,
      },
    },
  };
}

async function described(json: unknown, know: (id: string) => Promise<void>): Promise<ModelDescription> {
  try {
    const description = parseDescription(json);
    await know(description.dataset);
    requireDataset(description.dataset);
    return description;
  } catch (error) {
    if (!(error instanceof DescentError)) throw error;
    throw new FileError(say("checkpoint.badModel", { problem: saidBy(error) }));
  }
}

function refuse(expected: string, got: string): never {
  const reason = `expected ${expected}, got ${got}. Choose a whole checkpoint of Descent's.`;
  throw new FileError(say("checkpoint.refused", { reason }));
}

/** @throws FileError unless these are the arrays of the model's state */
function checkState(description: ModelDescription, tensors: Checkpoint["tensors"]): void {
  const report = analyzeModel(description, infoOf(requireDataset(description.dataset)));
  const error = report.problems.find(({ severity }) => severity === "error");
  if (error) throw new FileError(say("checkpoint.badModel", { problem: error.said }));
  const wanted = modelState(description, report).tensors.filter(isSnapshotted);
  for (const { name, node } of wanted) {
    const expected = sizeOf(node.shape);
    const length = Object.hasOwn(tensors, name) ? tensors[name]?.length : undefined;
    if (length !== expected) refuse(`${expected} numbers in "${name}"`, length === undefined ? "none" : String(length));
  }
  const names = new Set(wanted.map(({ name }) => name));
  const unknown = Object.keys(tensors).find((name) => !names.has(name));
  if (unknown !== undefined) refuse("the arrays of its model", `"${unknown.slice(0, 80)}" beside them`);
}

/** What is not as it was when a file was made, and what that means for the bits of the next steps. */
export function differencesFrom({ machine: was, kept }: FiledRun, prepared: Prepared, build: string): Resumed {
  const now = machineOf(prepared, build);
  const differences: Said<EngineKey>[] = [];
  if (was.build !== now.build) differences.push(say("checkpoint.otherBuild"));
  const isOtherBackend = was.backend !== now.backend;
  if (isOtherBackend) {
    differences.push(say("checkpoint.otherBackend", { was: was.adapter, now: now.adapter }));
  } else if (was.adapter !== now.adapter) {
    differences.push(say("checkpoint.otherAdapter", { was: was.adapter, now: now.adapter }));
  }
  const hasOtherKernels = !isOtherBackend && !isSame(was.kernels, now.kernels);
  if (hasOtherKernels) differences.push(say("checkpoint.otherKernels"));
  const bits = differences.length === 0 ? "same" : isOtherBackend || hasOtherKernels ? "other" : "possible";
  return { step: kept.snapshot.step, differences, bits };
}

function isSame(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}
