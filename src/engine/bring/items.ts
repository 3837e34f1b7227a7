/** Something to read of what a visitor brought, and how large it may be: sizes are held against limits before anything of that
 *  size is made. */
import { BringError } from "./refusal";
import { type Said, say } from "../words/said";

/** A file with the folders that it was in: `pets/cats/1.png`. */
export interface BroughtFile {
  readonly path: string;
  readonly file: File;
}

/** Something to read. */
export interface Item {
  readonly path: string;
  /** In bytes, as it says of itself. */
  readonly size: number;
  /** @throws BringError when it is damaged, or larger than it says or may be */
  read(): Promise<Uint8Array<ArrayBuffer>>;
}

export const ITEM_LIMITS = {
  /** Items of all files together. */
  count: 100_000,
  /** Bytes of one, unpacked. */
  bytes: 600 * 2 ** 20,
  /** What grows more when it is unpacked is meant to do harm. */
  growth: 1100,
} as const;

/** An item that cannot be read, and why. */
export interface RefusedItem {
  readonly path: string;
  readonly why: Said;
}

export interface Gathered {
  readonly items: readonly Item[];
  readonly refused: readonly RefusedItem[];
}

/** What a gzip unpacks to. */
export const unzipped = (file: Blob): Promise<Blob> => inflated(file, "gzip", ITEM_LIMITS.bytes);

/** What packed bytes unpack to, and no more than may be.
 *  @throws BringError when they are damaged, or unpack to more */
export async function inflated(file: Blob, format: "gzip" | "deflate-raw", most: number): Promise<Blob> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  const reader = file.stream().pipeThrough<Uint8Array<ArrayBuffer>>(new DecompressionStream(format)).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return new Blob(parts);
      size += value.length;
      if (size > most || size > ITEM_LIMITS.growth * file.size + 4096) {
        throw new BringError(say("brought.growsTooMuch", { most }));
      }
      parts.push(value);
    }
  } catch (error) {
    if (error instanceof BringError) throw error;
    throw new BringError(say("brought.damagedArchive"));
  } finally {
    void reader.cancel().catch(() => {});
  }
}
