// Round trips, and ops that must agree where one is a special case of another; in float64, whatever the shapes.
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Node } from "../../src/engine/graph/node";
import { sum } from "../../src/engine/ops/broadcast";
import { conv2d } from "../../src/engine/ops/conv2d";
import { categoricalCrossEntropy, softmaxCrossEntropy } from "../../src/engine/ops/crossEntropy";
import { depthwiseConv2d } from "../../src/engine/ops/depthwise";
import { argMax, gatherRows, oneHot } from "../../src/engine/ops/gather";
import { reshape } from "../../src/engine/ops/layout";
import { matmul } from "../../src/engine/ops/matmul";
import { add, log, neg } from "../../src/engine/ops/pointwise";
import { avgPool2d, maxPool2d } from "../../src/engine/ops/pool";
import { max } from "../../src/engine/ops/reduce";
import { logSoftmax, softmax } from "../../src/engine/ops/softmax";
import { concat, pad, slice, transpose } from "../../src/engine/ops/strided";
import { expectClose } from "../ops/support/compare";
import { testBackend } from "../ops/support/run";
import { drawn, drawnBelow, given, plant, type Tensor } from "../../src/engine/selftest/sample";

const RUNS = { seed: 20_260_102, numRuns: 40 };

const reference = testBackend("cpu64");

/** Two ways to compute one thing. */
interface Identity {
  readonly feeds: readonly Tensor[];
  readonly one: (...inputs: Node[]) => Node;
  readonly other: (...inputs: Node[]) => Node;
}

async function expectSame({ feeds, one, other }: Identity): Promise<void> {
  const { inputs, result } = plant({ name: "", feeds, build: one });
  const twin = other(...inputs);
  expect(twin.shape).toEqual(result.shape);
  const [left, right] = await reference().run([result, twin], inputs, feeds, false);
  expectClose(left!, right!, 1e-12);
}

function identity(name: string, arbitrary: fc.Arbitrary<Identity>): void {
  test(name, () => fc.assert(fc.asyncProperty(arbitrary, expectSame), RUNS));
}

const size = (least: number, most: number): fc.Arbitrary<number> => fc.integer({ min: least, max: most });
const seed = size(1, 1_000_000);
const shaped = fc.record({ shape: fc.array(size(1, 5), { minLength: 1, maxLength: 4 }), seed });
const image = fc.record({ n: size(1, 2), h: size(2, 6), w: size(2, 6), c: size(1, 3), o: size(1, 3), seed });
const rows = fc.record({ n: size(1, 6), c: size(1, 40), seed });

identity(
  "transposing there and back changes nothing",
  shaped
    .chain(({ shape, seed: draw }) => permutationOf(shape.length).map((permutation) => ({ shape, draw, permutation })))
    .map(({ shape, draw, permutation }) => ({
      feeds: [drawn(shape, draw)],
      one: (x) =>
        transpose(
          transpose(x, permutation),
          permutation.map((_, k) => permutation.indexOf(k)),
        ),
      other: (x) => x,
    })),
);

identity(
  "slicing what was padded gives it back",
  shaped.map(({ shape, seed: draw }) => ({
    feeds: [drawn(shape, draw)],
    one: (x) => {
      const before = shape.map((_, k) => (draw >> k) % 3);
      return slice(
        pad(
          x,
          before.map((cells) => [cells, 2]),
          7,
        ),
        before,
        shape,
      );
    },
    other: (x) => x,
  })),
);

identity(
  "joining the slices of an array gives it back",
  shaped.map(({ shape, seed: draw }) => {
    const axis = draw % shape.length;
    return {
      feeds: [drawn(shape, draw)],
      one: (x) => {
        const origin = shape.map(() => 0);
        const cuts = Array.from({ length: shape[axis]! }, (_, at) =>
          slice(x, origin.with(axis, at), shape.with(axis, 1)),
        );
        return concat(cuts, axis);
      },
      other: (x) => x,
    };
  }),
);

identity(
  "a 1x1 convolution is a matrix product",
  image.map(({ n, h, w, c, o, seed: draw }) => ({
    feeds: [drawn([n, h, w, c], draw), drawn([1, 1, c, o], draw + 1)],
    one: (x, k) => conv2d(x, k),
    other: (x, k) => reshape(matmul(reshape(x, [n * h * w, c]), reshape(k, [c, o])), [n, h, w, o]),
  })),
);

