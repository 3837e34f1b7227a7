/** Which thread of which tab a run belongs to: one writes it, and the others are told that it is taken. */

/** Makes a run this thread's own, as long as it lives; the browser gives it up when the thread ends, however that comes.
 *  @returns what gives it up; undefined where another has it. Without locks it is nobody's, and everybody's */
export async function lockRun(id: string): Promise<(() => void) | undefined> {
  // Only secure pages have them.
  const locks = globalThis.navigator?.locks as LockManager | undefined;
  if (!locks) return () => {};
  return await new Promise((resolve) => {
    const holding = locks.request(`descent-run-${id}`, { ifAvailable: true }, (held) => {
      if (!held) {
        resolve(undefined);
        return undefined;
      }
      return new Promise<void>((release) => resolve(release));
    });
    holding.catch(() => resolve(() => {}));
  });
}
