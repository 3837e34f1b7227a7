// An independent reference: TensorFlow.js on its own cpu backend computes the same things, forward and backward.
import "@tensorflow/tfjs-backend-cpu";
// The bundle for Node leaves its gradients out.
import "@tensorflow/tfjs-core/dist/register_all_gradients";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, test } from "vitest";
import type { Node } from "../../src/engine/graph/node";
import { sum } from "../../src/engine/ops/broadcast";
import { conv2d, conv2dTranspose, type ConvOptions } from "../../src/engine/ops/conv2d";
import { categoricalCrossEntropy, sigmoidCrossEntropy, softmaxCrossEntropy } from "../../src/engine/ops/crossEntropy";
import { depthwiseConv2d } from "../../src/engine/ops/depthwise";
import { argMax, gatherRows, oneHot } from "../../src/engine/ops/gather";
import { gradients } from "../../src/engine/ops/gradients";
import { input } from "../../src/engine/ops/leaf";
import { matmul } from "../../src/engine/ops/matmul";
import * as pointwise from "../../src/engine/ops/pointwise";
import { avgPool2d, maxPool2d, type PoolOptions } from "../../src/engine/ops/pool";
import { max, mean } from "../../src/engine/ops/reduce";
import { logSoftmax, softmax } from "../../src/engine/ops/softmax";
import { concat, pad, slice, transpose } from "../../src/engine/ops/strided";
import { upSample2d } from "../../src/engine/ops/upSample";
import { expectClose } from "./support/compare";
import { openBackend, type TestBackend } from "./support/run";
import { distinct, drawn, drawnBelow, plant, type Sample, type Tensor } from "../../src/engine/selftest/sample";

/** Both round to f32 after each op, but add in different orders. */
const TOLERANCE = 2e-5;

let cpu: TestBackend;
beforeAll(async () => {
  // Other tests of this process may have asked it to look for leaks, of which its cross-entropy has one.
  tf.env().set("IS_TEST", false);
  await tf.setBackend("cpu");
  cpu = await openBackend("cpu");
});

function toTf({ shape, dtype, values }: Tensor): tf.Tensor {
  return tf.tensor([...values], [...shape], dtype === "f32" ? "float32" : "int32");
}

interface Comparison {
  readonly name: string;
  readonly feeds: readonly Tensor[];
  readonly ours: Sample["build"];
  readonly theirs: (...inputs: tf.Tensor[]) => tf.Tensor;
  /** Only the values: TensorFlow.js has no gradient for it, or it has none. */
  readonly forwardOnly?: boolean;
}

/** The results of `ours` and, by the chain rule from a drawn gradient, those for its f32 inputs. */
async function runOurs({ name, feeds, ours }: Comparison, dy: Tensor | undefined) {
  const all = dy ? [...feeds, dy] : feeds;
  const { inputs, result } = plant({ name, feeds: all, build: (...nodes) => ours(...nodes.slice(0, feeds.length)) });
  const wrt = inputs.filter((node, i) => i < feeds.length && node.dtype === "f32");
  const backward = dy ? gradients(sum(pointwise.mul(result, inputs[feeds.length]!)), wrt) : [];
  return cpu.run([result, ...backward], inputs, all);
}

function check(comparison: Comparison): void {
  test(comparison.name, async () => {
    const { feeds, theirs, forwardOnly } = comparison;
    const tensors = feeds.map(toTf);
    const expected = theirs(...tensors);
    const dy = forwardOnly ? undefined : drawn(expected.shape, 99);
    const [value, ...backward] = await runOurs(comparison, dy);
    expectClose(value!, await expected.data(), TOLERANCE);
    if (!dy) return;
    const floats = tensors.filter((tensor) => tensor.dtype === "float32");
    const f = (...wrt: tf.Tensor[]): tf.Tensor => {
      const left = [...wrt];
      return theirs(...tensors.map((tensor) => (tensor.dtype === "float32" ? left.shift()! : tensor)));
    };
    const wanted = tf.grads(f)(floats, toTf(dy));
    for (const [i, gradient] of wanted.entries()) expectClose(backward[i]!, await gradient.data(), TOLERANCE);
  });
}

