// Cases of the ops on rows of logits: softmax, log-softmax and cross-entropy.
import { apply } from "../../graph/node";
import { crossEntropyOps, softmaxCrossEntropy } from "../../ops/crossEntropy";
import { input } from "../../ops/leaf";
import { logSoftmax, softmax, type softmaxOps } from "../../ops/softmax";
import { hand, type OpCases } from "./table";
import { drawn, drawnBelow, given } from "../sample";

const ln = { two: 0.69314718, three: 1.09861229, four: 1.38629436 };

const rowRefusals = (name: "softmax" | "logSoftmax", op: typeof softmax): OpCases["refused"] => [
  {
    name: "a scalar",
    build: () => op(input("x", [])),
    message: new RegExp(`^${name}: expected f32 with at least one axis, got a scalar\\.$`),
  },
  {
    name: "u32",
    build: () => op(input("x", [2], "u32")),
    message: new RegExp(`^${name}: expected f32 with at least one axis, got u32\\.$`),
  },
];

/** Rows that one thread takes (up to 32 long) and rows that 64 share, few and many. */
const rowShapes = (n: number): number[][] => [[n], [3, n], [n, 10], [n, 33], [2, 3, n]];

/** Cases by op. */
export const rowCases: Record<keyof typeof softmaxOps | keyof typeof crossEntropyOps, OpCases> = {
  softmax: {
    hand: [
      hand("thirds", [given([2, 2], [0, ln.two, 5, 5])], softmax, [2, 2], [1 / 3, 2 / 3, 0.5, 0.5]),
      hand("of one", [given([2, 1], [-7, 9])], softmax, [2, 1], [1, 1]),
      hand(
        "forty alike",
        [given([40], new Array<number>(40).fill(3))],
        softmax,
        [40],
        new Array<number>(40).fill(1 / 40),
      ),
    ],
    sized: (n) =>
      rowShapes(n).map((shape) => ({ name: `[${shape.join(", ")}]`, feeds: [drawn(shape, 1)], build: softmax })),
    gradients: [{ name: "two rows", feeds: [drawn([2, 4], 2)], build: softmax }],
    refused: rowRefusals("softmax", softmax),
  },
  logSoftmax: {
    hand: [
      hand("thirds", [given([1, 2], [0, ln.two])], logSoftmax, [1, 2], [-ln.three, ln.two - ln.three]),
      hand("of one", [given([2, 1], [-7, 9])], logSoftmax, [2, 1], [0, 0]),
    ],
    sized: (n) =>
      rowShapes(n).map((shape) => ({ name: `[${shape.join(", ")}]`, feeds: [drawn(shape, 1)], build: logSoftmax })),
    gradients: [{ name: "two rows", feeds: [drawn([2, 4], 2)], build: logSoftmax }],
    refused: rowRefusals("logSoftmax", logSoftmax),
  },
  softmaxCrossEntropy: {
    hand: [
      // Probabilities 1/4 and 3/4, then two halves.
      hand(
        "quarters and halves",
        [given([2, 2], [0, ln.three, 8, 8]), given([2], [1, 0], "u32")],
        softmaxCrossEntropy,
        [2],
        [ln.four - ln.three, ln.two],
      ),
      hand(
        "a label beyond the last class is taken for it",
        // Not for a logit of the next row.
        [given([2, 2], [0, ln.three, 8, 8]), given([2], [2, 7], "u32")],
        softmaxCrossEntropy,
        [2],
        [ln.four - ln.three, ln.two],
      ),
    ],
    sized: (n) => [
      {
        name: `[${n}, 10]`,
        feeds: [drawn([n, 10], 1, [-8, 8]), drawnBelow(10, [n], 2)],
        build: softmaxCrossEntropy,
      },
      { name: `[5, ${n}]`, feeds: [drawn([5, n], 3, [-8, 8]), drawnBelow(n, [5], 4)], build: softmaxCrossEntropy },
    ],
    gradients: [
      { name: "three rows", feeds: [drawn([3, 4], 1), given([3], [0, 3, 2], "u32")], build: softmaxCrossEntropy },
    ],
    refused: [
      {
        name: "labels of another count",
        build: () => softmaxCrossEntropy(input("x", [3, 4]), input("t", [2], "u32")),
        message: /^softmaxCrossEntropy: expected u32 labels \[3\] for logits \[3, 4\], got u32 \[2\]\. One-hot/,
      },
      {
        name: "one-hot targets",
        build: () => softmaxCrossEntropy(input("x", [3, 4]), input("t", [3, 4])),
        message: /^softmaxCrossEntropy: expected u32 labels \[3\] for logits \[3, 4\], got f32 \[3, 4\]\. One-hot/,
      },
      {
        name: "logits of three axes",
        build: () => softmaxCrossEntropy(input("x", [3, 4, 5]), input("t", [3], "u32")),
        message: /^softmaxCrossEntropy: expected f32 logits \[N, C\], got f32 \[3, 4, 5\]\.$/,
      },
    ],
  },
  softmaxCrossEntropyGrad: {
    hand: [
      hand(
        "quarters and halves, the second counted twice",
        [given([2, 2], [0, ln.three, 8, 8]), given([2], [1, 0], "u32"), given([2], [1, 2])],
        (logits, labels, dy) => apply(crossEntropyOps.softmaxCrossEntropyGrad, [logits, labels, dy], {}),
        [2, 2],
        [0.25, -0.25, -1, 1],
      ),
    ],
    sized: (n) => [
      {
        name: `[${n}, 10]`,
        feeds: [drawn([n, 10], 1, [-8, 8]), drawnBelow(10, [n], 2), drawn([n], 3)],
        build: (logits, labels, dy) => apply(crossEntropyOps.softmaxCrossEntropyGrad, [logits, labels, dy], {}),
      },
      {
        name: `[5, ${n}]`,
        feeds: [drawn([5, n], 3, [-8, 8]), drawnBelow(n, [5], 4), drawn([5], 3)],
        build: (logits, labels, dy) => apply(crossEntropyOps.softmaxCrossEntropyGrad, [logits, labels, dy], {}),
      },
    ],
    gradients: "none",
    refused: [
      {
        name: "a gradient of another shape",
        build: () =>
          apply(
            crossEntropyOps.softmaxCrossEntropyGrad,
            [input("x", [3, 4]), input("t", [3], "u32"), input("dy", [1])],
            {},
          ),
        message: /^softmaxCrossEntropyGrad: expected dy \[3\], got \[1\]\.$/,
      },
    ],
  },
};
