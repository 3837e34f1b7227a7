/** Turns on one device: whoever has had the least time is next, so that all have had the same but for a slice. */

/** Who takes turns. */
export interface Racer {
  /** Milliseconds of the device that it has had. */
  readonly elapsedMs: number;
  /** Whether it has nothing left to do. */
  readonly isOver: boolean;
  /** Milliseconds of what cannot be cut, as far as is known: a training step. */
  readonly grainMs: number;
  /** Has the device until so many milliseconds are its own, or it is over. */
  advance(untilMs: number): Promise<void>;
}

/** How turns are taken. */
export interface Turns {
  /** Milliseconds that each may have in all. */
  readonly budgetMs: number;
  /** Those of a turn. */
  readonly sliceMs: number;
  /** Awaited between turns. @returns whether there is to be another */
  readonly goesOn: () => Promise<boolean>;
}

/** Whether somebody has had its time, as nearly as can be: another step would take it further beyond than it is now before. */
export const hasHad = ({ elapsedMs, grainMs }: Pick<Racer, "elapsedMs" | "grainMs">, untilMs: number): boolean =>
  untilMs - elapsedMs <= grainMs / 2;

/** Gives the device to one after the other until all are over or have had their time. A racer cannot be held in the middle of a
 *  step, and what it took too much is taken off its next turn: at no time are two further apart than a slice and the longest such
 *  step, and in the end by one step at most. */
export async function takeTurns(racers: readonly Racer[], { budgetMs, sliceMs, goesOn }: Turns): Promise<void> {
  for (;;) {
    const waiting = racers.filter((racer) => !racer.isOver && !hasHad(racer, budgetMs));
    const [first, ...others] = waiting;
    if (!first || !(await goesOn())) return;
    const next = others.reduce((least, racer) => (racer.elapsedMs < least.elapsedMs ? racer : least), first);
    await next.advance(Math.min(budgetMs, next.elapsedMs + sliceMs));
  }
}
