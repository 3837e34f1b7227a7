/** How many steps to submit at once: enough to keep the device busy, few enough that the page stays smooth and a
 *  press of Pause is felt at once. */
import { MAX_ROWS } from "../backend/backend";

/** How long a submission should take. A visible page shares the GPU with its own drawing. */
const TARGET_MS = { visible: 10, hidden: 50 } as const;

/** How much of each surprise to believe: one wrong measurement makes the next submission a third longer at most. */
const SMOOTHING = 0.25;

/** Learns the speed of a model on a backend from submissions as they finish. */
export class Pacing {
  visible = true;
  #stepMs: number | undefined;

  /** Steps for the next submission: one until the speed is known. */
  get steps(): number {
    if (this.#stepMs === undefined) return 1;
    const target = this.visible ? TARGET_MS.visible : TARGET_MS.hidden;
    return Math.max(1, Math.min(MAX_ROWS, Math.round(target / Math.max(this.#stepMs, 1e-4))));
  }

  /** Milliseconds a step takes, smoothed; undefined before the first. */
  get stepMs(): number | undefined {
    return this.#stepMs;
  }

  /** Notes that `steps` steps took this long. */
  record(steps: number, elapsedMs: number): void {
    const sample = elapsedMs / steps;
    if (this.#stepMs === undefined) {
      this.#stepMs = sample;
      return;
    }
    this.#stepMs += SMOOTHING * (sample - this.#stepMs);
  }
}
