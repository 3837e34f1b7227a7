// Adjoint laws in float64: for an op linear in x, `<f(x), y> = <x, gradient of <f(x), y>>`, whatever the shapes.
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Node } from "../../src/engine/graph/node";
import { broadcastTo, sum } from "../../src/engine/ops/broadcast";
import { conv2d, conv2dTranspose } from "../../src/engine/ops/conv2d";
import { depthwiseConv2d } from "../../src/engine/ops/depthwise";
import { dropout } from "../../src/engine/ops/dropout";
import { gatherRows } from "../../src/engine/ops/gather";
import { gradients } from "../../src/engine/ops/gradients";
import { matmul } from "../../src/engine/ops/matmul";
import { mul } from "../../src/engine/ops/pointwise";
import { avgPool2d } from "../../src/engine/ops/pool";
import { concat, pad, slice, transpose } from "../../src/engine/ops/strided";
import { upSample2d } from "../../src/engine/ops/upSample";
import { testBackend } from "../ops/support/run";
import { counter, drawn, drawnBelow, plant, type Tensor } from "../../src/engine/selftest/sample";

const RUNS = { seed: 20_260_101, numRuns: 40 };

const reference = testBackend("cpu64");

/** A map, and which of its inputs it is linear in when the others are held. */
interface LinearMap {
  readonly feeds: readonly Tensor[];
  readonly build: (...inputs: Node[]) => Node;
  readonly linearIn: readonly number[];
}

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((total, value, i) => total + value * (b[i] ?? NaN), 0);

async function expectAdjoint({ feeds, build, linearIn }: LinearMap): Promise<void> {
  const shape = plant({ name: "", feeds, build }).result.shape;
  const all = [...feeds, drawn(shape, 4711)];
  const { inputs, result } = plant({ name: "", feeds: all, build: (...nodes) => build(...nodes.slice(0, -1)) });
  const y = inputs.at(-1)!;
  const wrt = linearIn.map((i) => inputs[i]!);
  const [value, ...adjoints] = await reference().run([result, ...gradients(sum(mul(result, y)), wrt)], inputs, all);
  const left = dot(value!, all.at(-1)!.values);
  for (const [k, input] of linearIn.entries()) {
    const right = dot(adjoints[k]!, all[input]!.values);
    // Rounding of sums of at most some thousand terms in float64.
    expect(Math.abs(left - right)).toBeLessThanOrEqual(1e-10 * Math.max(1, Math.abs(left)));
  }
}

function law(name: string, arbitrary: fc.Arbitrary<LinearMap>): void {
  test(name, () => fc.assert(fc.asyncProperty(arbitrary, expectAdjoint), RUNS));
}

const size = (least: number, most: number): fc.Arbitrary<number> => fc.integer({ min: least, max: most });
const seed = size(1, 1_000_000);

/** An axis with a window on it: sizes for which `valid` leaves something, too. */
const axis = fc
  .record({ kernel: size(1, 4), stride: size(1, 4), dilation: size(1, 3), extra: size(0, 5), same: size(1, 8) })
  .map((a) => ({ ...a, valid: (a.kernel - 1) * a.dilation + 1 + a.extra }));

const windows = fc
  .record({
    n: size(1, 2),
    y: axis,
    x: axis,
    channels: size(1, 3),
    filters: size(1, 3),
    padding: fc.constantFrom("same" as const, "valid" as const),
    seed,
  })
  .map(({ n, y, x, channels, filters, padding, seed: draw }) => ({
    image: drawn([n, y[padding], x[padding], channels], draw),
    kernel: [y.kernel, x.kernel] as const,
    strides: [y.stride, x.stride] as const,
    dilation: [y.dilation, x.dilation] as const,
    channels,
    filters,
    padding,
    draw,
  }));

/** Two to four axes, and a permutation of them. */
const shaped = fc.array(size(1, 5), { minLength: 2, maxLength: 4 }).chain((shape) =>
  fc.record({
    shape: fc.constant(shape),
    permutation: fc.shuffledSubarray(
      shape.map((_, k) => k),
      { minLength: shape.length, maxLength: shape.length },
    ),
    before: fc.array(size(0, 3), { minLength: shape.length, maxLength: shape.length }),
    after: fc.array(size(0, 3), { minLength: shape.length, maxLength: shape.length }),
    kept: fc.subarray(shape.map((_, k) => k)),
    axis: size(0, shape.length - 1),
    seed,
  }),
);

