// Real MNIST for tests, whole or cut short; refuses to make digits up.
import { gunzipSync } from "node:zlib";
import { fileSource } from "../../scripts/support/fileSource";
import type { ByteSource, Dataset, Split } from "../../src/engine/data";
import { mnist } from "../../src/engine/data/mnist";

const unzipped = new Map<string, Uint8Array<ArrayBuffer>>();

/** The real files as a server may give them, already unzipped: to unzip fifty megabytes again for each test takes longer than all
 *  else in it. */
export const plainSource: ByteSource = async (path, signal) => {
  signal?.throwIfAborted();
  const bytes = unzipped.get(path) ?? (await readFile(path));
  const plain = bytes[0] === 0x1f ? new Uint8Array(gunzipSync(bytes)) : bytes;
  unzipped.set(path, plain);
  return plain;
};

/** A file of the data as it lies there. */
export async function readFile(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const found = await fileSource(path);
  if (!(found instanceof Uint8Array)) throw new Error("expected bytes");
  return found;
}

let loading: Promise<Dataset> | undefined;

/** All of it, loaded once per test file. */
export function loadMnist(): Promise<Dataset> {
  loading ??= mnist.load(plainSource);
  return loading;
}

/** The first digits of both splits. */
export async function firstDigits(trainCount: number, testCount = trainCount): Promise<Dataset> {
  const { train, test, ...rest } = await loadMnist();
  return { ...rest, trainCount, train: firstOf(train, trainCount), test: firstOf(test, testCount) };
}

function firstOf({ columns, count: all }: Split, count: number): Split {
  const first = Object.entries(columns).map(([name, values]) => [name, values.slice(0, (count * values.length) / all)]);
  return { count, columns: Object.fromEntries(first) };
}