const as4d = (x: tf.Tensor): tf.Tensor4D => tf.reshape(x, x.shape as [number, number, number, number]);
const as2d = (x: tf.Tensor): tf.Tensor2D => tf.reshape(x, x.shape as [number, number]);
const as1d = (x: tf.Tensor): tf.Tensor1D => tf.reshape(x, x.shape as [number]);

describe("convolution", () => {
  // TensorFlow.js refuses strides and dilations above 1 at once; finite differences cover those.
  const options: ConvOptions[] = (["same", "valid"] as const).flatMap((padding) => [
    { strides: [1, 1], dilation: [1, 1], padding },
    { strides: [2, 3], dilation: [1, 1], padding },
    { strides: [3, 1], dilation: [1, 1], padding },
    { strides: [1, 1], dilation: [2, 1], padding },
    { strides: [1, 1], dilation: [2, 3], padding },
  ]);
  for (const option of options) {
    const { strides, dilation, padding } = option;
    const settings = `strides ${strides.join(", ")}, dilation ${dilation.join(", ")}, ${padding}`;
    // TensorFlow.js's gradient of a dilated convolution is refused by its own checks.
    const forwardOnly = dilation.some((d) => d > 1);
    for (const [height, width] of [
      [7, 9],
      [6, 8],
    ] as const) {
      check({
        name: `conv2d on ${height}x${width}, ${settings}`,
        feeds: [drawn([2, height, width, 3], 1), drawn([3, 2, 3, 4], 2)],
        ours: (x, w) => conv2d(x, w, option),
        theirs: (x, w) => tf.conv2d(as4d(x), as4d(w), [...strides], padding, "NHWC", [...dilation]),
        forwardOnly,
      });
      check({
        name: `depthwiseConv2d on ${height}x${width}, ${settings}`,
        feeds: [drawn([2, height, width, 3], 3), drawn([3, 2, 3, 2], 4)],
        ours: (x, w) => depthwiseConv2d(x, w, option),
        theirs: (x, w) => tf.depthwiseConv2d(as4d(x), as4d(w), [...strides], padding, "NHWC", [...dilation]),
        forwardOnly,
      });
    }
  }
});

describe("transposed convolution", () => {
  for (const padding of ["same", "valid"] as const) {
    for (const strides of [
      [1, 1],
      [2, 2],
      [2, 3],
      [3, 1],
    ] as const) {
      for (const kernel of [
        [3, 2],
        [1, 4],
      ] as const) {
        // Where strides are larger than the kernel, TensorFlow.js's own check wants fewer pixels than Keras gives.
        const shape = conv2dTranspose(input("x", [2, 4, 3, 3]), input("w", [...kernel, 4, 3]), {
          strides,
          padding,
        }).shape;
        check({
          name: `kernel ${kernel.join("x")}, strides ${strides.join(", ")}, ${padding}`,
          feeds: [drawn([2, 4, 3, 3], 1), drawn([...kernel, 4, 3], 2)],
          ours: (x, w) => conv2dTranspose(x, w, { strides, padding }),
          theirs: (x, w) =>
            tf.conv2dTranspose(as4d(x), as4d(w), shape as [number, number, number, number], [...strides], padding),
        });
      }
    }
  }
});

describe("enlarged images", () => {
  for (const factors of [
    [2, 2],
    [1, 3],
    [4, 2],
  ] as const) {
    const size: [number, number] = [3 * factors[0], 4 * factors[1]];
    check({
      name: `nearest by ${factors.join(" and ")}`,
      feeds: [drawn([2, 3, 4, 3], 1)],
      ours: (x) => upSample2d(x, factors, "nearest"),
      theirs: (x) => tf.image.resizeNearestNeighbor(as4d(x), size),
      // Its gradient leaves pixels of the last row and column out; finite differences cover ours.
      forwardOnly: true,
    });
    check({
      name: `bilinear by ${factors.join(" and ")}`,
      feeds: [drawn([2, 3, 4, 3], 2)],
      ours: (x) => upSample2d(x, factors, "bilinear"),
      theirs: (x) => tf.image.resizeBilinear(as4d(x), size, false, true),
      // Its gradient takes no notice of where the centres of pixels are.
      forwardOnly: true,
    });
  }
});

