/** Pictures as a network will see them, one after another as bytes, with the class and the split of each, and which of them are the
 *  same. Where they come from, files or arrays, is nothing to it. */
import type { Said } from "../words/said";
import type { RefusedItem } from "./items";

/** Pixels of pictures in blocks, so that room for more never means a copy. */
export class Pixels {
  readonly #blocks: Uint8Array[] = [];
  readonly #perBlock: number;

  constructor(
    /** Of one picture. */
    readonly byteLength: number,
  ) {
    this.#perBlock = Math.max(1, Math.floor(2 ** 22 / byteLength));
  }

  set(n: number, pixels: Uint8Array): void {
    const block = Math.floor(n / this.#perBlock);
    this.#blocks[block] ??= new Uint8Array(this.#perBlock * this.byteLength);
    this.#blocks[block].set(pixels, (n % this.#perBlock) * this.byteLength);
  }

  get(n: number): Uint8Array {
    const from = (n % this.#perBlock) * this.byteLength;
    return this.#blocks[Math.floor(n / this.#perBlock)]?.subarray(from, from + this.byteLength) ?? new Uint8Array();
  }
}

/** A picture that was read. */
export interface Sample {
  /** Which of the groups it is in. */
  readonly group: number;
  readonly split: "train" | "test" | null;
  /** Which sample before it has the same pixels; -1 where none has. */
  readonly twin: number;
}

export interface ImageSet {
  /** `[H, W, C]`. */
  readonly shape: readonly [number, number, number];
  /** What the pictures came sorted by, named as it was found. */
  readonly groups: readonly string[];
  readonly samples: readonly Sample[];
  readonly pixels: Pixels;
  readonly refused: readonly RefusedItem[];
  /** What else is to be told of how they were read. */
  readonly remarks: readonly Said[];
}

/** Finds pictures that are the same by a 64-bit hash of their pixels, and then by the pixels. */
export class Twins {
  readonly #seen = new Map<number, number[]>();

  constructor(readonly pixels: Pixels) {}

  /** Which of those before it is the same as the n-th; -1 where none is. */
  find(n: number): number {
    const own = this.pixels.get(n);
    const hash = hashBytes(own);
    const same = this.#seen.get(hash);
    if (!same) {
      this.#seen.set(hash, [n]);
      return -1;
    }
    // Those behind it were read and given up.
    const twin = same.find((other) => other < n && this.pixels.get(other).every((value, i) => value === own[i]));
    if (twin === undefined) same.push(n);
    return twin ?? -1;
  }
}

/** 53 bits of two multiplicative hashes, of FNV's kind, four bytes at a time. */
function hashBytes(bytes: Uint8Array): number {
  let low = 0x811c9dc5;
  let high = 0x9747b28c;
  const count = bytes.byteOffset % 4 === 0 ? bytes.length >> 2 : 0;
  const words = new Int32Array(bytes.buffer, count && bytes.byteOffset, count);
  for (let i = 0; i < bytes.length; i = i < 4 * count ? i + 4 : i + 1) {
    const value = (i < 4 * count ? words[i >> 2] : bytes[i]) ?? 0;
    low = Math.imul(low ^ value, 0x01000193);
    high = Math.imul(high ^ value, 0x5bd1e995) ^ (high >>> 15);
  }
  return (high >>> 11) * 2 ** 32 + (low >>> 0);
}

/** Names in the order in which people count: 2 before 10. */
export const byName = new Intl.Collator("en", { numeric: true }).compare;
