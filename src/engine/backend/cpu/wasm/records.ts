/** Records: what the WebAssembly kernels are told, word by word, in the layout that their sources name. */
import type { Kernel } from "../../../../wasm/codes";
import type { Node } from "../../../graph/node";
import type { LinearMemory } from "./linearMemory";
import { blockBytes } from "./linearMemory";

/** Where a value is. */
export type AddressOf = (node: Node) => number;

/** A launch as the kernels see it. */
export interface WasmLaunch {
  readonly kernel: Kernel;
  /** Address of the record, or for the host the step's index in the plan. */
  readonly record: number;
  /** Pieces of work that do not depend on each other. */
  readonly units: number;
}

/** A float as the word that holds its bits. */
export function floatWord(value: number): number {
  return new Uint32Array(Float32Array.of(value).buffer)[0] ?? 0;
}

/** Writes tables and records, and gives all of them back at once. */
export class Records {
  readonly #memory: LinearMemory | undefined;
  readonly #blocks: number[] = [];
  #bytes = 0;

  /** @param memory to write to; without one, only counts what would be written
   *  @param threads that will work on what is recorded, each in scratch of its own */
  constructor(
    memory: LinearMemory | undefined,
    readonly threads: number,
  ) {
    this.#memory = memory;
  }

  /** Bytes held. */
  get byteLength(): number {
    return this.#bytes;
  }

  /** An empty block. */
  room(byteLength: number): number {
    this.#bytes += blockBytes(byteLength);
    if (!this.#memory) return 0;
    const address = this.#memory.allocate(byteLength);
    this.#blocks.push(address);
    return address;
  }

  /** A block of words. */
  words(words: ArrayLike<number>): number {
    const address = this.room(words.length * 4);
    if (this.#memory) new Uint32Array(this.#memory.memory.buffer, address, words.length).set(words);
    return address;
  }

  /** A table of element offsets, in bytes. */
  offsets(elements: Uint32Array): number {
    return this.words(elements.map((offset) => offset * 4));
  }

  release(): void {
    for (const address of this.#blocks) this.#memory?.release(address);
    this.#blocks.length = 0;
  }
}
