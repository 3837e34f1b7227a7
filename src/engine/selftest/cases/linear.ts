// Cases of the ops that are matrix products: matmul and the three of convolution.
import {
  conv2d,
  conv2dInputGrad,
  conv2dKernelGrad,
  type conv2dOps,
  conv2dTranspose,
  type ConvOptions,
} from "../../ops/conv2d";
import { input } from "../../ops/leaf";
import { matmul, type matmulOps } from "../../ops/matmul";
import { hand, type OpCases } from "./table";
import { drawn, given } from "../sample";

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

const plain: ConvOptions = { strides: [1, 1], dilation: [1, 1], padding: "valid" };
const strided: ConvOptions = { strides: [2, 1], dilation: [1, 1], padding: "same" };
const dilated: ConvOptions = { strides: [1, 1], dilation: [2, 3], padding: "same" };
const both: ConvOptions = { strides: [2, 3], dilation: [1, 2], padding: "valid" };

/** Convolutions `n` high, wide, deep, and with `n` filters. */
function convolutions(n: number): { name: string; x: number[]; w: number[]; options: ConvOptions }[] {
  return [
    { name: `${n} high, strided`, x: [2, n, 3, 2], w: [3, 2, 2, 3], options: strided },
    { name: `${n} wide, dilated`, x: [1, 4, n, 3], w: [2, 3, 3, 2], options: dilated },
    { name: `${n} channels, strided and dilated`, x: [1, 3, 7, n], w: [3, 2, n, 2], options: both },
    { name: `${n} filters`, x: [2, 4, 5, 3], w: [2, 2, 3, n], options: plain },
    { name: `1x1 kernels on ${n}`, x: [1, n, 2, 4], w: [1, 1, 4, 5], options: plain },
  ];
}

/** Two of those, other ones at other sizes: each is a slow shader to compile, and the loaders are the same at any size. */
function someConvolutions(n: number): ReturnType<typeof convolutions> {
  const all = convolutions(n);
  return [all[n % all.length]!, all[(n + 2) % all.length]!];
}

const outputShape = ({ x, w, options }: { x: number[]; w: number[]; options: ConvOptions }): readonly number[] =>
  conv2d(input("x", x), input("w", w), options).shape;

const a = given([2, 2], [1, 2, 3, 4]);
const b = given([2, 2], [5, 6, 7, 8]);

