/** Hands out memory for values with known lifetimes, reusing it once they are dead. Sizes and offsets in elements. */
import { SEGMENT_ALIGNMENT } from "../ops/packing";
import type { Node } from "../graph/node";
import type { Placement } from "./plan";

type ArenaPlacement = Extract<Placement, { kind: "arena" }>;

interface Block {
  readonly offset: number;
  readonly end: number;
  readonly lastUse: number;
}

const aligned = (size: number): number => Math.ceil(size / SEGMENT_ALIGNMENT) * SEGMENT_ALIGNMENT;

/** Arenas of blocks. Shared arenas reuse blocks; dedicated ones hold a single value that is never overwritten. */
export class ArenaAllocator {
  readonly #arenas: { size: number; blocks: Block[]; shared: boolean }[] = [];
  readonly #dedicated = new Map<Node, ArenaPlacement>();

  /** An arena of its own for `node`, the same one every time. */
  dedicated(node: Node, size: number): ArenaPlacement {
    const known = this.#dedicated.get(node);
    if (known) return known;
    const place: ArenaPlacement = { kind: "arena", arena: this.#arenas.length, offset: 0 };
    this.#arenas.push({ size: aligned(size), blocks: [], shared: false });
    this.#dedicated.set(node, place);
    return place;
  }

  /** Room for a value made at launch `now` and last read at `lastUse`, in the arena `wanted` if one is, otherwise in none
   *  of the arenas `avoid`. Takes the first gap of the shared arena that has to grow least, one of the `preferred` if there is one. */
  place(
    size: number,
    now: number,
    lastUse: number,
    avoid: readonly number[],
    wanted?: number,
    preferred: ReadonlySet<number> = new Set(),
  ): ArenaPlacement {
    const length = aligned(size);
    let best: { arena: number; offset: number; growth: number; isPreferred: boolean } | undefined;
    this.#arenas.forEach((arena, i) => {
      if (!arena.shared || avoid.includes(i) || (wanted !== undefined && i !== wanted)) return;
      arena.blocks = arena.blocks.filter((block) => block.lastUse >= now);
      const offset = firstGap(arena.blocks, length);
      const growth = Math.max(0, offset + length - arena.size);
      const isPreferred = preferred.has(i);
      const isBetter = !best || (isPreferred === best.isPreferred ? growth < best.growth : isPreferred);
      if (isBetter) best = { arena: i, offset, growth, isPreferred };
    });
    if (!best) {
      best = { arena: this.#arenas.length, offset: 0, growth: length, isPreferred: false };
      this.#arenas.push({ size: 0, blocks: [], shared: true });
    }
    const { arena: index, offset } = best;
    const arena = this.#arenas[index];
    if (arena) {
      arena.size = Math.max(arena.size, offset + length);
      arena.blocks = [...arena.blocks, { offset, end: offset + length, lastUse }].toSorted(
        (a, b) => a.offset - b.offset,
      );
    }
    return { kind: "arena", arena: index, offset };
  }

  /** The size of every arena. */
  sizes(): number[] {
    return this.#arenas.map(({ size }) => size);
  }
}

function firstGap(blocks: readonly Block[], length: number): number {
  let offset = 0;
  for (const block of blocks) {
    if (block.offset - offset >= length) return offset;
    offset = Math.max(offset, block.end);
  }
  return offset;
}
