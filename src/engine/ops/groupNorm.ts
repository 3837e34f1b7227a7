/** Normalization of a sample by its own moments, over whatever axes are told. Along the last axis one op
 *  does it; otherwise it is composed, with a gradient in closed form, written so that what is only summed up is never stored.
 *  Normalization over a batch is elsewhere. */
import { ArgumentError } from "../errors";
import type { Node } from "../graph/node";
import { normalizeAxes, sizeOf } from "../shape";
import { sum, sumTo } from "./broadcast";
import { customGradient } from "./layout";
import { isLastAxis, normalizeRows } from "./rowNorm";
import { add, div, mul, sqrt, square, sub } from "./pointwise";

/** How to normalize: over which axes, whether the mean is taken away first, and what is added to the variance. */
export interface GroupNormOptions {
  readonly axes: readonly number[];
  readonly center: boolean;
  readonly epsilon: number;
}

/** `gamma x^ + beta` with `x^ = (x - mean) / sqrt(variance + epsilon)` and moments over `axes`, the variance biased and in a second
 *  pass, so that a large mean costs no digits; `x^ = x / sqrt(mean(x^2) + epsilon)` without `center`.
 *
 *  With `g = gamma dy` the gradient is `dx = (g - mean(g) - x^ mean(g x^)) / sqrt(variance + epsilon)`, without `mean(g)` where
 *  nothing was centred, `dgamma = sum(dy x^)` and `dbeta = sum(dy)`.
 *  @param x any shape, f32  @param gamma stretches to x; 1 where left out  @param beta stretches to x; 0 where left out
 *  @returns x's shape  @throws ArgumentError unless epsilon is above 0
 *  Sources: Ba, Kiros and Hinton 2016, "Layer normalization"; Zhang and Sennrich 2019, "Root mean square layer normalization";
 *  Wu and He 2018, "Group normalization". */
export function groupNormalize(
  x: Node,
  { gamma, beta }: { readonly gamma?: Node | undefined; readonly beta?: Node | undefined },
  { axes, center, epsilon }: GroupNormOptions,
): Node {
  if (!(epsilon > 0)) throw new ArgumentError(`groupNormalize: expected epsilon above 0, got ${epsilon}.`);
  const over = normalizeAxes("groupNormalize", x.shape.length, axes);
  const affine = (normal: Node): Node => {
    const scaled = gamma ? mul(normal, gamma) : normal;
    return beta ? add(scaled, beta) : scaled;
  };
  if (isLastAxis(x, over)) return affine(normalizeRows(x, { center, epsilon }));
  const share = 1 / sizeOf(over.map((axis) => x.shape[axis] ?? 1));
  // Scaled before it is summed up, so that the sum is all there is to do in its launch.
  const mean = (value: Node): Node => sum(mul(value, share), over, true);
  const middle = center ? mean(x) : undefined;
  // The difference the other way round, so that it is not the very value that is normalized, which would be stored for both.
  const variance = mean(square(middle ? sub(middle, x) : x));
  const scale = div(1, sqrt(add(variance, epsilon)));
  const normal = mul(middle ? sub(x, middle) : x, scale);
  const inputs = [x, ...(gamma ? [gamma] : []), ...(beta ? [beta] : [])];
  return customGradient(affine(normal), inputs, (dy) => {
    const weighted = mul(dy, normal);
    const drift = mul(normal, mean(gamma ? mul(weighted, gamma) : weighted));
    const shift = center ? add(drift, mean(gamma ? mul(dy, gamma) : dy)) : drift;
    const dx = sub(mul(dy, gamma ? mul(gamma, scale) : scale), mul(shift, scale));
    return [dx, ...(gamma ? [sumTo(weighted, gamma.shape)] : []), ...(beta ? [sumTo(dy, beta.shape)] : [])];
  });
}
