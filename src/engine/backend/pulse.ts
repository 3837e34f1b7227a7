/** Signs of life. A thread that computes hears no questions, but what it sends is heard: so it says between two pieces of long
 *  work that it is there, and before a piece that may be long for how long nothing will be heard of it. There is one such voice
 *  for a thread, as there is one thread. */
const MIN_MS = 200;
/** Silence that nobody minds, and that nothing is said before. */
const SHORT_MS = 2000;

let beat: ((silenceMs: number) => void) | undefined;
let last = 0;

/** Calls `hear` a few times a second while the CPU backends compute, and before each long kernel, with the milliseconds that
 *  nothing may be heard for thereafter, beyond the usual; nobody when left out. */
export function onPulse(hear?: (silenceMs: number) => void): void {
  beat = hear;
  last = 0;
}

/** Called between two pieces of work. @param silenceMs how long the next piece may take on the slowest of machines */
export function pulse(silenceMs = 0): void {
  if (!beat) return;
  const now = performance.now();
  const isLong = silenceMs >= SHORT_MS;
  if (!isLong && now - last < MIN_MS) return;
  // The end of what was long is told at once, since it takes back what was allowed for it.
  last = isLong ? 0 : now;
  beat(isLong ? silenceMs : 0);
}
