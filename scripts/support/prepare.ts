// What the preparation of datasets has in common: known sources, files that are whole or not there.
import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { cacheDir } from "./paths";

/** @throws Error when two do not agree */
export function check(where: string, expected: string, actual: string, next: string): void {
  if (actual !== expected) throw new Error(`${where}: expected ${expected}, got ${actual}. ${next}`);
}

/** Hex digest. */
export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Writes bytes as gzip, the same on every machine, and leaves a file alone that has them already. @returns what it holds */
export async function writeZipped(path: string, bytes: Uint8Array): Promise<Uint8Array> {
  const zipped = await promisify(gzip)(bytes, { level: 6 });
  zipped[9] = 255; // The header's operating system: "unknown", so that every machine makes the same bytes.
  const there = await readFile(path).catch(() => null);
  if (!there?.equals(zipped)) await writeWhole(path, zipped);
  return zipped;
}

/** Writes elsewhere and renames, so that a run cut short, or another at the same time, leaves no half file. */
export async function writeWhole(path: string, content: Uint8Array | string): Promise<void> {
  await mkdir(cacheDir, { recursive: true });
  await mkdir(dirname(path), { recursive: true });
  const partial = join(cacheDir, `${basename(path)}.${process.pid}.part`);
  await writeFile(partial, content);
  await rename(partial, path);
}
