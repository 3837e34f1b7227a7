/** How backends time something short: again and again, until it takes long enough for the clock. */

/** Browsers round their clocks, some to 0.1 ms: this much is measured to 2%. */
const ENOUGH_MS = 5;
const MAX_REPEATS = 4096;
/** One wrong measurement must not make the next a long one. */
const MAX_GROWTH = 10;

/** The machine does other things too: the quickest of so many measurements counts. */
const MEASUREMENTS = 3;

/** Milliseconds of one run. The first run does not count: memory is cold then, and code may not be compiled.
 *  @param measure runs something so many times, and says how many milliseconds that took in all */
export async function timeOnce(measure: (repeats: number) => number | Promise<number>): Promise<number> {
  await measure(1);
  for (let repeats = 1; ;) {
    let elapsedMs = await measure(repeats);
    if (elapsedMs >= ENOUGH_MS || repeats >= MAX_REPEATS) {
      for (let i = 1; i < MEASUREMENTS; i++) elapsedMs = Math.min(elapsedMs, await measure(repeats));
      return elapsedMs / repeats;
    }
    const growth = Math.min(MAX_GROWTH, (1.2 * ENOUGH_MS) / Math.max(elapsedMs, 1e-3));
    repeats = Math.min(MAX_REPEATS, Math.ceil(repeats * growth) + 1);
  }
}
