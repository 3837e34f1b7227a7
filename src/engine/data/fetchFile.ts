/** Reads a dataset's files through an injected source: unzips them, checks every byte by length and SHA-256, and gives up on a
 *  line that has gone silent. Knows no address, no DOM and no file system. */
import { sha256 } from "../digest";
import { DatasetError } from "../errors";
import { within } from "../within";
import { type EngineKey, type Said, say } from "../words/said";
import type { ByteSource, DatasetFile, FileWish } from "./dataset";

/** What a file should have held, what it did, and what to do about it. */
export const refusal = (
  where: Said<EngineKey>,
  expected: Said<EngineKey> | string,
  came: Said<EngineKey> | string,
  advice: "retry" | "restore",
  options?: ErrorOptions,
): DatasetError =>
  new DatasetError(say("data.wrong", { where, expected, got: came, advice: say(`data.${advice}`) }), options);

/** How long a line may be silent. */
const SILENCE_MS = 30_000;

/** Runs work under a signal of its own, which ends with the outer one, and when the work fails: then all that it began ends
 *  too. `AbortSignal.any` would do, but is younger than the oldest browsers that open the page. */
export async function abortable<T>(
  outer: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  outer?.throwIfAborted();
  const own = new AbortController();
  const stop = (): void => own.abort(outer?.reason);
  outer?.addEventListener("abort", stop);
  try {
    return await work(own.signal);
  } catch (error) {
    own.abort(error);
    throw error;
  } finally {
    outer?.removeEventListener("abort", stop);
  }
}

/** A file and where its bytes go. */
export interface FileJob {
  /** Opens error messages. */
  readonly where: Said<EngineKey>;
  readonly path: string;
  readonly file: DatasetFile;
  /** As long as the file. */
  readonly target: Uint8Array<ArrayBuffer>;
  /** Bytes that have arrived so far. */
  loaded: number;
}

/** Fetches a file into its place. What comes damaged or not at all is asked for once more, past every cache.
 *  @param onProgress hears of every chunk  @throws DatasetError  @throws the signal's reason when cancelled */
export async function loadFile(
  job: FileJob,
  source: ByteSource,
  signal: AbortSignal,
  onProgress: () => void,
): Promise<void> {
  try {
    await abortable(signal, (own) => fillTarget(job, source, own, onProgress, false));
  } catch {
    signal.throwIfAborted();
    await abortable(signal, (own) => fillTarget(job, source, own, onProgress, true));
  }
}

async function fillTarget(
  job: FileJob,
  source: ByteSource,
  signal: AbortSignal,
  onProgress: () => void,
  isFresh: boolean,
): Promise<void> {
  const { where, path, file, target } = job;
  const whole = say("data.bytes", { byteLength: target.length });
  job.loaded = 0;
  for await (const chunk of openFile(where, path, source, signal, { sha256: file.sha256, isFresh })) {
    if (job.loaded + chunk.length > target.length) {
      throw refusal(where, whole, say("data.more"), "retry");
    }
    target.set(chunk, job.loaded);
    job.loaded += chunk.length;
    onProgress();
  }
  if (job.loaded !== target.length) {
    throw refusal(where, whole, String(job.loaded), "retry");
  }
  const hash = await sha256(target);
  if (hash !== file.sha256) {
    throw refusal(where, say("data.sha", { sha256: file.sha256 }), hash, "retry");
  }
}

/** A file's uncompressed bytes, in chunks. Stops reading as soon as the signal says so.
 *  @throws DatasetError when it cannot be read */
export async function* openFile(
  where: Said<EngineKey>,
  path: string,
  source: ByteSource,
  signal: AbortSignal,
  wish?: FileWish,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  signal.throwIfAborted();
  try {
    const found = await within(source(path, signal, wish), SILENCE_MS, "Download");
    const stream = found instanceof Uint8Array ? new Blob([found]).stream() : found;
    // The pipe is what ends a read that waits for a stalled network.
    const piped = unzipped(stream.pipeThrough(new TransformStream(), { signal }));
    const reader = (await within(piped, SILENCE_MS, "Download")).getReader();
    for (;;) {
      const { done, value } = await within(reader.read(), SILENCE_MS, "Download");
      signal.throwIfAborted();
      if (done) return;
      yield value;
    }
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof DatasetError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw refusal(where, say("data.readable"), say("data.quoted", { text: reason }), "retry", { cause: error });
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
