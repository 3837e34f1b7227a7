/** Finds everything to read in the files that a visitor brought: the files themselves, and those in their archives. */
import { BringError } from "./refusal";
import { say } from "../words/said";
import { type BroughtFile, type Gathered, type Item, ITEM_LIMITS, type RefusedItem, unzipped } from "./items";
import { listTar } from "./tar";
import { listZip } from "./zip";

/** What operating systems and archivers leave in folders. */
const isLitter = (path: string): boolean =>
  /(^|\/)(__MACOSX\/|\.)|(^|\/)(thumbs\.db|desktop\.ini)$/i.test(path) || path.endsWith("/");

const isZip = (path: string): boolean => /\.(zip|npz)$/i.test(path);
const isTar = (path: string): boolean => /\.(tar|tar\.gz|tgz)$/i.test(path);
const isGzip = (path: string): boolean => /\.(gz|tgz)$/i.test(path);

/** Everything to read in these files. An archive that does not open is refused by name, and the others are read.
 *  @throws BringError where there are more than the limits allow */
export async function gather(files: readonly BroughtFile[]): Promise<Gathered> {
  if (files.length > ITEM_LIMITS.count) throw tooMany(files.length);
  const items: Item[] = [];
  const refused: RefusedItem[] = [];
  for (const { path, file } of files) {
    if (isLitter(path)) continue;
    if (!isZip(path) && !isTar(path)) {
      items.push(isGzip(path) ? gzipItem(path, file) : plainItem(path, file));
      continue;
    }
    try {
      const found = isZip(path) ? await listZip(file) : await listTar(isGzip(path) ? await unzipped(file) : file);
      if (items.length + found.items.length > ITEM_LIMITS.count) throw tooMany(items.length + found.items.length);
      items.push(...found.items.filter((item) => !isLitter(item.path)));
      refused.push(...found.refused);
    } catch (error) {
      if (!(error instanceof BringError) || files.length === 1) throw error;
      refused.push({ path, why: error.said });
    }
  }
  return { items, refused };
}

const tooMany = (got: number): BringError => new BringError(say("brought.manyFiles", { most: ITEM_LIMITS.count, got }));

function plainItem(path: string, file: Blob): Item {
  return {
    path,
    size: file.size,
    async read() {
      if (file.size > ITEM_LIMITS.bytes) throw new BringError(say("brought.largeFile", { most: ITEM_LIMITS.bytes }));
      return new Uint8Array(await file.arrayBuffer());
    },
  };
}

const gzipItem = (path: string, file: Blob): Item => ({
  path: path.replace(/\.gz$/i, ""),
  size: file.size,
  read: async () => new Uint8Array(await (await unzipped(file)).arrayBuffer()),
});
