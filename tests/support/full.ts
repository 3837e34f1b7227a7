// What `npm test` takes and what only `npm run test:full` does. Whatever is left out has something like it in both.
import type { GemmVariant } from "../../src/engine/graph/kernel";

/** Whether this is `npm run test:full`. */
export const isFull = process.env["DESCENT_TESTS"] === "full";

/** Cases of which some are enough for every day. */
export const everyDay = <T>(some: readonly T[], all: readonly T[]): readonly T[] => (isFull ? all : some);

/** A variant with barriers, and one with none: they differ in what the compiler may do around them, the others in how
 *  they share their work. */
export const oneOfEachKind: readonly GemmVariant[] = ["tiled", "quads16x4"];
