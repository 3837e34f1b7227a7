// Cases of depthwise convolution.
import { apply } from "../../graph/node";
import { depthwiseConv2d, depthwiseOps, type DepthwiseOptions } from "../../ops/depthwise";
import { input } from "../../ops/leaf";
import { hand, type OpCases } from "./table";
import { drawn, given } from "../sample";

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

const plain: DepthwiseOptions = { strides: [1, 1], padding: "valid", dilation: [1, 1] };
const strided: DepthwiseOptions = { strides: [2, 1], padding: "same", dilation: [1, 1] };
const dilated: DepthwiseOptions = { strides: [1, 1], padding: "same", dilation: [2, 3] };
const both: DepthwiseOptions = { strides: [2, 3], padding: "valid", dilation: [1, 2] };

/** Images, filters and options, `n` high, wide or deep. */
function depthwise(n: number): { image: number[]; kernel: number[]; options: DepthwiseOptions }[] {
  return [
    { image: [2, n, 3, 2], kernel: [3, 2, 2, 3], options: strided },
    { image: [1, 4, n, 1], kernel: [2, 3, 1, 2], options: dilated },
    { image: [1, 3, 7, n], kernel: [3, 2, n, 1], options: both },
  ];
}

function describe(shape: readonly number[], options: DepthwiseOptions): string {
  return `[${shape.join(", ")}] ${JSON.stringify(options).replaceAll('"', "")}`;
}

/** Cases by op. */
export const depthwiseCases: Record<keyof typeof depthwiseOps, OpCases> = {
  depthwiseConv2d: {
    hand: [
      hand(
        "two filters of one channel",
        [given([1, 2, 2, 1], upTo(4)), given([2, 2, 1, 2], [1, 1, 0, 1, 0, 1, 1, 1])],
        (x, k) => depthwiseConv2d(x, k, plain),
        [1, 1, 1, 2],
        [5, 10],
      ),
      hand(
        "output channels in TensorFlow's order",
        [given([1, 1, 1, 2], [2, 3]), given([1, 1, 2, 2], [1, 10, 100, 1000])],
        (x, k) => depthwiseConv2d(x, k, plain),
        [1, 1, 1, 4],
        [2, 20, 300, 3000],
      ),
      hand(
        "taps two apart, zeros outside",
        [given([1, 1, 4, 1], upTo(4)), given([1, 2, 1, 1], [1, 10])],
        (x, k) => depthwiseConv2d(x, k, { strides: [1, 1], padding: "same", dilation: [1, 2] }),
        // Two cells of padding, one in front: 10 x2, x1 + 10 x3, x2 + 10 x4, x3.
        [1, 1, 4, 1],
        [20, 31, 42, 3],
      ),
    ],
    sized: (n) =>
      depthwise(n).map(({ image, kernel, options }) => ({
        name: describe(image, options),
        feeds: [drawn(image, 1), drawn(kernel, 2)],
        build: (x, k) => depthwiseConv2d(x, k, options),
      })),
    gradients: [
      {
        name: "strided",
        feeds: [drawn([2, 4, 3, 2], 1), drawn([3, 2, 2, 2], 2)],
        build: (x, k) => depthwiseConv2d(x, k, strided),
      },
      {
        name: "dilated",
        feeds: [drawn([1, 4, 5, 1], 3), drawn([2, 2, 1, 3], 4)],
        build: (x, k) => depthwiseConv2d(x, k, dilated),
      },
      {
        name: "strided and dilated, valid",
        feeds: [drawn([1, 4, 7, 2], 3), drawn([2, 2, 2, 1], 4)],
        build: (x, k) => depthwiseConv2d(x, k, both),
      },
    ],
    refused: [
      {
        name: "a kernel for other channels",
        build: () => depthwiseConv2d(input("x", [1, 4, 4, 2]), input("k", [3, 3, 3, 1]), plain),
        message:
          /^depthwiseConv2d: expected a kernel \[KH, KW, 2, multiplier\] for images \[1, 4, 4, 2\], got \[3, 3, 3, 1\]\.$/,
      },
      {
        name: "labels",
        build: () => depthwiseConv2d(input("x", [1, 4, 4, 2], "u32"), input("k", [3, 3, 2, 1]), plain),
        message: /^depthwiseConv2d: expected f32 operands, got u32 and f32\.$/,
      },
      {
        name: "a kernel that does not fit",
        build: () => depthwiseConv2d(input("x", [1, 4, 2, 2]), input("k", [3, 3, 2, 1]), plain),
        message:
          /^depthwiseConv2d width: expected an input of at least 3 for a window of 3 without padding, got 2\. Use/,
      },
    ],
  },
  depthwiseConv2dGradInput: {
    hand: [
      hand(
        "one output",
        [given([1, 1, 1, 2], [2, 3]), given([2, 2, 1, 2], [1, 1, 0, 1, 0, 1, 1, 1])],
        (dy, k) => apply(depthwiseOps.depthwiseConv2dGradInput, [dy, k], { ...plain, image: [1, 2, 2, 1] }),
        [1, 2, 2, 1],
        [5, 3, 3, 5],
      ),
    ],
    sized: (n) =>
      depthwise(n).map(({ image, kernel, options }) => ({
        name: describe(image, options),
        feeds: [drawn(depthwiseConv2d(input("x", image), input("k", kernel), options).shape, 1), drawn(kernel, 2)],
        build: (dy, k) => apply(depthwiseOps.depthwiseConv2dGradInput, [dy, k], { ...options, image }),
      })),
    gradients: "none",
    refused: [
      {
        name: "a gradient of another shape",
        build: () =>
          apply(depthwiseOps.depthwiseConv2dGradInput, [input("dy", [1, 3, 3, 1]), input("k", [2, 2, 1, 2])], {
            ...plain,
            image: [1, 4, 4, 1],
          }),
        message: /^depthwiseConv2dGradInput: expected dy to be \[1, 3, 3, 2\], got \[1, 3, 3, 1\]\.$/,
      },
    ],
  },
  depthwiseConv2dGradKernel: {
    hand: [
      hand(
        "one output",
        [given([1, 2, 2, 1], upTo(4)), given([1, 1, 1, 2], [2, 3])],
        (x, dy) => apply(depthwiseOps.depthwiseConv2dGradKernel, [x, dy], { ...plain, kernel: [2, 2, 1, 2] }),
        [2, 2, 1, 2],
        [2, 3, 4, 6, 6, 9, 8, 12],
      ),
    ],
    sized: (n) =>
      depthwise(n).map(({ image, kernel, options }) => ({
        name: describe(image, options),
        feeds: [drawn(image, 1), drawn(depthwiseConv2d(input("x", image), input("k", kernel), options).shape, 2)],
        build: (x, dy) => apply(depthwiseOps.depthwiseConv2dGradKernel, [x, dy], { ...options, kernel }),
      })),
    gradients: "none",
    refused: [
      {
        name: "a gradient of another shape",
        build: () =>
          apply(depthwiseOps.depthwiseConv2dGradKernel, [input("x", [1, 4, 4, 1]), input("dy", [1, 3, 3, 1])], {
            ...plain,
            kernel: [2, 2, 1, 2],
          }),
        message: /^depthwiseConv2dGradKernel: expected dy to be \[1, 3, 3, 2\], got \[1, 3, 3, 1\]\.$/,
      },
    ],
    // Sums of up to 1,028 products: f32 in another order differs by some 1e-7 times the square root of that.
    tolerance: 2e-5,
  },
};
