/** Work done one stage after another, for whoever waits for some of it: the first stages are used while the last are done. */

interface Waiting {
  readonly count: number;
  resolve(): void;
  reject(reason: unknown): void;
}

/** Stages in order, each begun when the one before it is done. A failure stops there, and is told to all who wait; whoever asks
 *  again has it tried again. */
export class Stages {
  readonly #stages: readonly (() => Promise<void>)[];
  #done = 0;
  #isWorking = false;
  #waiting: readonly Waiting[] = [];

  constructor(stages: readonly (() => Promise<void>)[]) {
    this.#stages = stages;
  }

  /** How many are done, from the first. */
  get done(): number {
    return this.#done;
  }

  get count(): number {
    return this.#stages.length;
  }

  /** Resolves once the first `count` stages are done; the others follow. @throws what the stage that failed threw */
  async until(count: number): Promise<void> {
    if (this.#done >= count) return;
    const waited = new Promise<void>((resolve, reject) => {
      this.#waiting = [...this.#waiting, { count, resolve, reject }];
    });
    if (!this.#isWorking) void this.#work();
    await waited;
  }

  async #work(): Promise<void> {
    this.#isWorking = true;
    try {
      for (let stage = this.#stages[this.#done]; stage; stage = this.#stages[this.#done]) {
        await stage();
        this.#done++;
        for (const { count, resolve } of this.#waiting) if (count <= this.#done) resolve();
        this.#waiting = this.#waiting.filter(({ count }) => count > this.#done);
      }
    } catch (error) {
      for (const { reject } of this.#waiting) reject(error);
      this.#waiting = [];
    } finally {
      this.#isWorking = false;
    }
  }
}
