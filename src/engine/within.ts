/** Waiting with a limit, for help that is welcome and not needed: a GPU, a database, another thread. */
import { LateError } from "./errors";

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
