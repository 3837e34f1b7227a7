// Numbers that Keras 3.15 on JAX gave, for what TensorFlow.js has otherwise or not at all: how large transposed convolutions
// come out, and blended images. Each result is told by its sum, and by its sum weighted with another pattern.
import { describe, expect, test } from "vitest";
import { conv2dTranspose } from "../../src/engine/ops/conv2d";
import { upSample2d } from "../../src/engine/ops/upSample";
import type { Shape } from "../../src/engine/shape";
import { sizeOf } from "../../src/engine/shape";
import { given, type Tensor } from "../../src/engine/selftest/sample";
import type { Node } from "../../src/engine/graph/node";
import { activate, type ActivationName, activationNames } from "../../src/engine/nn/activations";
import { testBackend } from "./support/run";

/** `((i factor) mod 11 - 5) / 4`, as the script in Python had it. */
const pattern = (shape: Shape, factor: number): Tensor =>
  given(
    shape,
    Array.from({ length: sizeOf(shape) }, (_, i) => (((i * factor) % 11) - 5) / 4),
  );

const reference = testBackend("cpu64");

async function expectKeras(
  feeds: readonly Tensor[],
  build: (...inputs: Node[]) => Node,
  shape: Shape,
  weighted: number,
  total: number,
): Promise<void> {
  const { shape: got, values } = await reference().runSample({ name: "", feeds, build });
  expect(got).toEqual(shape);
  const weights = pattern(shape, 5).values;
  // Keras's numbers are f32.
  expect([...values].reduce((sum, value, i) => sum + value * weights[i]!, 0)).toBeCloseTo(weighted, 5);
  expect([...values].reduce((sum, value) => sum + value, 0)).toBeCloseTo(total, 5);
}

describe("Conv2DTranspose(2) of [1, 2, 3, 2]", () => {
  test.each([
    [[3, 3], [2, 2], "same", [1, 4, 6, 2], 1.4375, 0.875],
    [[2, 2], [2, 2], "valid", [1, 4, 6, 2], 2.609375, 0.0625],
    [[4, 3], [2, 1], "same", [1, 4, 3, 2], 5.796875, -2.75],
    [[3, 2], [1, 3], "valid", [1, 4, 9, 2], 4.234375, 2],
    [[1, 1], [2, 2], "same", [1, 4, 6, 2], 0.484375, 3.0625],
    [[5, 4], [3, 2], "same", [1, 6, 6, 2], -4.46875, 4],
    [[2, 5], [3, 2], "valid", [1, 6, 9, 2], -5.734375, 1.4375],
  ] as const)("kernel %j, strides %j, %s", async (kernel, strides, padding, shape, weighted, total) => {
    const feeds = [pattern([1, 2, 3, 2], 3), pattern([...kernel, 2, 2], 7)];
    await expectKeras(feeds, (x, w) => conv2dTranspose(x, w, { strides, padding }), shape, weighted, total);
  });
});

describe("UpSampling2D, bilinear, of [1, 2, 3, 2]", () => {
  test.each([
    [[2, 2], [1, 4, 6, 2], 3.03125, -5],
    [[3, 1], [1, 6, 3, 2], -1.062500238, -3.749999523],
    [[2, 3], [1, 4, 9, 2], 7.765625, -7.500000477],
  ] as const)("by %j", async (factors, shape, weighted, total) => {
    await expectKeras([pattern([1, 2, 3, 2], 3)], (x) => upSample2d(x, factors, "bilinear"), shape, weighted, total);
  });
});

/** `keras.activations.get(name)` of Keras 3.15 on -2, -0.5, 0 and 1.5, each with the slopes and scales it has by default. */
const kerasActivations: Readonly<Record<ActivationName, readonly number[]>> = {
  linear: [-2, -0.5, 0, 1.5],
  relu: [0, 0, 0, 1.5],
  leaky_relu: [-0.4, -0.1, 0, 1.5],
  elu: [-0.8646647, -0.3934693, 0, 1.5],
  gelu: [-0.0455003, -0.1542688, 0, 1.3997893],
  sigmoid: [0.1192029, 0.3775407, 0.5, 0.8175745],
  tanh: [-0.9640276, -0.4621172, 0, 0.9051482],
  softplus: [0.126928, 0.474077, 0.6931472, 1.7014133],
  softmax: [0.0217457, 0.0974573, 0.1606799, 0.7201172],
};

test.each(activationNames)("the activation %s is Keras's of that name", async (name) => {
  const feeds = [given([1, 4], [-2, -0.5, 0, 1.5])];
  const { values } = await reference().runSample({ name, feeds, build: (x) => activate(name, x) });
  [...values].forEach((value, i) => expect(value).toBeCloseTo(kerasActivations[name][i]!, 6));
});
