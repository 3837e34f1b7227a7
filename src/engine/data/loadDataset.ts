/** Loads an image dataset's files through an injected source, unzips and checks them. Refuses any byte that its meta.json does
 *  not vouch for by length and SHA-256; knows no address, no DOM and no file system. */
import { DatasetError } from "../errors";
import {
  type ByteSource,
  type DataInfo,
  type Dataset,
  type DatasetFile,
  type LoadOptions,
  infoOf,
  nameOfData,
  parseDatasetMeta,
  type Split,
  totalBytes,
} from "./dataset";
import { type EngineKey, type Said, say } from "../words/said";

/** What of a {@link DatasetDef} the files must agree with. */
type Expected = DataInfo;

/** Enough to keep a network busy, few enough that a slow one finishes files instead of starting them. */
const parallelFiles = 4;

const maxMetaBytes = 64 * 1024;

/** What a file should have held, and what it did. */
const refusal = (
  where: Said<EngineKey>,
  expected: Said<EngineKey>,
  came: Said<EngineKey> | string,
  advice: "retry" | "restore",
) => new DatasetError(say("data.wrong", { where, expected, got: came, advice: say(`data.${advice}`) }));

/** Loads a dataset of two columns, `image` u8 and `label` u8, from `<id>/meta.json` and the files that it lists. Files may be gzip
 *  or plain: a server that announces `Content-Encoding: gzip` has them unzipped before they get here.
 *  @param expected what the registry says of this dataset; the files must agree
 *  @throws DatasetError when a file is missing, truncated, corrupt or malformed
 *  @throws the signal's reason when cancelled; files still on their way are dropped */
export async function loadDataset(expected: Expected, source: ByteSource, options: LoadOptions = {}): Promise<Dataset> {
  // One failure stops the other downloads, as the caller's own signal does.
  const failure = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, failure.signal]) : failure.signal;
  try {
    return await loadAll(expected, source, signal, options.onProgress);
  } catch (error) {
    failure.abort(error);
    throw error;
  }
}

async function loadAll(
  expected: Expected,
  source: ByteSource,
  signal: AbortSignal,
  onProgress: LoadOptions["onProgress"],
): Promise<Dataset> {
  const meta = await loadMeta(expected, source, signal);
  const { train, test } = meta.splits;
  const parts = [train.inputs, train.labels, test.inputs, test.labels].map((files) => ({
    files,
    bytes: new Uint8Array(totalBytes(files)),
  }));
  const total = parts.reduce((sum, { bytes }) => sum + bytes.length, 0);
  let loadedBytes = 0;
  const count = (byteLength: number) => {
    loadedBytes += byteLength;
    onProgress?.({ loadedBytes, totalBytes: total });
  };
  const jobs = parts.flatMap(({ files, bytes }) => {
    let start = 0;
    return files.map((file) => ({ file, target: bytes.subarray(start, (start += file.byteLength)) }));
  });
  const worker = async () => {
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
      signal.throwIfAborted();
      await loadFile(
        say("data.file", { title: nameOfData(expected), path: job.file.path }),
        `${expected.id}/${job.file.path}`,
        job.file,
        job.target,
        {
          source,
          signal,
          count,
        },
      );
    }
  };
  await Promise.all(Array.from({ length: parallelFiles }, worker));
  const [trainInputs, trainLabels, testInputs, testLabels] = parts.map(({ bytes }) => bytes);
  const split = (name: string, samples: number, inputs = new Uint8Array(), labels = new Uint8Array()): Split => {
    checkLabels(say("data.labels", { title: nameOfData(expected), split: name }), labels, meta.classes.length);
    return { count: samples, columns: { image: inputs, label: labels } };
  };
  return {
    ...infoOf(expected),
    title: meta.title,
    train: split("train", train.count, trainInputs, trainLabels),
    test: split("test", test.count, testInputs, testLabels),
  };
}

