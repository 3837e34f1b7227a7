/** Letting messages in between pieces of work, without the delay that browsers put on nested timers. */

/** Resolves in a task of its own, after messages that already wait. A timer would be held up to 4 ms, and a second in
 *  a hidden tab. */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/** Resolves after at least so many milliseconds. */
export function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
