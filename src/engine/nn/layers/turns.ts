/** Sine and cosine of parts of a turn, made of products and sums, so that they are the same on every backend: drivers' own may be
 *  off by 1e-3. */
import type { Node } from "../../graph/node";
import { add, mul, square, sub } from "../../ops/pointwise";

/** `c_0 + s (c_1 + s (c_2 + ..))` */
const polynomial = (s: Node, coefficients: readonly number[]): Node =>
  coefficients.reduceRight<Node>((sum, c) => add(mul(sum, s), c), mul(s, 0));

/** Taylor's coefficients, every other one: to 1e-7 within a quarter of a turn. */
const SINE = [1, -1 / 6, 1 / 120, -1 / 5040, 1 / 362_880, -1 / 39_916_800];
const COSINE = [1, -1 / 2, 1 / 24, -1 / 720, 1 / 40_320, -1 / 3_628_800, 1 / 479_001_600];

/** Sine and cosine of `2 pi turn`, for turns from -1 to 1, by those of a quarter of the angle, doubled twice.
 *  @param turn any shape, f32  @returns the same shape each, to 1e-6 */
export function sineAndCosine(turn: Node): readonly [sine: Node, cosine: Node] {
  const quarter = mul(turn, Math.PI / 2);
  const s = square(quarter);
  let [sine, cosine] = [mul(quarter, polynomial(s, SINE)), polynomial(s, COSINE)];
  for (let doubling = 0; doubling < 2; doubling++) {
    [sine, cosine] = [mul(mul(sine, cosine), 2), sub(1, mul(square(sine), 2))];
  }
  return [sine, cosine];
}
