/** Which rows of the training set are trained on, and which are held out. */
import { ModelError } from "../errors";
import { permutation, STREAM } from "../random";
import { say } from "../words/said";

/** How to split. */
export interface SplitOptions {
  readonly validationCount: number;
  readonly seed: number;
  /** The most rows to train on. */
  readonly limit?: number | undefined;
  /** The same, where it is more than 0. */
  readonly samples?: number | undefined;
  /** False to keep the order of the dataset, and to hold out its last rows. */
  readonly shuffle?: boolean;
}

/** Rows of the training set that are trained on and those held out; a limit takes from the training rows. Both are in an order
 *  that the seed decides, unless they are not to be shuffled.
 *  @throws ModelError when nothing would be left to train on */
export function splitRows(
  count: number,
  { validationCount, seed, limit = Infinity, samples = 0, shuffle = true }: SplitOptions,
): { train: Uint32Array<ArrayBuffer>; validation: Uint32Array<ArrayBuffer> } {
  if (validationCount >= count) {
    throw new ModelError(say("description.tooManyHeldOut", { all: count, got: validationCount }));
  }
  const most = Math.min(limit, samples || Infinity);
  if (!shuffle) {
    const rows = Uint32Array.from({ length: count }, (_, i) => i);
    const trained = count - validationCount;
    return { train: rows.slice(0, Math.min(trained, most)), validation: rows.slice(trained) };
  }
  const rows = permutation(count, seed, 0, STREAM.split);
  return {
    validation: rows.slice(0, validationCount),
    train: rows.slice(validationCount, Math.min(count, validationCount + most)),
  };
}

/** The rows that an agent plays into: one batch, of which nothing is held out. */
export const playedRows = (
  count: number,
  { batchSize, limit = Infinity }: { readonly batchSize: number; readonly limit?: number | undefined },
): ReturnType<typeof splitRows> => ({
  train: Uint32Array.from({ length: Math.min(count, batchSize, limit) }, (_, i) => i),
  validation: new Uint32Array(),
});
