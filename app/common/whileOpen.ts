/** How far a worker's answer is, told while the question is open. */
import * as Comlink from "comlink";

/** Asks a worker. What it tells on the way comes by a port of its own, and may arrive after the answer: then it is not heard, or the page
 *  would take the worker for busy for ever. */
export async function whileOpen<Told extends unknown[], T>(
  hear: (...told: Told) => void,
  ask: (hear: (...told: Told) => void) => Promise<T>,
): Promise<T> {
  let isOpen = true;
  const told = (...values: Told): void => {
    if (isOpen) hear(...values);
  };
  try {
    return await ask(Comlink.proxy(told));
  } finally {
    isOpen = false;
  }
}
