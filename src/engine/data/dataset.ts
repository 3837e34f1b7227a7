/** What a dataset is, in memory and on disk, and the schema its meta.json must pass. Refuses descriptions that would make
 *  a page allocate, loop or fetch without bound; loads nothing itself. */
import * as v from "valibot";
import { DatasetError } from "../errors";
import type { EnvironmentName } from "../environments";
import type { ColumnData, ColumnInfo } from "./column";
import { type EngineKey, type Name, nameOf, type Said, say } from "../words/said";

/** Samples, in file order: the trainer shuffles indices, never the bytes. */
export interface Split {
  /** Number of samples, N. */
  readonly count: number;
  /** The values of every column of the dataset, by its name. */
  readonly columns: Readonly<Record<string, ColumnData>>;
  /** Where the files come in parts: how many samples there are at the end of each. The first epoch begins with the first part, on
   *  every line alike, so that the others may still be on their way. */
  readonly bounds?: readonly number[];
  /** Left out where all samples are there. */
  readonly arrival?: Arrival;
}

/** Samples that are on their way while others are trained on. */
export interface Arrival {
  /** How many are there, from the first. */
  readonly ready: number;
  /** Resolves once the first `count` are there. What failed is asked for again.
   *  @throws DatasetError when a file is missing, truncated, corrupt or malformed */
  until(count: number): Promise<void>;
}

/** How many samples are there, from the first. */
export const readyOf = ({ count, arrival }: Split): number => arrival?.ready ?? count;

/** What is known of a dataset without its values: all that analysis needs. */
export interface DataInfo {
  readonly id: string;
  readonly title: string;
  /** By name. What a model may read comes before what it may be asked for. */
  readonly columns: Readonly<Record<string, ColumnInfo>>;
  /** Samples to train on, those to be held out included. */
  readonly trainCount: number;
  /** Where samples are steps that an agent takes: in what. They are then made as it learns. */
  readonly environment?: EnvironmentName;
}

/** A dataset in memory, checked: lengths fit the counts, every index is less than the number of names. */
export interface Dataset extends DataInfo {
  readonly train: Split;
  readonly test: Split;
}

/** A dataset that can be loaded or made: one record each, see `index.ts`. */
export interface DatasetDef extends DataInfo {
  readonly description: string;
  /** Whom to thank, and under which licence the bytes may be used. */
  readonly credit: string;
  readonly licence: string;
  /** @throws DatasetError when a file is missing, truncated, corrupt or malformed
   *  @throws the signal's reason when cancelled */
  readonly load: (source: ByteSource, options?: LoadOptions) => Promise<Dataset>;
}

/** What a dataset is called in sentences. */
export const nameOfData = ({ id, title }: Pick<DataInfo, "id" | "title">): Name =>
  nameOf(`datasets.${id}.title`, title);

/** What of a loaded or made dataset is known before. */
export const infoOf = ({ id, title, columns, trainCount, environment }: DataInfo): DataInfo => ({
  id,
  title,
  columns,
  trainCount,
  ...(environment && { environment }),
});

/** What is known of a file before it is there, and how it is wanted. */
export interface FileWish {
  /** Of its uncompressed bytes: as long as this is the same, so are they, and a cache may keep them. */
  readonly sha256: string;
  /** Whether it must come past every cache, since what came from there was damaged. */
  readonly isFresh: boolean;
}

/** Where bytes come from: `path` is relative to the folder of all datasets, for example `mnist/meta.json`. Rejects when
 *  there is no such file. The page fetches, Node reads files, a test hands out what it likes. */
export type ByteSource = (
  path: string,
  signal?: AbortSignal,
  wish?: FileWish,
) => Promise<Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array<ArrayBuffer>>>;

/** How far loading is, in uncompressed bytes: of what is needed to begin, and after that of all. */
export interface LoadProgress {
  /** Whether there is enough to begin to train on. */
  readonly isEnough: boolean;
  readonly loadedBytes: number;
  readonly totalBytes: number;
}

/** Both are optional. `onProgress` is called for every chunk that arrives, so let it be cheap. */
export interface LoadOptions {
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Be done when there is enough to begin to train on; the rest then arrives behind each split's `arrival`. */
  readonly early?: boolean;
}

const maxSplitBytes = 512 * 2 ** 20;

