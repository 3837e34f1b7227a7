// Cases of the sums behind batch normalization.
import { apply, type Node } from "../../graph/node";
import { batchMoments, batchNormOps } from "../../ops/batchNorm";
import { constant } from "../../ops/constant";
import { oneHot } from "../../ops/gather";
import { reshape } from "../../ops/layout";
import { input } from "../../ops/leaf";
import { hand, type OpCases } from "./table";
import { counter, drawn, given, type Sample, type Tensor } from "../sample";

const sums = (dy: Node, x: Node, moments: Node, epsilon = 1e-3): Node =>
  apply(batchNormOps.batchMomentsGrad, [dy, x, moments], { epsilon });

/** Batches with `n` samples, places or channels: fewer channels than neighbours in memory, as many, and more. */
const batches = (n: number): readonly (readonly number[])[] => [
  [n, 3],
  [3, n],
  [2, n, 3, 5],
  [5, 2, n, 16],
  [3, 7, 2, 4 * n + 1],
  [2, 40, n, 33],
];

/** The first half of the samples, rounded up, which is never none. */
function half(samples: number): readonly [mask: Tensor, count: Tensor] {
  const counted = Math.ceil(samples / 2);
  const mask = Array.from({ length: samples }, (_, i) => (i < counted ? 1 : 0));
  return [given([samples], mask), given([], [counted])];
}

const whole = (shape: readonly number[]): Sample => ({
  name: `[${shape.join(", ")}]`,
  feeds: [drawn(shape, 1)],
  build: (x) => batchMoments(x),
});

const masked = (shape: readonly number[]): Sample => ({
  name: `[${shape.join(", ")}], half of it`,
  feeds: [drawn(shape, 2), ...half(shape[0]!)],
  build: (x, mask, count) => batchMoments(x, { mask: mask!, count: count! }),
});

/** Cases by op. */
export const batchNormCases: Record<keyof typeof batchNormOps, OpCases> = {
  batchMoments: {
    hand: [
      hand("two channels", [given([2, 2], [1, 10, 3, 30])], (x) => batchMoments(x), [2, 2], [2, 20, 1, 100]),
      hand(
        "all places of a sample",
        [given([1, 2, 2, 1], [0, 2, 4, 6])],
        (x) => batchMoments(x),
        // Differences of 3, 1, 1 and 3 from the mean.
        [2, 1],
        [3, 5],
      ),
      hand(
        "samples that do not count",
        [given([3, 1], [1, 5, 1000]), given([3], [1, 1, 0]), given([], [2])],
        (x, mask, count) => batchMoments(x, { mask, count }),
        [2, 1],
        [3, 4],
      ),
      hand(
        "a large mean costs the variance no digits",
        [given([4, 1], [4096, 4097, 4098, 4099])],
        (x) => batchMoments(x),
        [2, 1],
        [4097.5, 1.25],
      ),
    ],
    sized: (n) => batches(n).flatMap((shape) => [whole(shape), masked(shape)]),
    gradients: [
      whole([3, 2]),
      whole([2, 2, 2, 3]),
      {
        name: "one sample of three counts",
        feeds: [drawn([3, 2, 2], 3), counter(1)],
        build: (x, index) =>
          batchMoments(x!, { mask: reshape(oneHot(reshape(index!, [1]), 3), [3]), count: constant(1, []) }),
      },
    ],
    refused: [
      {
        name: "a scalar",
        build: () => batchMoments(input("x", [])),
        message: /^batchMoments: expected samples of channels \[N, \.\., C\], got \[\]\.$/,
      },
      {
        name: "bytes",
        build: () => batchMoments(input("x", [4, 2], "u8")),
        message: /^batchMoments: expected f32 operands, got u8\. Gather/,
      },
      {
        name: "a mask of another length",
        build: () => batchMoments(input("x", [4, 2]), { mask: input("m", [2]), count: input("c", []) }),
        message: /^batchMoments: expected a mask of f32 \[4\], one number a sample, got f32 \[2\]\.$/,
      },
      {
        name: "counts",
        build: () => batchMoments(input("x", [4, 2]), { mask: input("m", [4]), count: input("c", [4]) }),
        message: /^batchMoments: expected the count of samples to be an f32 scalar, got f32 \[4\]\.$/,
      },
    ],
  },
  batchMomentsGrad: {
    // Up to 20,560 products of up to 6, whose running totals of some 300 round by 1e-5 each.
    tolerance: 1e-4,
    hand: [
      hand(
        "by differences over the deviation",
        // Variances of 1 - 1/4 and 4 - 1/4, so that with epsilon 1/4 deviations are 1 and 2.
        [given([2, 2], [1, 2, 3, 4]), given([2, 2], [1, 4, 3, 0]), given([2, 2], [2, 2, 0.75, 3.75])],
        (dy, x, moments) => sums(dy, x, moments, 0.25),
        [2, 2],
        // 1 (1 - 2) + 3 (3 - 2), and (2 (4 - 2) + 4 (0 - 2)) / 2.
        [4, 6, 2, -2],
      ),
    ],
    sized: (n) =>
      batches(n).map((shape) => ({
        name: `[${shape.join(", ")}]`,
        feeds: [drawn(shape, 1), drawn(shape, 2), drawn([2, shape.at(-1)!], 3, [0.5, 1])],
        build: (dy, x, moments) => sums(dy!, x!, moments!),
      })),
    gradients: "none",
    refused: [
      {
        name: "another shape",
        build: () => sums(input("dy", [4, 3]), input("x", [4, 2]), input("m", [2, 2])),
        message: /^batchMomentsGrad: expected dy \[4, 2\] like x and moments \[2, 2\], got \[4, 3\] and \[2, 2\]\.$/,
      },
      {
        name: "no epsilon",
        build: () => sums(input("dy", [4, 2]), input("x", [4, 2]), input("m", [2, 2]), 0),
        message: /^batchMomentsGrad: expected epsilon above 0, got 0\.$/,
      },
    ],
  },
};
