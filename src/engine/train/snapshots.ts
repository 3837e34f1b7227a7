/** What a run can go back to: the newest copy of all that it is resumed from, and the newest that is known to be good. */
import type { Kept } from "./kept";

/** A loss so many times that of the first step is that of a run which has already come apart. */
const RUNAWAY = 10;

/** The copies of one run. That its numbers are finite says little of one: a step later they may overflow. It is good once
 *  the loss of a later step is there, finite and of the size of an untrained model's. */
export class Snapshots {
  #newest: Kept | null = null;
  #good: Kept | null = null;
  #firstLoss: number | undefined;
  /** The last step whose loss was of a usual size. */
  #sound = 0;

  /** The newest, good or not: as good as the run itself was. */
  get newest(): Kept | null {
    return this.#newest;
  }

  /** The newest from which training is known to go on well. */
  get good(): Kept | null {
    return this.#good;
  }

  add(kept: Kept): void {
    this.#newest = kept;
    this.#prove();
  }

  /** Takes note of the losses of steps one after the other, all finite. @param before how many steps were done before them */
  judge(before: number, losses: readonly number[]): void {
    this.#firstLoss ??= losses[0];
    const limit = RUNAWAY * Math.max(this.#firstLoss ?? 0, 1);
    const last = losses.findLastIndex((loss) => loss <= limit);
    if (last >= 0) this.#sound = before + last + 1;
    this.#prove();
  }

  /** The loss of the first step, where it is known. */
  get firstLoss(): number | undefined {
    return this.#firstLoss;
  }

  /** Goes on from a copy, which is then the only one. */
  goBack(to: Kept | null): void {
    this.#firstLoss = to?.books.firstLoss ?? undefined;
    this.#newest = this.#good = to;
    this.#sound = to?.snapshot.step ?? 0;
  }

  #prove(): void {
    if (this.#newest && this.#newest.snapshot.step < this.#sound) this.#good = this.#newest;
  }
}
