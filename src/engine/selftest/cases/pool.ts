// Cases of pooling.
import { apply, type Node } from "../../graph/node";
import { input } from "../../ops/leaf";
import { avgPool2d, maxPool2d, poolOps, type PoolOptions } from "../../ops/pool";
import type { Shape } from "../../shape";
import { hand, type OpCases } from "./table";
import { distinct, drawn, drawnBelow, given, type Sample, type Tensor } from "../sample";

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

const quarters: PoolOptions = { poolSize: [2, 2], strides: [2, 2], padding: "valid" };
const padded: PoolOptions = { poolSize: [2, 2], strides: [2, 2], padding: "same" };
const pairs: PoolOptions = { poolSize: [1, 2], strides: [1, 1], padding: "valid" };
const overlapping: PoolOptions = { poolSize: [3, 2], strides: [2, 1], padding: "same" };
const gaps: PoolOptions = { poolSize: [1, 1], strides: [3, 2], padding: "valid" };

/** Images `n` high or wide, with every relation of window, step and padding. */
function pooled(n: number, pool: (feeds: Sample["feeds"], options: PoolOptions) => Sample): Sample[] {
  return [
    pool([distinct([2, n, 3, 2], 1)], overlapping),
    pool([distinct([1, 4, n, 3], 2)], { poolSize: [2, Math.min(n, 3)], strides: [1, 2], padding: "valid" }),
    pool([distinct([1, n, 2, 1], 3)], { poolSize: [5, 5], strides: [4, 3], padding: "same" }),
    pool([distinct([1, n, 5, 2], 4)], gaps),
    // Four channels at a time and one more: windows that tile the image, leave some over, and hang over its end.
    pool([distinct([2, 2 * n, 4, 5], 5)], quarters),
    pool([distinct([1, 2 * n + 1, 5, 4], 6)], quarters),
    pool([distinct([1, n, 5, 5], 7)], padded),
    pool([distinct([1, n, 4, 6], 8)], overlapping),
  ];
}

const maxPool2dArg = (x: Node, options: PoolOptions): Node => apply(poolOps.maxPool2dArg, [x], options);

const maxPool2dGrad = (arg: Node, dy: Node, options: PoolOptions, images: Shape): Node =>
  apply(poolOps.maxPool2dGrad, [arg, dy], { ...options, images });

/** Such images with a gradient for each pooled pixel. */
function pooledGrads(n: number, op: "maxPool2dGrad" | "avgPool2dGrad"): Sample[] {
  return pooled(n, ([x], options) => {
    const images = x!.shape;
    const { shape } = maxPool2d(input("x", images), options);
    const dy = drawn(shape, 5);
    return op === "maxPool2dGrad"
      ? {
          name: describe(images, options),
          feeds: [x!, dy],
          build: (a, b) => maxPool2dGrad(maxPool2dArg(a, options), b, options, images),
        }
      : {
          name: describe(images, options),
          feeds: [dy],
          build: (b) => apply(poolOps[op], [b], { ...options, images }),
        };
  });
}

/** Few values, many of them equal, and nothing but ties. */
const tied = (n: number): { name: string; image: Tensor }[] => [
  { name: `[1, ${n}, 3, 5] of two values`, image: { ...drawnBelow(2, [1, n, 3, 5], 6), dtype: "f32" } },
  { name: `[1, ${n}, 3, 1] of zeros`, image: given([1, n, 3, 1], new Array<number>(3 * n).fill(0)) },
];

function describe(shape: readonly number[], options: PoolOptions): string {
  return `[${shape.join(", ")}] ${JSON.stringify(options).replaceAll('"', "")}`;
}