// Each message completes "expected ... at <field>", and is a sentence as JSON, because to the library it is text.
const message = (said: Said<EngineKey>): string => JSON.stringify(said);
const text = (maxLength: number) => {
  const expected = message(say("data.characters", { most: maxLength }));
  return v.pipe(v.string(expected), v.minLength(1, expected), v.maxLength(maxLength, expected));
};
const wholeNumber = (min: number, max: number) => {
  const expected = message(say("data.whole", { min, max }));
  return v.pipe(v.number(expected), v.integer(expected), v.minValue(min, expected), v.maxValue(max, expected));
};
const matching = (pattern: RegExp, said: Said<EngineKey>) =>
  v.pipe(v.string(message(said)), v.regex(pattern, message(said)));
const listOf = <Item extends v.GenericSchema>(item: Item, min: number, max: number) => {
  const expected = message(say("data.listOf", { min, max }));
  return v.pipe(v.array(item, expected), v.minLength(min, expected), v.maxLength(max, expected));
};

/** A bare file name: no folder, no address, no dot in front, so that it cannot lead out of the dataset's folder. */
const fileSchema = v.strictObject({
  path: matching(/^(?=.{1,80}$)[a-z0-9][a-z0-9-]*(\.[a-z0-9]+)*$/, say("data.fileName")),
  byteLength: wholeNumber(1, maxSplitBytes),
  sha256: matching(/^[0-9a-f]{64}$/, say("data.hexDigits")),
});

const filesSchema = listOf(fileSchema, 1, 64);

const splitSchema = v.strictObject({
  count: wholeNumber(1, 10_000_000),
  inputs: filesSchema,
  labels: filesSchema,
});

const metaSchema = v.strictObject({
  version: v.literal(1, "1"),
  id: matching(/^[a-z0-9][a-z0-9-]{0,39}$/, say("data.id")),
  title: text(80),
  description: text(500),
  source: text(300),
  credit: text(200),
  licence: text(80),
  inputShape: listOf(wholeNumber(1, 4096), 1, 4),
  classes: listOf(text(40), 2, 256),
  splits: v.strictObject({ train: splitSchema, test: splitSchema }),
});

/** A dataset on disk: u8 inputs and u8 class labels, in files that follow one another. */
export type DatasetMeta = v.InferOutput<typeof metaSchema>;

/** One file of a {@link DatasetMeta}; `byteLength` and `sha256` are those of the uncompressed bytes. */
export type DatasetFile = v.InferOutput<typeof fileSchema>;

/** Checks a parsed meta.json, sizes included.
 *  @param where the file, for example `MNIST meta.json`
 *  @throws DatasetError that names the field at fault */
export function parseDatasetMeta(value: unknown, where: Said<EngineKey> | string): DatasetMeta {
  const result = v.safeParse(metaSchema, value, { abortEarly: true });
  if (!result.success) {
    const [issue] = result.issues;
    const field = v.getDotPath(issue) ?? say("data.wholeFile");
    const expected = say("data.atField", { expected: expectedBy(issue), field });
    throw new DatasetError(say("data.wrong", { where, expected, got: issue.received, advice: say("data.restore") }));
  }
  const meta = result.output;
  const sampleBytes = meta.inputShape.reduce((product, size) => product * size, 1);
  for (const [name, split] of Object.entries(meta.splits)) {
    checkTotal(say("data.inputsOf", { where, split: name }), split.inputs, split.count * sampleBytes);
    checkTotal(say("data.labelsOf", { where, split: name }), split.labels, split.count);
  }
  return meta;
}

/** What a schema expected, in its own words or in its library's. */
function expectedBy(issue: v.BaseIssue<unknown>): Said<EngineKey> | string {
  if (issue.message.startsWith("{")) return JSON.parse(issue.message);
  return issue.expected === "never" || issue.expected === null ? say("data.noSuchField") : issue.expected;
}

function checkTotal(where: Said<EngineKey>, files: readonly DatasetFile[], byteLength: number): void {
  const total = totalBytes(files);
  const refuse = (expected: Said<EngineKey>, advice: Said<EngineKey>): never => {
    throw new DatasetError(say("data.wrong", { where, expected, got: String(total), advice }));
  };
  if (total !== byteLength) refuse(say("data.filesOfBytes", { byteLength }), say("data.restore"));
  if (total > maxSplitBytes) refuse(say("data.atMostBytes", { byteLength: maxSplitBytes }), say("data.fewerSamples"));
}

/** Uncompressed bytes of all files together. */
export function totalBytes(files: readonly DatasetFile[]): number {
  return files.reduce((sum, file) => sum + file.byteLength, 0);
}