identity(
  "a convolution as large as the image is a dense layer",
  image.map(({ n, h, w, c, o, seed: draw }) => ({
    feeds: [drawn([n, h, w, c], draw), drawn([h, w, c, o], draw + 1)],
    one: (x, k) => reshape(conv2d(x, k), [n, o]),
    other: (x, k) => matmul(reshape(x, [n, h * w * c]), reshape(k, [h * w * c, o])),
  })),
);

identity(
  "of one channel, depthwise convolution is convolution",
  image.map(({ n, h, w, o, seed: draw }) => ({
    feeds: [drawn([n, h, w, 1], draw), drawn([2, 2, 1, o], draw + 1)],
    one: (x, k) => depthwiseConv2d(x, k, { strides: [2, 1], padding: "same", dilation: [1, 2] }),
    other: (x, k) => conv2d(x, k, { strides: [2, 1], padding: "same", dilation: [1, 2] }),
  })),
);

identity(
  "without padding, average pooling is depthwise convolution with equal weights",
  image.map(({ n, h, w, c, seed: draw }) => ({
    feeds: [drawn([n, h, w, c], draw), given([2, 2, c, 1], new Array<number>(4 * c).fill(0.25))],
    one: (x) => avgPool2d(x, { poolSize: [2, 2], strides: [1, 2], padding: "valid" }),
    other: (x, k) => depthwiseConv2d(x, k, { strides: [1, 2], padding: "valid", dilation: [1, 1] }),
  })),
);

identity(
  "max pooling with one window is the maximum",
  image.map(({ n, h, w, c, seed: draw }) => ({
    feeds: [drawn([n, h, w, c], draw)],
    one: (x) => maxPool2d(x, { poolSize: [h, w], strides: [1, 1], padding: "valid" }),
    other: (x) => max(x, [1, 2], true),
  })),
);

identity(
  "softmax does not change when all logits move",
  rows.map(({ n, c, seed: draw }) => ({
    feeds: [drawn([n, c], draw, [-9, 9]), drawn([n, 1], draw + 1, [-500, 500])],
    one: (x, shift) => softmax(add(x, shift)),
    other: (x) => softmax(x),
  })),
);

identity(
  "log-softmax is the logarithm of softmax",
  rows.map(({ n, c, seed: draw }) => ({
    feeds: [drawn([n, c], draw, [-9, 9])],
    one: logSoftmax,
    other: (x) => log(softmax(x)),
  })),
);

identity(
  "both cross-entropies agree on one-hot targets, and are minus the log-probability of the label",
  rows.map(({ n, c, seed: draw }) => ({
    feeds: [drawn([n, c], draw, [-9, 9]), drawnBelow(c, [n], draw)],
    one: (x, labels) => concat([softmaxCrossEntropy(x, labels), softmaxCrossEntropy(x, labels)], 0),
    other: (x, labels) => {
      const targets = oneHot(labels, c);
      const picked = matmul(reshape(targets, [n, 1, c]), reshape(logSoftmax(x), [n, c, 1]));
      return concat([categoricalCrossEntropy(x, targets), neg(reshape(picked, [n]))], 0);
    },
  })),
);

identity(
  "arg-max undoes one-hot",
  rows.map(({ n, c, seed: draw }) => ({
    feeds: [drawnBelow(c, [n], draw)],
    one: (indices) => argMax(oneHot(indices, c)),
    other: (indices) => indices,
  })),
);

identity(
  "gathering rows is a product with one-hot rows",
  rows.map(({ n, c, seed: draw }) => ({
    feeds: [drawn([c, 3], draw), drawnBelow(c, [n], draw)],
    one: (x, indices) => gatherRows(x, indices),
    other: (x, indices) => matmul(oneHot(indices, c), x),
  })),
);

identity(
  "summing axis by axis is summing at once",
  shaped.map(({ shape, seed: draw }) => ({
    feeds: [drawn(shape, draw)],
    one: (x) => sum(x),
    other: (x) => shape.reduce((left) => sum(left, [-1]), x),
  })),
);

function permutationOf(rank: number): fc.Arbitrary<number[]> {
  const axes = Array.from({ length: rank }, (_, k) => k);
  return fc.shuffledSubarray(axes, { minLength: rank, maxLength: rank });
}
