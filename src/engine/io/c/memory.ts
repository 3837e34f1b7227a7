/** Where the values of a program lie in one block of memory, each for as long as somebody reads it. Values that are other views of the
 *  same numbers share a place. */
import { sizeOf } from "../../shape";
import type { Program, Step } from "../portable/program";

/** Places, counted in numbers. */
export interface Placement {
  /** Of a step's result; left out where it is another view of what it reads. */
  readonly results: ReadonlyMap<number, number>;
  /** Of what a step needs while it works. */
  readonly scratch: ReadonlyMap<number, number>;
  /** The value whose numbers a value's are. */
  readonly viewOf: (value: number) => number;
  readonly length: number;
}

/** Whether a step changes no number. */
export const isView = ({ op }: Pick<Step, "op">): boolean => op === "reshape" || op === "training";

/** Finds places: each value goes to the lowest that is free. @param needs numbers that a step needs beside its result */
export function placed({ steps, result }: Pick<Program, "steps" | "result">, needs: (step: Step) => number): Placement {
  const views = new Map(steps.filter(isView).map(({ to, from: [from = 0] }) => [to, from] as const));
  const viewOf = (value: number): number => {
    const from = views.get(value);
    return from === undefined ? value : viewOf(from);
  };
  const lastUse = new Map<number, number>([[viewOf(result), Infinity]]);
  steps.forEach(({ from }, i) => {
    for (const value of from) lastUse.set(viewOf(value), Math.max(i, lastUse.get(viewOf(value)) ?? 0));
  });
  let live: { readonly start: number; readonly end: number; readonly until: number }[] = [];
  let length = 0;
  const take = (count: number, until: number): number => {
    let start = 0;
    for (const block of live.toSorted((a, b) => a.start - b.start)) {
      if (block.start - start >= count) break;
      start = Math.max(start, block.end);
    }
    live.push({ start, end: start + count, until });
    length = Math.max(length, start + count);
    return start;
  };
  const [results, scratch] = [new Map<number, number>(), new Map<number, number>()];
  steps.forEach((step, i) => {
    if (isView(step)) return;
    results.set(step.to, take(sizeOf(step.shape), lastUse.get(step.to) ?? i));
    if (needs(step) > 0) scratch.set(step.to, take(needs(step), i));
    live = live.filter(({ until }) => until > i);
  });
  return { results, scratch, viewOf, length };
}
