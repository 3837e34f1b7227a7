/** Penalties on what layers tell, for those whose settings have them. */
import type { Config } from "../fields";
import type { Node } from "../graph/node";
import { sum } from "../ops/broadcast";
import { reshape } from "../ops/layout";
import { abs, add, div, mul, square } from "../ops/pointwise";
import { sizeOf } from "../shape";
import type { BuildContext } from "./layer";

/** `(l1 sum |y| + l2 sum y^2) / samples` over all samples that count, as Keras's `activity_regularizer` has it, with the factors
 *  `activityL1` and `activityL2` of a layer's settings; undefined where both are 0 or missing.
 *  @param output `[N, ..]` f32 @returns `[]` f32 */
export function activityPenalty(
  output: Node,
  { activityL1, activityL2 }: Config,
  { mask, count }: Pick<BuildContext, "mask" | "count">,
): Node | undefined {
  const [l1, l2] = [Number(activityL1 ?? 0), Number(activityL2 ?? 0)];
  const terms = [...(l1 > 0 ? [mul(abs(output), l1)] : []), ...(l2 > 0 ? [mul(square(output), l2)] : [])];
  const [first, second] = terms;
  if (!first) return undefined;
  const [samples = 1, ...rest] = output.shape;
  const each = sum(reshape(second ? add(first, second) : first, [samples, sizeOf(rest)]), [1]);
  return div(sum(mask ? mul(each, mask) : each), count ?? samples);
}
