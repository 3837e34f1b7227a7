/** Profiles on request: one at a time, told of as they go, and cancelled at any step. */
import type { Profile } from "../backend/backend";
import type { Run } from "../train/run";
import type { Session } from "../train/session";
import { nextTask } from "../train/yielding";

/** Profiles of a trainer's training steps. Who asks while one is under way cancels that one, which then gives null. */
export class Profiler {
  readonly #onProgress: (done: number, total: number) => void;
  #abort: AbortController | undefined;
  #active: Promise<unknown> = Promise.resolve();

  /** @param onProgress hears after each step of the plan how many of them are timed */
  constructor(onProgress: (done: number, total: number) => void) {
    this.#onProgress = onProgress;
  }

  /** Times the training step that comes next, while the run stands aside. Neither weights nor curves change.
   *  @returns null when it was cancelled, for instance by asking again  @throws DeviceLostError */
  async profile(session: Session, run: Run): Promise<Profile | null> {
    this.#abort?.abort();
    const { signal } = (this.#abort = new AbortController());
    const profile = run.between(async () => {
      signal.throwIfAborted();
      return await session.profileStep(run.step, run.ratesAt(run.step), async (index) => {
        this.#onProgress(index + 1, session.launchesPerStep);
        // Lets a message through that may cancel it.
        await nextTask();
        signal.throwIfAborted();
      });
    });
    this.#active = profile.catch(() => {});
    try {
      return await profile;
    } catch (error) {
      if (signal.aborted) return null;
      throw error;
    }
  }

  /** Ends what is under way. Resolves when nothing more of it will run. */
  async cancel(): Promise<void> {
    this.#abort?.abort();
    await this.#active;
  }
}
