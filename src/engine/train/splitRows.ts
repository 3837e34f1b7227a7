/** Which rows of the training set are trained on, and which are held out. */
import { ModelError } from "../errors";
import { permutation, STREAM } from "../random";

/** Rows of the training set that are trained on and those held out, both in shuffled order; a limit takes from the
 *  training rows. The same seed splits the same way.
 *  @throws ModelError when nothing would be left to train on */
export function splitRows(
  count: number,
  validationCount: number,
  seed: number,
  limit = Infinity,
): { train: Uint32Array<ArrayBuffer>; validation: Uint32Array<ArrayBuffer> } {
  const rows = permutation(count, seed, 0, STREAM.split);
  if (validationCount >= count) {
    throw new ModelError(
      `Validation samples: expected fewer than the ${count} training samples, got ${validationCount}. Hold out fewer.`,
    );
  }
  return {
    validation: rows.slice(0, validationCount),
    train: rows.slice(validationCount, Math.min(count, validationCount + limit)),
  };
}
