/** What a run remembers of its validations: which was best, and since when it waits for a better one. */
import type { RunSettings } from "../model/description";
import type { Snapshot } from "./snapshot";

/** The best validation so far. */
export interface Best {
  /** Infinity before the first. */
  readonly loss: number;
  readonly epoch: number;
  /** The state then, where it is to come back. */
  readonly snapshot: Snapshot | null;
}

/** All that is to be remembered. */
export interface PatienceBooks {
  readonly best: Best;
  /** The epoch from which patience counts, where that is later than the best one. */
  readonly patientFrom: number;
}

/** Decides when waiting for a better validation loss has taken too long. */
export class Patience {
  #best: Best = { loss: Infinity, epoch: 0, snapshot: null };
  #from = 0;

  get best(): Best {
    return this.#best;
  }

  get books(): PatienceBooks {
    return { best: this.#best, patientFrom: this.#from };
  }

  /** Goes on with the books of another run. @param epoch where this one is: what was best later has not been yet */
  takeOver({ best, patientFrom }: PatienceBooks, epoch: number): void {
    if (best.epoch <= epoch) this.#best = best;
    this.#from = Math.min(patientFrom, epoch);
  }

  /** Takes note of a validation. @param take copies the state  @returns whether it is the best so far */
  async note(loss: number, epoch: number, settings: RunSettings, take: () => Promise<Snapshot>): Promise<boolean> {
    if (!(loss < this.#best.loss)) return false;
    const { patience, restoreBest = true } = settings;
    this.#best = { loss, epoch, snapshot: patience > 0 && restoreBest ? await take() : null };
    return true;
  }

  /** Whether the best validation is too long ago. */
  hasRunOut(epoch: number, { patience }: RunSettings): boolean {
    return patience > 0 && epoch - Math.max(this.#best.epoch, this.#from) >= patience;
  }

  /** Begins to wait anew. */
  startAgain(epoch: number): void {
    this.#from = epoch;
  }
}