describe("the gradient is the adjoint of", () => {
  law(
    "conv2d, in image and kernel",
    windows.map(({ image, kernel, strides, dilation, padding, channels, filters, draw }) => ({
      feeds: [image, drawn([...kernel, channels, filters], draw + 1)],
      build: (x, w) => conv2d(x, w, { strides, dilation, padding }),
      linearIn: [0, 1],
    })),
  );
  law(
    "conv2dTranspose, in image and kernel",
    windows.map(({ image, kernel, strides, dilation, padding, channels, filters, draw }) => ({
      feeds: [image, drawn([...kernel, filters, channels], draw + 1)],
      build: (x, w) => conv2dTranspose(x, w, { strides, dilation, padding }),
      linearIn: [0, 1],
    })),
  );
  law(
    "upSample2d",
    windows.chain(({ image, strides }) =>
      fc.constantFrom("nearest" as const, "bilinear" as const).map((interpolation) => ({
        feeds: [image],
        build: (x: Node) => upSample2d(x, strides, interpolation),
        linearIn: [0],
      })),
    ),
  );
  law(
    "depthwiseConv2d, in image and kernel",
    windows.map(({ image, kernel, strides, dilation, padding, channels, filters, draw }) => ({
      feeds: [image, drawn([...kernel, channels, filters], draw + 1)],
      build: (x, w) => depthwiseConv2d(x, w, { strides, dilation, padding }),
      linearIn: [0, 1],
    })),
  );
  law(
    "avgPool2d",
    windows
      .filter(({ dilation }) => dilation[0] === 1 && dilation[1] === 1)
      .map(({ image, kernel, strides, padding }) => ({
        feeds: [image],
        build: (x) => avgPool2d(x, { poolSize: kernel, strides, padding }),
        linearIn: [0],
      })),
  );
  law(
    "matmul, in both operands",
    fc
      .record({
        m: size(1, 6),
        k: size(1, 6),
        n: size(1, 6),
        batch: size(1, 3),
        a: fc.boolean(),
        b: fc.boolean(),
        seed,
      })
      .map(({ m, k, n, batch, a, b, seed: draw }) => ({
        feeds: [drawn(a ? [batch, k, m] : [batch, m, k], draw), drawn(b ? [n, k] : [k, n], draw + 1)],
        build: (x, y) => matmul(x, y, { transposeA: a, transposeB: b }),
        linearIn: [0, 1],
      })),
  );
  law(
    "transpose",
    shaped.map(({ shape, permutation, seed: draw }) => ({
      feeds: [drawn(shape, draw)],
      build: (x) => transpose(x, permutation),
      linearIn: [0],
    })),
  );
  law(
    "pad with zeros, then slice",
    shaped.map(({ shape, before, after, seed: draw }) => ({
      feeds: [drawn(shape, draw)],
      build: (x) =>
        slice(
          pad(
            x,
            shape.map((_, k) => [before[k]!, after[k]!]),
          ),
          after.map((cells, k) => Math.min(cells, before[k]!)),
          shape,
        ),
      linearIn: [0],
    })),
  );
  law(
    "concat with itself",
    shaped.map(({ shape, axis: along, seed: draw }) => ({
      feeds: [drawn(shape, draw)],
      build: (x) => concat([x, x, x], along),
      linearIn: [0],
    })),
  );
  law(
    "sum over some axes, stretched back",
    shaped.map(({ shape, kept, seed: draw }) => ({
      feeds: [drawn(shape, draw)],
      build: (x) => broadcastTo(sum(x, kept, true), [2, ...shape]),
      linearIn: [0],
    })),
  );
  law(
    "gatherRows",
    fc.record({ rows: size(1, 6), width: size(1, 4), count: size(1, 9), seed }).map((g) => ({
      feeds: [drawn([g.rows, g.width], g.seed), drawnBelow(g.rows, [g.count], g.seed)],
      build: (x, indices) => gatherRows(x, indices),
      linearIn: [0],
    })),
  );
  law(
    "dropout",
    fc.record({ n: size(1, 60), rate: fc.double({ min: 0, max: 0.95, noNaN: true }), seed }).map((d) => ({
      feeds: [drawn([d.n], d.seed), counter(d.seed), counter(d.n)],
      build: (x, a, b) => dropout(x, a, b, { rate: d.rate, stream: 9 }),
      linearIn: [0],
    })),
  );
});
