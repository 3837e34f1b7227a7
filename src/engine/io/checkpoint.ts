/** A run as a file that it can go on from, to the bit: safetensors of all that training changes, and in `__metadata__` the model's
 *  description, the books of the run, the machine it ran on, and a checksum. What does not keep to that is refused with a reason
 *  before anything is made of it. The description is only JSON here: `model/` checks it. */
import * as v from "valibot";
import { sha256 } from "../digest";
import { ArgumentError, FileError } from "../errors";
import { readJson } from "../json";
import { say } from "../words/said";
import { type NamedArray, readSafetensors, writeSafetensors } from "./safetensors";

/** Arrays by the names of a model's state. */
type Arrays = Readonly<Record<string, Float32Array>>;

/** The largest file that is read, and the largest header of one. */
export const MAX_CHECKPOINT_BYTES = 2 ** 30;
const MAX_HEADER_BYTES = 2 ** 20;

const FORMAT = "descent-checkpoint";
const VERSION = "1";
/** Before the names of the state with the best validation. */
const BEST = "best/";
const NO_CHECKSUM = "0".repeat(64);

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const counted = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const finite = v.pipe(v.number(), v.finite());
const notNegative = v.pipe(finite, v.minValue(0));
const text = v.pipe(v.string(), v.maxLength(500));
/** Values by name; a list is none, though it has keys too. */
const byName = <T>(value: v.GenericSchema<unknown, T>) =>
  v.pipe(
    v.custom((given) => !Array.isArray(given), "Expected an object"),
    v.record(text, value),
  );
const score = byName(finite);

const booksSchema = v.strictObject({
  /** Steps done. */
  step: whole,
  /** Where the run is in its samples: an order drawn from seed and epoch, and a place in it. */
  order: v.strictObject({
    seed: whole,
    epoch: whole,
    position: whole,
    stepsPerEpoch: counted,
    /** Samples of an epoch. */
    samples: counted,
    shuffled: v.boolean(),
  }),
  /** Milliseconds spent training. */
  elapsedMs: notNegative,
  /** The best validation: its loss, null before the first; its epoch; the step of the state that is kept of it, null for none. */
  best: v.strictObject({ loss: v.nullable(finite), epoch: notNegative, step: v.nullable(whole) }),
  /** The epoch from which patience counts, where that is later than the best one. */
  patientFrom: notNegative,
  /** The loss of the first step, by which a run is known to have come apart; null before it is known. */
  firstLoss: v.nullable(finite),
  /** The learning rate of each network in the next step. */
  rates: byName(notNegative),
  /** The mean of the epoch's steps so far. */
  epochMean: v.nullable(v.strictObject({ first: counted, last: counted, samples: counted, values: score })),
  validation: v.nullable(score),
});

const machineSchema = v.strictObject({
  /** Which code ran. */
  build: text,
  backend: v.picklist(["webgpu", "cpu"]),
  adapter: text,
  /** The variant and the parts of each matrix product for which there was a choice. */
  kernels: byName(text),
});

/** What a run knows of itself. */
export type CheckpointBooks = v.InferOutput<typeof booksSchema>;
/** What decides about the last bit beside the model. */
export type CheckpointMachine = v.InferOutput<typeof machineSchema>;

/** A run at a step. */
export interface Checkpoint {
  /** As JSON, unchecked. */
  readonly description: unknown;
  readonly books: CheckpointBooks;
  readonly machine: CheckpointMachine;
  /** Weights, running statistics and optimizer slots. */
  readonly tensors: Arrays;
  /** The same of the best validation, where it is to come back. */
  readonly best: Arrays | null;
}

/** The bytes of a file. All but the checksum is written before it returns its promise. */
export async function writeCheckpoint(checkpoint: Checkpoint): Promise<Uint8Array<ArrayBuffer>> {
  const { description, books, machine, tensors, best } = checkpoint;
  const named = (arrays: Arrays, prefix: string): [string, NamedArray][] =>
    Object.entries(arrays).map(([name, data]) => [`${prefix}${name}`, { shape: [data.length], data }]);
  const bytes = writeSafetensors({
    tensors: Object.fromEntries([...named(tensors, ""), ...named(best ?? {}, BEST)]),
    metadata: {
      format: FORMAT,
      version: VERSION,
      checksum: NO_CHECKSUM,
      books: JSON.stringify(books),
      machine: JSON.stringify(machine),
      description: JSON.stringify(description),
    },
  });
  // The checksum is that of the file with none.
  const at = placeOfChecksum(bytes, NO_CHECKSUM);
  bytes.set(new TextEncoder().encode(await sha256(bytes)), at);
  return bytes;
}

/** Reads a file. @throws FileError saying what was expected and what came */
export async function readCheckpoint(bytes: Uint8Array): Promise<Checkpoint> {
  try {
    return await read(bytes);
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    throw new FileError(say("checkpoint.refused", { reason: error.message }));
  }
}

