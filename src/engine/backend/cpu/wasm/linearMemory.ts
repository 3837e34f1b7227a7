/** The one linear memory of a backend: hands out blocks and takes them back. Growing it detaches views, so holders of
 *  views compare `generation`. */
import { FIRST_BYTE } from "../../../../wasm/codes";
import { BackendError } from "../../../errors";
import type { NumericArray } from "../../../graph/kernel";
import { arrayTypes, type DType } from "../../../graph/type";
import { say } from "../../../words/said";

const PAGE_BYTES = 65_536;
/** Blocks start at cache lines. */
const ALIGNMENT = 64;
/** How far a memory may grow, the first that the machine grants: phones and 32-bit systems reserve no 2 GiB. */
const MAX_PAGES = [32_768, 16_384, 8192, 4096];

/** What a block of so many bytes takes. */
export const blockBytes = (byteLength: number): number =>
  Math.max(ALIGNMENT, Math.ceil(byteLength / ALIGNMENT) * ALIGNMENT);

interface Free {
  readonly start: number;
  readonly end: number;
}

/** @throws RangeError where the machine cannot reserve even the least of {@link MAX_PAGES} */
function reserve(shared: boolean): { readonly memory: WebAssembly.Memory; readonly maximum: number } {
  let refusal: unknown;
  for (const maximum of MAX_PAGES) {
    try {
      return { memory: new WebAssembly.Memory({ initial: 16, maximum, shared }), maximum };
    } catch (error) {
      refusal = error;
    }
  }
  throw refusal;
}

/** Blocks of whole cache lines, each in the first hole that is long enough; holes that touch become one. The memory grows
 *  by pages of 64 KiB, to 2 GiB at most, and never shrinks. */
export class LinearMemory {
  readonly memory: WebAssembly.Memory;
  /** The most that can be allocated in all. */
  readonly maxBytes: number;
  /** Counts how often the memory has grown. */
  generation = 0;
  #free: Free[] = [{ start: FIRST_BYTE, end: 16 * PAGE_BYTES }];
  readonly #sizes = new Map<number, number>();
  /** Nothing from here on has ever been given out, so that it is still zero, as WebAssembly's memory begins. */
  #fresh = FIRST_BYTE;

  /** @param isShared whether threads work on it. @throws RangeError where the machine cannot reserve so much */
  constructor(isShared: boolean) {
    const { memory, maximum } = reserve(isShared);
    this.memory = memory;
    this.maxBytes = maximum * PAGE_BYTES - FIRST_BYTE;
  }

  /** The address of a new block, all zeros. @throws BackendError when the machine has no room for it */
  allocate(byteLength: number): number {
    const size = blockBytes(byteLength);
    const hole = this.#free.find(({ start, end }) => end - start >= size) ?? this.#grow(size);
    this.#free = this.#free.flatMap((free) => {
      if (free !== hole) return [free];
      return free.end - free.start === size ? [] : [{ start: free.start + size, end: free.end }];
    });
    this.#sizes.set(hole.start, size);
    const end = hole.start + size;
    if (hole.start < this.#fresh)
      new Uint8Array(this.memory.buffer, hole.start, Math.min(end, this.#fresh) - hole.start).fill(0);
    this.#fresh = Math.max(this.#fresh, end);
    return hole.start;
  }

  /** Takes a block back. */
  release(address: number): void {
    const size = this.#sizes.get(address);
    if (size === undefined) return;
    this.#sizes.delete(address);
    const sorted = [...this.#free, { start: address, end: address + size }].toSorted((a, b) => a.start - b.start);
    this.#free = sorted.reduce<Free[]>((merged, free) => {
      const last = merged.at(-1);
      if (last?.end === free.start) merged[merged.length - 1] = { start: last.start, end: free.end };
      else merged.push(free);
      return merged;
    }, []);
  }

  /** Elements at an address. */
  view(dtype: DType, address: number, length: number): NumericArray {
    const { buffer } = this.memory;
    return new arrayTypes[dtype](buffer, address, length);
  }

  #grow(size: number): Free {
    const end = this.memory.buffer.byteLength;
    const last = this.#free.at(-1);
    const start = last?.end === end ? last.start : end;
    const pages = Math.ceil((start + size - end) / PAGE_BYTES);
    try {
      this.memory.grow(pages);
    } catch (cause) {
      throw new BackendError(say("memory.cpu", { more: size, beside: end }), { cause });
    }
    this.generation++;
    const grown = { start, end: end + pages * PAGE_BYTES };
    this.#free = [...this.#free.filter((free) => free !== last || free.end !== end), grown];
    return grown;
  }
}