describe("pooling", () => {
  const options: PoolOptions[] = (["same", "valid"] as const).flatMap((padding) => [
    { poolSize: [2, 2], strides: [2, 2], padding },
    { poolSize: [3, 2], strides: [1, 2], padding },
    { poolSize: [3, 3], strides: [2, 1], padding },
    { poolSize: [1, 2], strides: [3, 3], padding },
  ]);
  for (const option of options) {
    const { poolSize, strides, padding } = option;
    const settings = `${poolSize.join("x")}, strides ${strides.join(", ")}, ${padding}`;
    for (const shape of [
      [2, 7, 8, 3],
      [1, 6, 5, 2],
    ]) {
      check({
        name: `maxPool2d ${settings} on ${shape.join("x")}`,
        feeds: [distinct(shape, 1)],
        ours: (x) => maxPool2d(x, option),
        theirs: (x) => tf.maxPool(as4d(x), [...poolSize], [...strides], padding),
      });
      check({
        name: `avgPool2d ${settings} on ${shape.join("x")}`,
        feeds: [drawn(shape, 2)],
        ours: (x) => avgPool2d(x, option),
        theirs: (x) => tf.avgPool(as4d(x), [...poolSize], [...strides], padding),
        // Its gradient divides by the whole window, padding included, though its forward pass does not.
        forwardOnly: padding === "same",
      });
    }
  }
  check({
    name: "maxPool2d of ties",
    feeds: [drawnBelow(2, [2, 6, 6, 2], 3)].map((x) => ({ ...x, dtype: "f32" })),
    ours: (x) => maxPool2d(x, { poolSize: [3, 3], strides: [2, 2], padding: "same" }),
    theirs: (x) => tf.maxPool(as4d(x), [3, 3], [2, 2], "same"),
  });
});

describe("element-wise", () => {
  const unary: Record<string, [ours: (x: Node) => Node, theirs: (x: tf.Tensor) => tf.Tensor, positive?: true]> = {
    abs: [pointwise.abs, tf.abs],
    clip: [(x) => pointwise.clip(x, -1, 1.5), (x) => tf.clipByValue(x, -1, 1.5)],
    elu: [pointwise.elu, tf.elu],
    erf: [pointwise.erf, tf.erf],
    exp: [pointwise.exp, tf.exp],
    // By the default slopes of both.
    leakyRelu: [(x) => pointwise.leakyRelu(x), (x) => tf.leakyRelu(x)],
    log: [pointwise.log, tf.log, true],
    neg: [pointwise.neg, tf.neg],
    pow: [(x) => pointwise.pow(x, 1.7), (x) => tf.pow(x, 1.7), true],
    relu: [pointwise.relu, tf.relu],
    sigmoid: [pointwise.sigmoid, tf.sigmoid],
    softplus: [pointwise.softplus, tf.softplus],
    sqrt: [pointwise.sqrt, tf.sqrt, true],
    square: [pointwise.square, tf.square],
    tanh: [pointwise.tanh, tf.tanh],
  };
  for (const [name, [ours, theirs, positive]] of Object.entries(unary)) {
    check({ name, feeds: [drawn([40], 1, positive ? [0.2, 4] : [-4, 4])], ours, theirs });
  }
  type Pair<T> = (a: T, b: T) => T;
  const binary: Record<string, [ours: Pair<Node>, theirs: Pair<tf.Tensor>]> = {
    add: [pointwise.add, tf.add],
    sub: [pointwise.sub, tf.sub],
    mul: [pointwise.mul, tf.mul],
    div: [pointwise.div, tf.div],
    maximum: [pointwise.maximum, tf.maximum],
    minimum: [pointwise.minimum, tf.minimum],
  };
  for (const [name, [ours, theirs]] of Object.entries(binary)) {
    for (const [a, b] of [
      [
        [3, 4],
        [3, 4],
      ],
      [[3, 4], [4]],
      [
        [3, 1],
        [2, 1, 4],
      ],
    ] as const) {
      check({
        name: `${name} of [${a.join(", ")}] and [${b.join(", ")}]`,
        feeds: [drawn(a, 1), drawn(b, 2, [0.5, 2])],
        ours,
        theirs,
        // Its gradients of these do not sum over stretched axes.
        forwardOnly: name.endsWith("imum") && a.length + b.length !== 4,
      });
    }
  }
});

