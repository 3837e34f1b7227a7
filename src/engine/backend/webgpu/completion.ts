/** Waiting for a GPU's work. Firefox looks only every 100 ms whether work is done, unless something is submitted (Mozilla bug
 *  1870699): there something empty is submitted for as long as somebody waits. */

/** Milliseconds from one empty submission to the next; browsers make it four. */
const NUDGE_MS = 1;

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