async function loadMeta(expected: Expected, source: ByteSource, signal: AbortSignal) {
  const where = say("data.meta", { title: nameOfData(expected) });
  const chunks: BlobPart[] = [];
  let byteLength = 0;
  for await (const chunk of openFile(where, `${expected.id}/meta.json`, source, signal)) {
    byteLength += chunk.length;
    if (byteLength > maxMetaBytes) {
      throw refusal(where, say("data.atMostBytes", { byteLength: maxMetaBytes }), say("data.more"), "restore");
    }
    chunks.push(chunk);
  }
  const meta = parseDatasetMeta(parseJson(await new Blob(chunks).text(), where), where);
  const has = JSON.stringify([meta.id, meta.inputShape, meta.classes]);
  const { image, label } = expected.columns;
  const wants = JSON.stringify([expected.id, image?.shape, label?.names]);
  if (has !== wants) {
    throw new DatasetError(say("data.wrong", { where, expected: wants, got: has, advice: say("data.restore") }));
  }
  return meta;
}

function parseJson(text: string, where: Said<EngineKey>): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refusal(where, say("data.json"), say("data.quoted", { text: text.slice(0, 40) }), "retry");
  }
}

/** Fills `target`, whose length is the file's. */
async function loadFile(
  where: Said<EngineKey>,
  path: string,
  file: DatasetFile,
  target: Uint8Array<ArrayBuffer>,
  { source, signal, count }: { source: ByteSource; signal: AbortSignal; count: (byteLength: number) => void },
): Promise<void> {
  const whole = say("data.bytes", { byteLength: target.length });
  let filled = 0;
  for await (const chunk of openFile(where, path, source, signal)) {
    if (filled + chunk.length > target.length) {
      throw refusal(where, whole, say("data.more"), "retry");
    }
    target.set(chunk, filled);
    filled += chunk.length;
    count(chunk.length);
  }
  if (filled !== target.length) {
    throw refusal(where, whole, String(filled), "retry");
  }
  const hash = await sha256(target);
  if (hash !== file.sha256) {
    throw refusal(where, say("data.sha", { sha256: file.sha256 }), hash, "retry");
  }
}

/** A file's uncompressed bytes, in chunks. Stops reading as soon as the signal says so. */
async function* openFile(
  where: Said<EngineKey>,
  path: string,
  source: ByteSource,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  signal.throwIfAborted();
  try {
    const found = await source(path, signal);
    const stream = found instanceof Uint8Array ? new Blob([found]).stream() : found;
    // The pipe is what ends a read that waits for a stalled network.
    const reader = (await unzipped(stream.pipeThrough(new TransformStream(), { signal }))).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      signal.throwIfAborted();
      if (done) return;
      yield value;
    }
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof DatasetError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    const got = say("data.quoted", { text: reason });
    throw new DatasetError(
      say("data.wrong", { where, expected: say("data.readable"), got, advice: say("data.retry") }),
      {
        cause: error,
      },
    );
  }
}

/** Unzips a stream that opens with gzip's magic bytes, and passes any other on. */
async function unzipped(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
  const [head, rest] = await peek(stream, 3);
  const isGzip = head[0] === 0x1f && head[1] === 0x8b && head[2] === 0x08;
  return isGzip ? rest.pipeThrough(new DecompressionStream("gzip")) : rest;
}

/** The first bytes of a stream, and a stream that still has them. */
async function peek(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  byteLength: number,
): Promise<[Uint8Array, ReadableStream<Uint8Array<ArrayBuffer>>]> {
  const reader = stream.getReader();
  let head = new Uint8Array();
  while (head.length < byteLength) {
    const { done, value } = await reader.read();
    if (done) break;
    const joined = new Uint8Array(head.length + value.length);
    joined.set(head);
    joined.set(value, head.length);
    head = joined;
  }
  const rest = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start: (controller) => (head.length > 0 ? controller.enqueue(head) : undefined),
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return [head, rest];
}

function checkLabels(where: Said<EngineKey>, labels: Uint8Array, classes: number): void {
  const index = labels.findIndex((label) => label >= classes);
  if (index !== -1) {
    const came = say("data.valueAt", { value: labels[index] ?? NaN, place: index });
    throw refusal(where, say("data.valuesBelow", { most: classes }), came, "retry");
  }
}

/** Hex digest. `crypto.subtle` is missing on pages served over plain http from another machine: then JavaScript does it. */
async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const subtle: SubtleCrypto | undefined = crypto.subtle;
  const digest = subtle
    ? new Uint8Array(await subtle.digest("SHA-256", bytes))
    : (await import("@noble/hashes/sha2.js")).sha256(bytes);
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
