// What `npm test` takes and what only `npm run test:full` does. Whatever is left out has something like it in both.
import { describe, it } from "vitest";
import type { GemmVariant } from "../../src/engine/graph/kernel";

/** Whether this is `npm run test:full`. */
export const isFull = process.env["DESCENT_TESTS"] === "full";

/** Cases of which some are enough for every day. */
export const everyDay = <T>(some: readonly T[], all: readonly T[]): readonly T[] => (isFull ? all : some);

/** A test of `npm run test:full` alone, of something that quicker ones ask of every day. */
export const fullTest: (name: string, run: () => Promise<unknown>) => void = isFull ? it : () => {};

/** A group of such tests. */
export const fullDescribe: (name: string, define: () => void) => void = isFull ? describe : () => {};

/** A variant with barriers, around which the compiler may do less. One with none is what adapters in tests take by themselves;
 *  the others differ in how they share their work. */
export const withBarriers: readonly GemmVariant[] = ["tiled"];
