/** Guesses how long work still takes from what is done of it, kind by kind, since one kind may take a hundred times as long
 *  as another. Looks at no clock. */

/** Work of one kind. */
interface Tally {
  left: number;
  done: number;
  spentMs: number;
}

/** Counts work by kinds, as announced first and then as done. */
export class Forecast {
  readonly #tallies = new Map<string, Tally>();

  /** There is more to do. */
  announce(kind: string, count: number): void {
    const tally = this.#tallies.get(kind) ?? { left: 0, done: 0, spentMs: 0 };
    tally.left += count;
    this.#tallies.set(kind, tally);
  }

  /** Some of what was announced is done. */
  finish(kind: string, count: number, ms: number): void {
    const tally = this.#tallies.get(kind);
    if (!tally) return;
    tally.left -= count;
    tally.done += count;
    tally.spentMs += ms;
  }

  /** What the rest takes at the mean pace of each kind; null while a kind that is left has not been met. */
  get remainingMs(): number | null {
    let remaining = 0;
    for (const { left, done, spentMs } of this.#tallies.values()) {
      if (left > 0 && done === 0) return null;
      if (left > 0) remaining += (left * spentMs) / done;
    }
    return remaining;
  }
}
