/** Finds all files in folders that were dropped, with the folders that each is in. */
import type { BroughtFile } from "../../src/engine";

/** More are not looked for: what is brought has a limit below. */
const MAX_FILES = 120_000;

const fileOf = (entry: FileSystemFileEntry): Promise<File> =>
  new Promise((resolve, reject) => entry.file(resolve, reject));

/** A folder gives some of its entries at a time, and then none. */
async function entriesIn(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0 || all.length > MAX_FILES) return all;
    all.push(...some);
  }
}

const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;
const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;

/** All files of these entries and of the folders among them. */
export async function collect(entries: readonly FileSystemEntry[]): Promise<readonly BroughtFile[]> {
  const files: BroughtFile[] = [];
  const waiting = [...entries];
  for (let entry = waiting.pop(); entry && files.length <= MAX_FILES; entry = waiting.pop()) {
    const path = entry.fullPath.replace(/^\//, "");
    try {
      if (isFolder(entry)) waiting.push(...(await entriesIn(entry)).toReversed());
      else if (isFile(entry)) files.push({ path, file: await fileOf(entry) });
    } catch {
      // It went away meanwhile, or may not be read: its name is told with those of other files that are none.
      files.push({ path, file: new File([], path) });
    }
  }
  return files;
}