describe("products, reductions and moves", () => {
  for (const [transposeA, transposeB] of [
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ] as const) {
    check({
      name: `matmul${transposeA ? ", A transposed" : ""}${transposeB ? ", B transposed" : ""}`,
      feeds: [drawn(transposeA ? [2, 5, 4] : [2, 4, 5], 1), drawn(transposeB ? [2, 3, 5] : [2, 5, 3], 2)],
      ours: (a, b) => matmul(a, b, { transposeA, transposeB }),
      theirs: (a, b) => tf.matMul(a, b, transposeA, transposeB),
    });
  }
  check({ name: "sum", feeds: [drawn([2, 3, 4], 1)], ours: (x) => sum(x, [0, 2]), theirs: (x) => tf.sum(x, [0, 2]) });
  check({ name: "mean", feeds: [drawn([2, 3, 4], 1)], ours: (x) => mean(x, [1]), theirs: (x) => tf.mean(x, [1]) });
  check({ name: "max", feeds: [distinct([4, 6], 1)], ours: (x) => max(x, [1]), theirs: (x) => tf.max(x, [1]) });
  check({
    name: "transpose",
    feeds: [drawn([2, 3, 4], 1)],
    ours: (x) => transpose(x, [1, 2, 0]),
    theirs: (x) => tf.transpose(x, [1, 2, 0]),
  });
  check({
    name: "slice",
    feeds: [drawn([3, 4], 1)],
    ours: (x) => slice(x, [1, 0], [2, 3]),
    theirs: (x) => tf.slice(x, [1, 0], [2, 3]),
  });
  check({
    name: "pad",
    feeds: [drawn([3, 4], 1)],
    ours: (x) =>
      pad(
        x,
        [
          [1, 2],
          [0, 3],
        ],
        0.5,
      ),
    theirs: (x) =>
      tf.pad(
        x,
        [
          [1, 2],
          [0, 3],
        ],
        0.5,
      ),
  });
  check({
    name: "concat",
    feeds: [drawn([2, 3], 1), drawn([2, 1], 2)],
    ours: (a, b) => concat([a, b], 1),
    theirs: (a, b) => tf.concat([a, b], 1),
  });
  check({
    name: "gatherRows",
    feeds: [drawn([4, 3], 1), drawnBelow(4, [6], 2)],
    ours: gatherRows,
    theirs: (x, indices) => tf.gather(x, as1d(tf.cast(indices, "int32"))),
  });
  check({
    name: "oneHot",
    feeds: [drawnBelow(5, [7], 1)],
    ours: (indices) => oneHot(indices, 5),
    theirs: (indices) => tf.cast(tf.oneHot(as1d(indices), 5), "float32"),
    forwardOnly: true,
  });
  check({
    name: "argMax",
    feeds: [distinct([5, 4, 3], 1)],
    ours: (x) => argMax(x, 1),
    theirs: (x) => tf.argMax(x, 1),
    forwardOnly: true,
  });
});

describe("softmax and cross-entropies", () => {
  const { Reduction, losses } = tf;
  check({ name: "softmax", feeds: [drawn([3, 5], 1, [-9, 9])], ours: softmax, theirs: (x) => tf.softmax(x) });
  check({ name: "logSoftmax", feeds: [drawn([3, 5], 1, [-9, 9])], ours: logSoftmax, theirs: (x) => tf.logSoftmax(x) });
  check({
    name: "softmaxCrossEntropy",
    feeds: [drawn([6, 5], 1, [-9, 9]), drawnBelow(5, [6], 2)],
    ours: softmaxCrossEntropy,
    theirs: (logits, labels) => {
      const targets = tf.cast(tf.oneHot(as1d(labels), 5), "float32");
      return losses.softmaxCrossEntropy(as2d(targets), as2d(logits), undefined, 0, Reduction.NONE);
    },
  });
  check({
    name: "categoricalCrossEntropy",
    feeds: [drawn([6, 5], 1, [-9, 9]), drawn([6, 5], 2, [0, 1])],
    ours: categoricalCrossEntropy,
    theirs: (logits, targets) => tf.neg(tf.sum(tf.mul(targets, tf.logSoftmax(logits)), -1)),
  });
  check({
    name: "sigmoidCrossEntropy",
    feeds: [drawn([6, 2], 1, [-9, 9]), drawn([6, 2], 2, [0, 1])],
    ours: sigmoidCrossEntropy,
    theirs: (logits, targets) => losses.sigmoidCrossEntropy(as2d(targets), as2d(logits), undefined, 0, Reduction.NONE),
  });
});