function refuse(expected: string, got: string): never {
  throw new ArgumentError(`expected ${expected}, got ${got}. Choose a whole checkpoint of Descent's.`);
}

async function read(bytes: Uint8Array): Promise<Checkpoint> {
  if (bytes.length > MAX_CHECKPOINT_BYTES) refuse(`at most ${MAX_CHECKPOINT_BYTES} bytes`, String(bytes.length));
  const { tensors: all, metadata } = readSafetensors(bytes, MAX_HEADER_BYTES);
  const { format, version, checksum = "" } = metadata;
  if (format !== FORMAT) refuse(`the format ${FORMAT}`, format === undefined ? "none" : short(format));
  if (version !== VERSION) refuse(`version ${VERSION}`, short(version ?? "none"));
  await checkSum(bytes, checksum);
  const books = parsed(booksSchema, "books", metadata);
  const machine = parsed(machineSchema, "machine", metadata);
  checkBooks(books);
  const tensors: [string, Float32Array][] = [];
  const best: [string, Float32Array][] = [];
  for (const [name, { data }] of Object.entries(all)) {
    const odd = data.findIndex((value) => !Number.isFinite(value));
    if (odd >= 0) refuse(`finite numbers in "${short(name)}"`, `${data[odd]} at ${odd}`);
    if (name.startsWith(BEST)) best.push([name.slice(BEST.length), data]);
    else tensors.push([name, data]);
  }
  if ((books.best.step === null) !== (best.length === 0)) {
    refuse("the best state, or none", `step ${books.best.step} and ${best.length} arrays`);
  }
  const state = Object.fromEntries(tensors);
  const other = best.find(([name, { length }]) => state[name]?.length !== length);
  if (other || (best.length > 0 && best.length !== tensors.length)) {
    refuse("the best state to be like the last", other ? `"${short(other[0])}"` : `${best.length} arrays`);
  }
  return {
    description: json("description", metadata),
    books,
    machine,
    tensors: state,
    best: best.length > 0 ? Object.fromEntries(best) : null,
  };
}

/** What the schema cannot say: numbers that follow from each other. */
function checkBooks({ step, order: { epoch, position, stepsPerEpoch, samples }, best, patientFrom }: CheckpointBooks) {
  if (epoch !== Math.floor(step / stepsPerEpoch) || position !== step % stepsPerEpoch) {
    refuse(`step ${step} in epochs of ${stepsPerEpoch}`, `epoch ${epoch} and position ${position}`);
  }
  if (stepsPerEpoch > samples) refuse("at least one sample a step", `${samples} in ${stepsPerEpoch}`);
  if (best.epoch * stepsPerEpoch > step) refuse(`a best epoch up to step ${step}`, String(best.epoch));
  if (patientFrom * stepsPerEpoch > step) refuse(`patience from an epoch up to step ${step}`, String(patientFrom));
  if (best.step !== null && best.step > step) refuse(`a best state up to step ${step}`, String(best.step));
}

function parsed<T>(schema: v.GenericSchema<unknown, T>, key: string, metadata: Readonly<Record<string, string>>): T {
  const result = v.safeParse(schema, json(key, metadata), { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  return refuse(`valid ${key}`, short(`${v.getDotPath(issue) ?? ""} ${issue.message}`.trim()));
}

function json(key: string, metadata: Readonly<Record<string, string>>): unknown {
  const written = metadata[key] ?? refuse(`${key} in the header`, "none");
  try {
    return readJson(written);
  } catch {
    return refuse(`${key} as JSON`, `"${short(written)}"`);
  }
}

async function checkSum(bytes: Uint8Array, checksum: string): Promise<void> {
  if (!/^[0-9a-f]{64}$/.test(checksum)) refuse("a checksum of 64 hexadecimal digits", short(checksum));
  const at = placeOfChecksum(bytes, checksum);
  const unsigned = Uint8Array.from(bytes);
  unsigned.set(new TextEncoder().encode(NO_CHECKSUM), at);
  const sum = await sha256(unsigned);
  if (sum !== checksum) refuse(`the checksum ${checksum}`, sum);
}

/** Where the checksum is written. Bytes are read as one character each, so that places are those of bytes. */
function placeOfChecksum(bytes: Uint8Array, checksum: string): number {
  const opening = '"checksum":"';
  const at = new TextDecoder("latin1")
    .decode(bytes.subarray(0, 8 + MAX_HEADER_BYTES))
    .indexOf(`${opening}${checksum}"`);
  return at < 0 ? refuse("a checksum as Descent writes it", "none") : at + opening.length;
}

const short = (value: string): string => (value.length > 80 ? `${value.slice(0, 80)}…` : value || "nothing");
