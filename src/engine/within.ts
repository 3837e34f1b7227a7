/** Waiting with a limit, for help that is welcome and not needed: a GPU, a database, another thread. */
import { LateError } from "./errors";

/** How long a GPU may leave a question unanswered before it is taken for one that never answers. Software adapters compile a
 *  large kernel in seconds; drivers that take a minute for one are not known. */
export const GPU_SILENCE_MS = 60_000;

/** What is awaited, if it comes in time.
 *  @param what is awaited, for the message  @param letGo is given what comes too late, so that it can be closed
 *  @throws LateError when nothing was heard within `milliseconds` */
export async function within<T>(
  awaited: Promise<T>,
  milliseconds: number,
  what: string,
  letGo: (late: T) => void = () => {},
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isLate = false;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      isLate = true;
      reject(new LateError(`${what}: expected an answer within ${milliseconds / 1000} s, got none.`));
    }, milliseconds);
  });
  // A failure after the limit is ignored: the caller has gone on without the result.
  awaited.then((value) => (isLate ? letGo(value) : undefined)).catch(() => {});
  try {
    return await Promise.race([awaited, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** All that is awaited, as long as something of it comes now and then.
 *  @throws LateError when nothing more came within `milliseconds` */
export async function whileAnswering<T>(
  awaited: readonly Promise<T>[],
  milliseconds: number,
  what: string,
): Promise<readonly T[]> {
  const all = Promise.all(awaited);
  // Who throws first is told of by the wait for the next answer.
  all.catch(() => {});
  const waiting = new Map(awaited.map((promise, i) => [i, promise.then(() => i)]));
  while (waiting.size > 0) waiting.delete(await within(Promise.race(waiting.values()), milliseconds, what));
  return await all;
}