const poolRefusals = (name: "maxPool2d" | "maxPool2dArg" | "avgPool2d", pool: typeof maxPool2d): OpCases["refused"] => [
  {
    name: "three axes",
    build: () => pool(input("x", [4, 4, 1]), quarters),
    message: new RegExp(`^${name}: expected images \\[N, H, W, C\\], got \\[4, 4, 1\\]\\. Reshape`),
  },
  {
    name: "a window that does not fit",
    build: () => pool(input("x", [1, 4, 1, 1]), quarters),
    message: new RegExp(
      `^${name} width: expected an input of at least 2 for a window of 2 without padding, got 1\\. Use`,
    ),
  },
  {
    name: "bytes",
    build: () => pool(input("x", [1, 4, 4, 1], "u8"), quarters),
    message: new RegExp(`^${name}: expected f32 operands, got u8\\. Gather`),
  },
  {
    name: "a stride of zero",
    build: () => pool(input("x", [1, 4, 4, 1]), { ...quarters, strides: [0, 1] }),
    message: new RegExp(`^${name} height: expected stride to be a positive whole number, got 0\\.$`),
  },
];

/** Cases by op. */
export const poolCases: Record<keyof typeof poolOps, OpCases> = {
  maxPool2d: {
    hand: [
      hand("quarters", [given([1, 4, 4, 1], upTo(16))], (x) => maxPool2d(x, quarters), [1, 2, 2, 1], [6, 8, 14, 16]),
      hand(
        "padding never wins",
        [
          given(
            [1, 3, 3, 1],
            upTo(9).map((v) => -v),
          ),
        ],
        (x) => maxPool2d(x, padded),
        [1, 2, 2, 1],
        [-1, -3, -7, -9],
      ),
      hand("channels apart", [given([1, 1, 2, 2], [1, 8, 3, 4])], (x) => maxPool2d(x, pairs), [1, 1, 1, 2], [3, 8]),
    ],
    sized: (n) =>
      pooled(n, (feeds, options) => ({
        name: describe(feeds[0]!.shape, options),
        feeds,
        build: (x) => maxPool2d(x, options),
      })),
    gradients: [
      { name: "overlapping", feeds: [distinct([2, 4, 3, 2], 1)], build: (x) => maxPool2d(x, overlapping) },
      { name: "with gaps", feeds: [distinct([1, 4, 4, 1], 2)], build: (x) => maxPool2d(x, gaps) },
    ],
    refused: poolRefusals("maxPool2d", maxPool2d),
  },
  maxPool2dArg: {
    hand: [
      hand(
        "the first of equals, row by row",
        [given([1, 2, 6, 1], [1, 2, 0, 4, 5, 5, 3, 0, 4, 4, 5, 5])],
        (x) => maxPool2dArg(x, quarters),
        [1, 1, 3, 1],
        [2, 1, 0],
      ),
      hand(
        "taps are counted from the window, with what padding hides",
        [given([1, 1, 3, 1], [3, 2, 1])],
        (x) => maxPool2dArg(x, { poolSize: [3, 3], strides: [1, 1], padding: "same" }),
        [1, 1, 3, 1],
        [4, 3, 3],
      ),
      hand(
        "channels apart, five of them",
        [given([1, 1, 2, 5], [1, 8, 3, 4, 9, 2, 7, 3, 5, 8])],
        (x) => maxPool2dArg(x, pairs),
        [1, 1, 1, 5],
        [1, 0, 0, 1, 0],
      ),
    ],
    sized: (n) => [
      ...pooled(n, (feeds, options) => ({
        name: describe(feeds[0]!.shape, options),
        feeds,
        build: (x) => maxPool2dArg(x, options),
      })),
      ...tied(n).map(({ name, image }) => ({
        name,
        feeds: [image],
        build: (x: Node) => maxPool2dArg(x, overlapping),
      })),
    ],
    gradients: "none",
    refused: poolRefusals("maxPool2dArg", maxPool2dArg),
  },
  maxPool2dGrad: {
    hand: [
      hand(
        "each window's goes to the tap that arg names, and what no window covers gets nothing",
        [given([1, 1, 2, 1], [3, 0], "u32"), given([1, 1, 2, 1], [5, 7])],
        (arg, dy) => maxPool2dGrad(arg, dy, quarters, [1, 3, 5, 1]),
        [1, 3, 5, 1],
        [0, 0, 7, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0],
      ),
      hand(
        "taps are counted from the window, with what padding hides",
        [given([1, 1, 3, 1], [4, 3, 3], "u32"), given([1, 1, 3, 1], [1, 10, 100])],
        (arg, dy) => maxPool2dGrad(arg, dy, { poolSize: [3, 3], strides: [1, 1], padding: "same" }, [1, 1, 3, 1]),
        [1, 1, 3, 1],
        [11, 100, 0],
      ),
      hand(
        "ties go to the first",
        [given([1, 2, 2, 1], [1, 1, 1, 1]), given([1, 1, 1, 1], [5])],
        (x, dy) => maxPool2dGrad(maxPool2dArg(x, quarters), dy, quarters, x.shape),
        [1, 2, 2, 1],
        [5, 0, 0, 0],
      ),
      hand(
        "overlapping windows add up",
        [given([1, 1, 4, 1], [1, 3, 2, 3]), given([1, 1, 3, 1], [10, 20, 30])],
        (x, dy) => maxPool2dGrad(maxPool2dArg(x, pairs), dy, pairs, x.shape),
        [1, 1, 4, 1],
        [0, 30, 0, 30],
      ),
    ],
    sized: (n) => [
      ...pooledGrads(n, "maxPool2dGrad"),
      ...tied(n).map(({ name, image }) => ({
        name,
        feeds: [image, drawn(maxPool2d(input("x", image.shape), overlapping).shape, 6)],
        build: (x: Node, dy: Node) => maxPool2dGrad(maxPool2dArg(x, overlapping), dy, overlapping, x.shape),
      })),
    ],
    gradients: "none",
    refused: [
      {
        name: "a gradient of another shape",
        build: () =>
          maxPool2dGrad(input("arg", [1, 2, 2, 1], "u32"), input("dy", [1, 4, 4, 1]), quarters, [1, 4, 4, 1]),
        message: /^maxPool2dGrad: expected dy to be f32 \[1, 2, 2, 1\], got f32 \[1, 4, 4, 1\]\.$/,
      },
      {
        name: "images in the place of taps",
        build: () => maxPool2dGrad(input("x", [1, 4, 4, 1]), input("dy", [1, 2, 2, 1]), quarters, [1, 4, 4, 1]),
        message: /^maxPool2dGrad: expected arg to be u32 \[1, 2, 2, 1\], got f32 \[1, 4, 4, 1\]\.$/,
      },
    ],
  },
  avgPool2d: {
    hand: [
      hand(
        "quarters",
        [given([1, 4, 4, 1], upTo(16))],
        (x) => avgPool2d(x, quarters),
        [1, 2, 2, 1],
        [3.5, 5.5, 11.5, 13.5],
      ),
      hand(
        "padding is not counted",
        [given([1, 3, 3, 1], upTo(9))],
        (x) => avgPool2d(x, padded),
        [1, 2, 2, 1],
        [3, 4.5, 7.5, 9],
      ),
    ],
    sized: (n) =>
      pooled(n, (feeds, options) => ({
        name: describe(feeds[0]!.shape, options),
        feeds,
        build: (x) => avgPool2d(x, options),
      })),
    gradients: [{ name: "overlapping", feeds: [drawn([2, 4, 3, 2], 1)], build: (x) => avgPool2d(x, overlapping) }],
    refused: poolRefusals("avgPool2d", avgPool2d),
  },
  avgPool2dGrad: {
    hand: [
      hand(
        "shares of a padded row",
        [given([1, 1, 3, 1], [2, 4, 6])],
        (dy) =>
          apply(poolOps.avgPool2dGrad, [dy], {
            poolSize: [1, 2],
            strides: [1, 1],
            padding: "same",
            images: [1, 1, 3, 1],
          }),
        [1, 1, 3, 1],
        [1, 3, 8],
      ),
    ],
    sized: (n) => pooledGrads(n, "avgPool2dGrad"),
    gradients: "none",
    refused: [
      {
        name: "a gradient of another shape",
        build: () => apply(poolOps.avgPool2dGrad, [input("dy", [1, 4, 4, 1])], { ...quarters, images: [1, 4, 4, 1] }),
        message: /^avgPool2dGrad: expected dy to be f32 \[1, 2, 2, 1\], got f32 \[1, 4, 4, 1\]\.$/,
      },
    ],
  },
};
