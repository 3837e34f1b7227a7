/** Signs of life. A thread that computes hears no questions, but what it sends is heard: so it says between two pieces of long
 *  work that it is there. There is one such voice for a thread, as there is one thread. */
const MIN_MS = 200;

let beat: (() => void) | undefined;
let last = 0;

/** Calls `hear` a few times a second while the CPU backends compute; nobody when left out. */
export function onPulse(hear?: () => void): void {
  beat = hear;
  last = 0;
}

/** Called between two pieces of work. */
export function pulse(): void {
  if (!beat) return;
  const now = performance.now();
  if (now - last < MIN_MS) return;
  last = now;
  beat();
}
