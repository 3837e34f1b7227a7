// Cases of the element-wise ops. Only hand values are written down: the rest follows from each row's arity and domain.
import { rows, type PointwiseName, pointwise, pointwiseOps } from "../../ops/pointwise";
import type { Attrs } from "../../graph/type";
import { input } from "../../ops/leaf";
import { hand, type OpCases, type Refusal } from "./table";
import { drawn, given, type Sample } from "../sample";

/** Operands and result, from printed tables (Abramowitz and Stegun 1964) where they are not plain arithmetic. */
const known: Record<PointwiseName, readonly [operands: readonly (readonly number[])[], result: readonly number[]]> = {
  add: [
    [
      [1, -2, 0.5],
      [10, 20, -0.5],
    ],
    [11, 18, 0],
  ],
  sub: [
    [
      [1, -2, 0.5],
      [10, 20, -0.5],
    ],
    [-9, -22, 1],
  ],
  mul: [
    [
      [1, -2, 0.5],
      [10, 20, -0.5],
    ],
    [10, -40, -0.25],
  ],
  div: [
    [
      [1, -2, 0.5],
      [4, 8, -0.25],
    ],
    [0.25, -0.25, -2],
  ],
  neg: [[[1.5, -2, 0]], [-1.5, 2, 0]],
  abs: [[[1.5, -2, 0]], [1.5, 2, 0]],
  exp: [[[0, 1, -1, 2]], [1, 2.718281828, 0.3678794412, 7.389056099]],
  log: [[[1, 2, 10, 0.5]], [0, 0.6931471806, 2.302585093, -0.6931471806]],
  sqrt: [[[0, 4, 2, 0.25]], [0, 2, 1.414213562, 0.5]],
  square: [[[3, -0.5, 0]], [9, 0.25, 0]],
  // The exponent is 2.5: 4^2.5 = 32, 2^2.5 = 4 sqrt 2.
  pow: [[[4, 2, 1, 0.25]], [32, 5.656854249, 1, 0.03125]],
  maximum: [
    [
      [1, -2, 3],
      [2, -3, 3],
    ],
    [2, -2, 3],
  ],
  minimum: [
    [
      [1, -2, 3],
      [2, -3, 3],
    ],
    [1, -3, 3],
  ],
  // Limits -1.1 and 1.3.
  clip: [[[-2, -1, 0, 1.25, 5]], [-1.1, -1, 0, 1.25, 1.3]],
  relu: [[[-2, 0, 3.5]], [0, 0, 3.5]],
  // Slope 0.3.
  leakyRelu: [[[-2, 0, 3.5]], [-0.6, 0, 3.5]],
  // alpha 1.3: 1.3 (e^-1 - 1).
  elu: [[[-1, 0, 3.5]], [-0.8217567265, 0, 3.5]],
  sigmoid: [[[0, 1, -1, 2]], [0.5, 0.7310585786, 0.2689414214, 0.880797078]],
  tanh: [[[0, 0.5, -1, 2]], [0, 0.4621171573, -0.761594156, 0.9640275801]],
  softplus: [[[0, 1, -1, 10]], [0.6931471806, 1.313261688, 0.3132616875, 10.0000454]],
  erf: [[[0, 0.5, -1, 2]], [0, 0.5204998778, -0.8427007929, 0.995322265]],
  // x Phi(x), Phi(1) = 0.8413447461, Phi(2) = 0.9772498681.
  gelu: [[[0, 1, -1, 2]], [0, 0.8413447461, -0.1586552539, 1.954499736]],
  // Phi(x) + x phi(x), phi(1) = 0.2419707245, phi(2) = 0.0539909665.
  geluSlope: [[[0, 1, -1, 2]], [0.5, 1.0833154706, -0.0833154706, 1.0852318011]],
  sign: [[[-3, 0, 0.1]], [-1, 0, 1]],
  greater: [
    [
      [1, 2, 3],
      [2, 2, 2],
    ],
    [0, 0, 1],
  ],
  greaterEqual: [
    [
      [1, 2, 3],
      [2, 2, 2],
    ],
    [0, 1, 1],
  ],
  equal: [
    [
      [1, 2, 3],
      [2, 2, 2],
    ],
    [0, 1, 0],
  ],
};

interface RowFacts {
  readonly arity: number;
  readonly sample: readonly [number, number];
  readonly attrs?: Attrs;
}

function casesOf(name: PointwiseName): OpCases {
  const { arity, sample, attrs = {} }: RowFacts = rows[name];
  const build: Sample["build"] = (...operands) => pointwise(name, operands, attrs);
  const [operands, result] = known[name];
  const flat = operands.map((values) => given([values.length], values));
  // A seed of its own for each row, so that no two rows share a lucky draw.
  const seed = 100 + Object.keys(rows).indexOf(name);
  const [low, high] = sample;
  const middle = [0.6 * low + 0.4 * high, 0.4 * low + 0.6 * high] as const;
  const pair = (a: readonly number[], b: readonly number[]): Sample => ({
    name: `[${a.join(", ")}] and [${b.join(", ")}]`,
    // A scalar from the middle of the domain, where neither operand of a maximum always wins.
    feeds: [drawn(a, seed, sample), drawn(b, seed + 1000, b.length === 0 ? middle : sample)],
    build,
  });
  const single = (shape: readonly number[]): Sample => ({
    name: `[${shape.join(", ")}]`,
    feeds: [drawn(shape, seed, sample)],
    build,
  });
  const broadcasts: Refusal = {
    name: "shapes that do not broadcast",
    build: () => build(input("a", [2, 3]), input("b", [2, 4])),
    message: new RegExp(`^${name}: expected shapes that broadcast together, got \\[2, 3\\] and \\[2, 4\\]\\. Aligned`),
  };
  const bytes: Refusal = {
    name: "bytes",
    build: () => build(...Array.from({ length: arity }, () => input("a", [4], "u8"))),
    message: new RegExp(`^${name}: expected f32 or u32 operands, got u8\\. Gather`),
  };
  return {
    hand: [hand("known values", flat, build, [result.length], result)],
    // Two-operand ops meet every way to broadcast: equal, a scalar, a row, a column, both stretched, a new axis.
    sized: (n) =>
      arity === 1
        ? [single([n]), single([3, n])]
        : [
            pair([n], [n]),
            pair([n, 3], []),
            pair([5, n], [n]),
            pair([n, 5], [n, 1]),
            pair([n, 1], [3]),
            pair([n], [2, 1, 1]),
          ],
    gradients:
      pointwiseOps[name].gradient === "none"
        ? "none"
        : arity === 1
          ? [single([7])]
          : [pair([5], [5]), pair([2, 3], [3]), pair([2, 1], [1, 3]), pair([9], [])],
    refused: arity === 1 ? [bytes] : [broadcasts, bytes],
    // exp, log, pow and tanh are allowed several units in the last place by WGSL: 3 + 2|x| for exp alone.
    tolerance: 1e-5,
  };
}

/** Cases by op. */
export const pointwiseCases = Object.fromEntries(
  (Object.keys(rows) as PointwiseName[]).map((name) => [name, casesOf(name)]),
) as Record<PointwiseName, OpCases>;
