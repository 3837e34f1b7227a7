/** Work under way on a machine that does it while the caller goes on: two submissions at most, since running further ahead
 *  was measured to be slower, and can be neither stopped nor felt. */
const MAX_IN_FLIGHT = 2;

/** Submissions that are not known to be done. */
export class InFlight {
  readonly #done: Promise<void>[] = [];

  /** Notes a submission, and waits for the oldest one while there are too many.
   *  @param done resolves when it is done  @throws what the oldest one rejected with */
  async add(done: Promise<void>): Promise<void> {
    // A failure is thrown by the `add` or `settle` that waits for this piece of work.
    done.catch(() => {});
    this.#done.push(done);
    if (this.#done.length >= MAX_IN_FLIGHT) await this.#done.shift();
  }

  /** Waits for all of them. @throws what the first that failed rejected with */
  async settle(): Promise<void> {
    await Promise.all(this.#done.splice(0));
  }
}
