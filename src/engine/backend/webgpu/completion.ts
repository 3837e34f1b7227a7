/** Waiting for a GPU's work. Firefox looks only every 100 ms whether work is done, unless something is submitted (Mozilla bug
 *  1870699): there something empty is submitted for as long as somebody waits. And a driver that hangs may never answer
 *  again, nor say that its device is lost: it is then taken for lost. */
import { DeviceLostError } from "../../errors";
import { GPU_SILENCE_MS } from "../../within";

/** Milliseconds from one empty submission to the next; browsers make it four. */
const NUDGE_MS = 1;

/** How often it is looked whether something was answered. Looks are counted rather than milliseconds, because a machine that
 *  slept has not waited. */
const LOOK_MS = 5000;
const MAX_LOOKS = GPU_SILENCE_MS / LOOK_MS;

/** Whether a browser notices the end of work at its leisure. @param agent the browser's name for itself */
export const noticesLate = (agent = globalThis.navigator?.userAgent ?? ""): boolean => /\bFirefox\//.test(agent);

/** What a promise of the queue's comes to, without delay.
 *  @param late whether the browser needs to be nudged */
export async function promptly<T>(queue: GPUQueue, done: Promise<T>, late = noticesLate()): Promise<T> {
  if (!late) return await done;
  const timer = setInterval(() => queue.submit([]), NUDGE_MS);
  try {
    return await done;
  } finally {
    clearInterval(timer);
  }
}

/** Resolves when everything submitted so far is done. */
export async function workDone(queue: GPUQueue): Promise<void> {
  await promptly(queue, queue.onSubmittedWorkDone());
}

/** All waiting for one device. */
export class Completion {
  /** Resolves, with the reason, when the device left everything unanswered for {@link GPU_SILENCE_MS}. */
  readonly silence: Promise<string>;
  readonly #queue: GPUQueue;
  /** What ends each wait in vain. A race with one long promise would grow with every wait. */
  readonly #waiting = new Set<() => void>();
  #tellSilence: (reason: string) => void = () => {};
  #timer: ReturnType<typeof setInterval> | undefined;
  #looks = 0;

  constructor(queue: GPUQueue) {
    this.#queue = queue;
    this.silence = new Promise((resolve) => {
      this.#tellSilence = resolve;
    });
  }

  /** What a promise of the queue's comes to. @throws DeviceLostError when nothing comes from the device any more */
  wait<T>(done: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const giveUp = (): void =>
        reject(new DeviceLostError(`WebGPU: expected the device to answer, but it is silent.`));
      this.#waiting.add(giveUp);
      this.#timer ??= setInterval(() => this.#look(), LOOK_MS);
      const end = (): void => {
        this.#waiting.delete(giveUp);
        this.#looks = 0;
        if (this.#waiting.size === 0) this.dispose();
      };
      promptly(this.#queue, done).finally(end).then(resolve, reject);
    });
  }

  /** Resolves when everything submitted so far is done. @throws DeviceLostError when it never will be */
  workDone(): Promise<void> {
    return this.wait(this.#queue.onSubmittedWorkDone());
  }

  /** Looks no more, until somebody waits again. */
  dispose(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    if (++this.#looks < MAX_LOOKS) return;
    this.dispose();
    this.#tellSilence(`no answer within ${GPU_SILENCE_MS / 1000} s`);
    for (const giveUp of this.#waiting) giveUp();
    this.#waiting.clear();
  }
}
