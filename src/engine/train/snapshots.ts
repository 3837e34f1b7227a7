/** What a run can go back to: the newest copy of its state, and the newest that is known to be good. */
import type { Snapshot } from "./snapshot";

/** A loss so many times that of the first step is that of a run which has already come apart. */
const RUNAWAY = 10;

/** The snapshots of one run. That its numbers are finite says little of one: a step later they may overflow. It is good once
 *  the loss of a later step is there, finite and of the size of an untrained model's. */
export class Snapshots {
  #newest: Snapshot | null = null;
  #good: Snapshot | null = null;
  #firstLoss: number | undefined;
  /** The last step whose loss was of a usual size. */
  #sound = 0;

  /** The newest, good or not: as good as the run itself was. */
  get newest(): Snapshot | null {
    return this.#newest;
  }

  /** The newest from which training is known to go on well. */
  get good(): Snapshot | null {
    return this.#good;
  }

  add(snapshot: Snapshot): void {
    this.#newest = snapshot;
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

  /** Goes on from a snapshot, which is then the only one. @param firstLoss where it is known */
  goBack(to: Snapshot | null, firstLoss?: number): void {
    this.#firstLoss = firstLoss;
    this.#newest = this.#good = to;
    this.#sound = to?.step ?? 0;
  }

  #prove(): void {
    if (this.#newest && this.#newest.step < this.#sound) this.#good = this.#newest;
  }
}
