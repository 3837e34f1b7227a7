/** Which rows of the training set are trained on, and which are held out. */
import { permutation, STREAM } from "../random";

/** Rows of the training set that are trained on and those held out, both in shuffled order; a limit takes from the
 *  training rows. The same seed splits the same way. */
export function splitRows(
  count: number,
  validationCount: number,
  seed: number,
  limit = Infinity,
): { train: Uint32Array<ArrayBuffer>; validation: Uint32Array<ArrayBuffer> } {
  const rows = permutation(count, seed, 0, STREAM.split);
  const held = Math.min(validationCount, count - 1);
  return { validation: rows.slice(0, held), train: rows.slice(held, Math.min(count, held + limit)) };
}
