/** Which thread of which tab a run belongs to: one writes it, and the others are told that it is taken. */

const PREFIX = "descent-run-";

// Only secure pages have them.
const findLocks = (): LockManager | undefined => globalThis.navigator?.locks as LockManager | undefined;

/** Runs that some thread of some tab has in hand. */
export async function heldRuns(): Promise<ReadonlySet<string>> {
  const { held = [] } = (await findLocks()?.query()) ?? {};
  return new Set(held.flatMap(({ name = "" }) => (name.startsWith(PREFIX) ? [name.slice(PREFIX.length)] : [])));
}

/** Makes a run this thread's own, as long as it lives; the browser gives it up when the thread ends, however that comes.
 *  @param isOrphan whether the thread that has it is lost: one that hangs would hold on to it for long after it was ended
 *  @returns what gives it up; undefined where another has it. Without locks it is nobody's, and everybody's */
export async function lockRun(id: string, isOrphan = false): Promise<(() => void) | undefined> {
  const locks = findLocks();
  if (!locks) return () => {};
  return await new Promise((resolve) => {
    const manner = isOrphan ? { steal: true } : { ifAvailable: true };
    const holding = locks.request(`${PREFIX}${id}`, manner, (held) => {
      if (!held) {
        resolve(undefined);
        return undefined;
      }
      return new Promise<void>((release) => resolve(release));
    });
    holding.catch(() => resolve(() => {}));
  });
}