/** Cases by op. */
export const linearCases: Record<keyof typeof matmulOps | keyof typeof conv2dOps, OpCases> = {
  matmul: {
    hand: [
      hand("two by two", [a, b], (x, y) => matmul(x, y), [2, 2], [19, 22, 43, 50]),
      hand("A transposed", [a, b], (x, y) => matmul(x, y, { transposeA: true }), [2, 2], [26, 30, 38, 44]),
      hand("B transposed", [a, b], (x, y) => matmul(x, y, { transposeB: true }), [2, 2], [17, 23, 39, 53]),
      hand("both", [a, b], (x, y) => matmul(x, y, { transposeA: true, transposeB: true }), [2, 2], [23, 31, 34, 46]),
      hand(
        "a batch against one matrix",
        [given([2, 1, 2], [1, 2, 3, 4]), given([2, 1], [10, 1])],
        (x, y) => matmul(x, y),
        [2, 1, 1],
        [12, 34],
      ),
      hand(
        "batches that stretch each other",
        [given([2, 1, 1, 1], [2, 3]), given([1, 2, 1, 1], [5, 7])],
        (x, y) => matmul(x, y),
        [2, 2, 1, 1],
        [10, 14, 15, 21],
      ),
    ],
    sized: (n) => [
      { name: `[${n}, ${n}] twice`, feeds: [drawn([n, n], 1), drawn([n, n], 2)], build: (x, y) => matmul(x, y) },
      { name: `${n} rows`, feeds: [drawn([n, 5], 3), drawn([5, 7], 4)], build: (x, y) => matmul(x, y) },
      { name: `${n} columns`, feeds: [drawn([5, 3], 3), drawn([3, n], 4)], build: (x, y) => matmul(x, y) },
      {
        name: `${n} deep, A transposed`,
        feeds: [drawn([n, 5], 5), drawn([n, 3], 6)],
        build: (x, y) => matmul(x, y, { transposeA: true }),
      },
      {
        name: `${n} deep, B transposed`,
        feeds: [drawn([66, n], 7), drawn([3, n], 8)],
        build: (x, y) => matmul(x, y, { transposeB: true }),
      },
      {
        name: `${n} matrices, both transposed`,
        feeds: [drawn([n, 2, 3], 9), drawn([5, 2], 10)],
        build: (x, y) => matmul(x, y, { transposeA: true, transposeB: true }),
      },
    ],
    gradients: [
      { name: "plain", feeds: [drawn([2, 3], 1), drawn([3, 2], 2)], build: (x, y) => matmul(x, y) },
      {
        name: "A transposed",
        feeds: [drawn([3, 2], 1), drawn([3, 2], 2)],
        build: (x, y) => matmul(x, y, { transposeA: true }),
      },
      {
        name: "B transposed",
        feeds: [drawn([2, 3], 1), drawn([4, 3], 2)],
        build: (x, y) => matmul(x, y, { transposeB: true }),
      },
      {
        name: "both transposed",
        feeds: [drawn([3, 2], 1), drawn([4, 3], 2)],
        build: (x, y) => matmul(x, y, { transposeA: true, transposeB: true }),
      },
      {
        name: "batches that stretch",
        feeds: [drawn([2, 2, 3], 1), drawn([3, 2], 2)],
        build: (x, y) => matmul(x, y),
      },
    ],
    refused: [
      {
        name: "inner sizes that differ",
        build: () => matmul(input("a", [2, 3]), input("b", [4, 5])),
        message: /^matmul: expected the columns of A to match the rows of B, got \[2, 3\] and \[4, 5\]\.$/,
      },
      {
        name: "a vector",
        build: () => matmul(input("a", [3]), input("b", [3, 5])),
        message: /^matmul: expected two matrices, got \[3\] and \[3, 5\]\. Reshape vectors first\.$/,
      },
      {
        name: "batches that do not stretch",
        build: () => matmul(input("a", [2, 1, 3]), input("b", [3, 3, 1])),
        message: /^matmul: expected shapes that broadcast together, got \[2\] and \[3\]\./,
      },
      {
        name: "bytes",
        build: () => matmul(input("a", [2, 3], "u8"), input("b", [3, 5])),
        message: /^matmul: expected f32 operands, got u8 and f32\./,
      },
    ],
    // Up to 257 products of numbers up to 2, added in another order: partial sums reach 60, where f32 steps are 4e-6,
    // and some steps add up in the unluckiest of 66,049 sums.
    tolerance: 5e-5,
  },
  conv2d: {
    hand: [
      hand(
        "the kernel is not flipped",
        [given([1, 3, 3, 1], upTo(9)), given([2, 2, 1, 1], upTo(4))],
        (x, w) => conv2d(x, w),
        [1, 2, 2, 1],
        [37, 47, 67, 77],
      ),
      hand(
        "same, one cell around",
        [given([1, 2, 2, 1], upTo(4)), given([3, 3, 1, 1], new Array<number>(9).fill(1))],
        (x, w) => conv2d(x, w, { padding: "same" }),
        [1, 2, 2, 1],
        [10, 10, 10, 10],
      ),
      hand(
        "same, strided: padding behind only",
        [given([1, 3, 3, 1], upTo(9)), given([2, 2, 1, 1], [1, 1, 1, 1])],
        (x, w) => conv2d(x, w, { padding: "same", strides: [2, 2] }),
        [1, 2, 2, 1],
        [12, 9, 15, 9],
      ),
      hand(
        "dilated",
        [given([1, 1, 4, 1], upTo(4)), given([1, 2, 1, 1], [1, 10])],
        (x, w) => conv2d(x, w, { dilation: [1, 2] }),
        [1, 1, 2, 1],
        [31, 42],
      ),
      hand(
        "channels and filters",
        [given([1, 1, 1, 2], [2, 3]), given([1, 1, 2, 2], [1, 10, 100, 1000])],
        (x, w) => conv2d(x, w),
        [1, 1, 1, 2],
        [302, 3020],
      ),
    ],
    sized: (n) =>
      convolutions(n).map(({ name, x, w, options }) => ({
        name,
        feeds: [drawn(x, 1), drawn(w, 2)],
        build: (image, kernel) => conv2d(image, kernel, options),
      })),
    gradients: [
      {
        name: "plain",
        feeds: [drawn([2, 3, 4, 2], 1), drawn([2, 2, 2, 3], 2)],
        build: (x, w) => conv2d(x, w, plain),
      },
      {
        name: "strided, same",
        feeds: [drawn([1, 4, 3, 2], 1), drawn([3, 2, 2, 2], 2)],
        build: (x, w) => conv2d(x, w, strided),
      },
      {
        name: "dilated, same",
        feeds: [drawn([1, 4, 5, 1], 3), drawn([2, 2, 1, 2], 4)],
        build: (x, w) => conv2d(x, w, dilated),
      },
      {
        name: "strided and dilated, valid",
        feeds: [drawn([1, 4, 7, 1], 5), drawn([2, 2, 1, 2], 6)],
        build: (x, w) => conv2d(x, w, both),
      },
    ],
    refused: [
      {
        name: "channels that differ",
        build: () => conv2d(input("x", [1, 4, 4, 2]), input("w", [3, 3, 1, 8])),
        message:
          /^conv2d: expected an input \[N, H, W, C\] and a kernel \[KH, KW, C, O\] of the same C, got \[1, 4, 4, 2\] and \[3, 3, 1, 8\]\.$/,
      },
      {
        name: "a kernel that does not fit",
        build: () => conv2d(input("x", [1, 2, 4, 1]), input("w", [3, 3, 1, 8])),
        message: /^conv2d height: expected an input of at least 3 for a window of 3 without padding, got 2\. Use/,
      },
      {
        name: "bytes",
        build: () => conv2d(input("x", [1, 4, 4, 1], "u8"), input("w", [3, 3, 1, 8])),
        message: /^conv2d: expected f32 operands, got u8 and f32\./,
      },
    ],
    // Up to 1,542 products of numbers up to 2 in another order, as for matmul.
    tolerance: 5e-5,
  },
  conv2dInputGrad: {
    hand: [
      hand(
        "one window",
        [given([1, 1, 1, 1], [2]), given([2, 2, 1, 1], upTo(4))],
        (dy, w) => conv2dInputGrad(dy, w, { ...plain, inputShape: [1, 2, 2, 1] }),
        [1, 2, 2, 1],
        [2, 4, 6, 8],
      ),
      hand(
        "two windows that overlap",
        [given([1, 1, 2, 1], [1, 10]), given([1, 2, 1, 1], [1, 2])],
        (dy, w) => conv2dInputGrad(dy, w, { ...plain, inputShape: [1, 1, 3, 1] }),
        [1, 1, 3, 1],
        [1, 12, 20],
      ),
      hand(
        "transposed, with gaps that no window covers",
        [given([1, 1, 2, 1], [1, 10]), given([1, 2, 1, 1], [1, 2])],
        (x, w) => conv2dTranspose(x, w, { strides: [1, 3] }),
        [1, 1, 6, 1],
        [1, 2, 0, 10, 20, 0],
      ),
      hand(
        "transposed, the kernel's last axis is the input's channels",
        [given([1, 1, 1, 2], [2, 3]), given([1, 1, 3, 2], [1, 10, 100, 1000, 5, 7])],
        (x, w) => conv2dTranspose(x, w, { strides: [1, 1] }),
        [1, 1, 1, 3],
        [32, 3200, 31],
      ),
      hand(
        "transposed, same: what hangs over is cut off behind",
        [given([1, 1, 2, 1], [1, 10]), given([1, 3, 1, 1], [1, 2, 3])],
        (x, w) => conv2dTranspose(x, w, { strides: [1, 2], padding: "same" }),
        [1, 1, 4, 1],
        [1, 2, 13, 20],
      ),
    ],
    sized: (n) =>
      someConvolutions(n).map((c) => ({
        name: c.name,
        feeds: [drawn(outputShape(c), 1), drawn(c.w, 2)],
        build: (dy, w) => conv2dInputGrad(dy, w, { ...c.options, inputShape: c.x }),
      })),
    gradients: [
      {
        name: "strided, same",
        feeds: [drawn([1, 2, 3, 2], 1), drawn([3, 2, 2, 2], 2)],
        build: (dy, w) => conv2dInputGrad(dy, w, { ...strided, inputShape: [1, 4, 3, 2] }),
      },
      {
        name: "transposed, valid, strides above the kernel and below",
        feeds: [drawn([2, 2, 3, 2], 3), drawn([2, 3, 3, 2], 4)],
        build: (x, w) => conv2dTranspose(x, w, { strides: [3, 2] }),
      },
      {
        name: "transposed, same",
        feeds: [drawn([1, 3, 2, 2], 5), drawn([3, 4, 1, 2], 6)],
        build: (x, w) => conv2dTranspose(x, w, { strides: [2, 2], padding: "same" }),
      },
    ],
    refused: [
      {
        name: "transposed, channels that differ",
        build: () => conv2dTranspose(input("x", [1, 4, 4, 2]), input("w", [3, 3, 2, 8])),
        message:
          /^conv2dTranspose: expected an input \[N, H, W, C\] and a kernel \[KH, KW, O, C\] of the same C, got \[1, 4, 4, 2\] and \[3, 3, 2, 8\]\.$/,
      },
      {
        name: "transposed, a stride of zero",
        build: () => conv2dTranspose(input("x", [1, 4, 4, 2]), input("w", [3, 3, 2, 2]), { strides: [0, 1] }),
        message: /^conv2dTranspose height: expected stride to be a positive whole number, got 0\.$/,
      },
      {
        name: "a gradient of another shape",
        build: () =>
          conv2dInputGrad(input("dy", [1, 3, 3, 1]), input("w", [2, 2, 1, 2]), { ...plain, inputShape: [1, 4, 4, 1] }),
        message: /^conv2dInputGrad: expected a gradient of shape \[1, 3, 3, 2\], got \[1, 3, 3, 1\]\.$/,
      },
    ],
    tolerance: 5e-5,
  },
  conv2dKernelGrad: {
    hand: [
      hand(
        "two pixels pass back",
        [given([1, 3, 3, 1], upTo(9)), given([1, 2, 2, 1], [1, 0, 0, 10])],
        (x, dy) => conv2dKernelGrad(x, dy, { ...plain, kernelShape: [2, 2, 1, 1] }),
        [2, 2, 1, 1],
        [51, 62, 84, 95],
      ),
    ],
    sized: (n) =>
      someConvolutions(n).map((c) => ({
        name: c.name,
        feeds: [drawn(c.x, 1), drawn(outputShape(c), 2)],
        build: (x, dy) => conv2dKernelGrad(x, dy, { ...c.options, kernelShape: c.w }),
      })),
    gradients: [
      {
        name: "strided, same",
        feeds: [drawn([1, 4, 3, 2], 1), drawn([1, 2, 3, 2], 2)],
        build: (x, dy) => conv2dKernelGrad(x, dy, { ...strided, kernelShape: [3, 2, 2, 2] }),
      },
    ],
    refused: [
      {
        name: "a gradient of another shape",
        build: () =>
          conv2dKernelGrad(input("x", [1, 4, 4, 1]), input("dy", [1, 3, 3, 1]), {
            ...plain,
            kernelShape: [2, 2, 1, 2],
          }),
        message: /^conv2dKernelGrad: expected a gradient of shape \[1, 3, 3, 2\], got \[1, 3, 3, 1\]\.$/,
      },
    ],
    tolerance: 5e-5,
  },
};
