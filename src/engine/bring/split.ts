/** Divides samples among training and test set. */
import { permutation, STREAM } from "../random";

/** A share of the rows of every class for the test, at least one of each that has two, by chance that a seed decides; all in a
 *  mixed order.
 *  @param labels a class for each of `rows`; undefined where there are none */
export function splitRows(
  rows: Uint32Array,
  labels: Uint32Array | undefined,
  testShare: number,
  seed: number,
): { readonly train: Uint32Array; readonly test: Uint32Array } {
  const order = permutation(rows.length, seed, 0, STREAM.split);
  const sizes = new Map<number, number>();
  for (let i = 0; i < rows.length; i++) {
    const label = labels?.[i] ?? 0;
    sizes.set(label, (sizes.get(label) ?? 0) + 1);
  }
  const wanted = new Map(
    [...sizes].map(([label, size]) => [
      label,
      size < 2 ? 0 : Math.min(size - 1, Math.max(1, Math.round(size * testShare))),
    ]),
  );
  const [train, test]: [number[], number[]] = [[], []];
  for (const i of order) {
    const label = labels?.[i] ?? 0;
    const left = wanted.get(label) ?? 0;
    if (left > 0) wanted.set(label, left - 1);
    (left > 0 ? test : train).push(rows[i] ?? 0);
  }
  return { train: Uint32Array.from(train), test: Uint32Array.from(test) };
}
