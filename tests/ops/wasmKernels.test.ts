// The WebAssembly kernels that move, choose and convolve by channel, at the sizes where they take another way: against the
// float64 reference, and with the same bits on any number of threads.
import { setFlagsFromString } from "node:v8";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startThread } from "../../scripts/support/helperThread";
import type { TensorData } from "../../src/engine/backend/backend";
import { createWasmBackend } from "../../src/engine/backend/cpu/wasm/wasmBackend";
import { apply, type Node } from "../../src/engine/graph/node";
import { depthwiseConv2d } from "../../src/engine/ops/depthwise";
import { gatherOps, gatherRows, oneHot } from "../../src/engine/ops/gather";
import { gradients } from "../../src/engine/ops/gradients";
import { sum } from "../../src/engine/ops/broadcast";
import { dropout } from "../../src/engine/ops/dropout";
import { input } from "../../src/engine/ops/leaf";
import { reshape } from "../../src/engine/ops/layout";
import { matmul } from "../../src/engine/ops/matmul";
import { mul, pow, relu } from "../../src/engine/ops/pointwise";
import { randomNormal, randomUniform } from "../../src/engine/ops/random";
import { recurrent } from "../../src/engine/ops/recurrent";
import type { CellName } from "../../src/engine/ops/recurrentCells";
import type { RecurrentOptions } from "../../src/engine/ops/recurrentWalk";
import { concat, pad, slice, transpose } from "../../src/engine/ops/strided";
import { counter, drawn, drawnBelow, given, type Tensor } from "../../src/engine/selftest/sample";
import { expectClose } from "./support/compare";
import { openBackend, TestBackend } from "./support/run";

// Node 20 has relaxed SIMD behind a flag; later versions ignore the flag.
setFlagsFromString("--experimental-wasm-relaxed-simd");

/** Sums of some thousand products of numbers up to 1, in f32. */
const TOLERANCE = 3e-5;

const shapes = (...all: number[][]): Tensor[] => all.map((shape, i) => drawn(shape, i + 1, [-1, 1]));
const plain = { strides: [1, 1], padding: "valid", dilation: [1, 1] } as const;
const uneven = { strides: [2, 1], padding: "same", dilation: [1, 2] } as const;

/** A depthwise convolution and both of its gradients. */
function depthwise(options: typeof plain | typeof uneven) {
  return (x: Node, filters: Node): Node[] => {
    const y = depthwiseConv2d(x, filters, options);
    return [y, ...gradients(sum(mul(y, y)), [x, filters])];
  };
}

/** A walk over samples whose input's sums are a product, and all gradients. */
function walk(cell: CellName, options: Partial<RecurrentOptions> = {}) {
  const usual = { activation: "tanh", recurrentActivation: "sigmoid", reverse: false, sequences: true } as const;
  return (x: Node, kernel: Node, ownKernel: Node, ...bias: Node[]): Node[] => {
    const [samples = 1, steps = 1, channels = 1] = x.shape;
    const sums = matmul(reshape(x, [samples * steps, channels]), kernel);
    const read = reshape(sums, [samples, steps, kernel.shape[1]!]);
    const y = recurrent(read, ownKernel, { cell, ...usual, ...options }, ...bias);
    return [y, ...gradients(sum(mul(y, y)), [x, kernel, ownKernel, ...bias])];
  };
}

/** An input of so many samples, steps and channels, a kernel, a recurrent one and a bias. */
function walked([samples, steps, channels]: readonly [number, number, number], gates: number, units: number): Tensor[] {
  const [x, kernel, bias] = shapes([samples, steps, channels], [channels, gates * units], [gates * units]);
  // Small enough that no walk makes much of a rounding error.
  const most = 0.8 / Math.sqrt(units);
  return [x!, kernel!, drawn([units, gates * units], 4, [-most, most]), bias!];
}

/** What is special, the inputs, and the graph on them. */
const special: readonly (readonly [string, Tensor[], (...inputs: Node[]) => Node[]])[] = [
  ["rows turned four at a time, and some left over", shapes([39, 22]), (x) => [transpose(x, [1, 0])]],
  ["many pieces of turned rows", shapes([130, 70]), (x) => [transpose(x, [1, 0])]],
  ["heads moved before time", shapes([3, 10, 4, 6]), (x) => [transpose(x, [0, 2, 1, 3])]],
  ["channels moved to the front", shapes([3, 5, 7, 9]), (x) => [transpose(x, [0, 3, 1, 2])]],
  [
    "a frame of another number, and its gradient",
    shapes([3, 5, 21]),
    (x) => {
      const y = pad(
        x,
        [
          [1, 0],
          [2, 3],
          [1, 4],
        ],
        -7.5,
      );
      return [y, ...gradients(sum(mul(y, y)), [x])];
    },
  ],
  [
    "indices, surrounded",
    [drawnBelow(9, [4, 5], 1)],
    (x) => [
      pad(
        x,
        [
          [0, 1],
          [2, 0],
        ],
        4_000_000_000,
      ),
    ],
  ],
  [
    "a box inside, and its gradient",
    shapes([9, 40, 3]),
    (x) => {
      const y = slice(x, [2, 5, 1], [4, 30, 2]);
      return [y, ...gradients(sum(mul(y, y)), [x])];
    },
  ],
  ["arrays joined in the middle", shapes([40, 3, 5], [40, 1, 5], [40, 30, 5]), (...all) => [concat(all, 1)]],
  [
    "few of many rows, one of them often",
    [
      drawn([1000, 20], 1),
      given(
        [300],
        Array.from({ length: 300 }, (_, i) => (i % 3 === 0 ? 5 : (i * 37) % 1100)),
        "u32",
      ),
    ],
    (table, indices) => {
      const y = gatherRows(table, indices);
      return [y, ...gradients(sum(mul(y, y)), [table])];
    },
  ],
  [
    "one row, read by all",
    [drawnBelow(3, [70], 1), drawn([70, 3], 2)],
    (indices, dy) => [apply(gatherOps.gatherRowsGrad, [indices, dy], { rows: 1 })],
  ],
  [
    "rows of u32",
    [drawnBelow(99, [7, 5], 1), drawnBelow(7, [40], 2)],
    (table, indices) => [gatherRows(table, indices)],
  ],
  ["many one-hot codes", [drawnBelow(12, [5, 40], 1)], (indices) => [oneHot(indices, 11)]],
  ["depthwise, a channel a filter", shapes([5, 9, 8, 16], [3, 3, 16, 1]), depthwise(plain)],
  ["depthwise, 38 channels, padded, strided and dilated", shapes([3, 9, 8, 38], [3, 2, 38, 1]), depthwise(uneven)],
  ["depthwise, four filters a channel", shapes([2, 7, 9, 5], [2, 3, 5, 4]), depthwise(uneven)],
  ["depthwise, three filters a channel", shapes([2, 7, 9, 7], [2, 3, 7, 3]), depthwise(plain)],
  ["depthwise, taps that never meet the image", shapes([1, 2, 3, 5], [5, 5, 5, 1]), depthwise(uneven)],
  [
    "powers, fused with their neighbours",
    [drawn([1030], 1, [0.1, 3])],
    (x) => [relu(mul(pow(x, 1.7), 2)), pow(x, -0.5), ...gradients(sum(pow(x, 3)), [x])],
  ],
  [
    "random numbers in many pieces",
    [counter(3), counter(4)],
    (seed, step) => [
      randomUniform(seed, step, { stream: 5, shape: [5003] }),
      randomNormal(seed, step, { stream: 6, shape: [41, 77] }),
    ],
  ],
  [
    "a mask over rows of a table",
    [drawn([50, 30], 1), drawnBelow(50, [70], 2), counter(3), counter(4)],
    (table, indices, seed, step) => {
      const y = dropout(gatherRows(table, indices), seed, step, { rate: 0.3, stream: 5 });
      return [y, ...gradients(sum(mul(y, y)), [table])];
    },
  ],
  ["LSTM on its input", walked([13, 5, 7], 4, 16), walk("lstm")],
  [
    "LSTM of odd sizes, back from the end, the last state",
    walked([1, 6, 3], 4, 5),
    walk("lstm", { reverse: true, sequences: false }),
  ],
  ["LSTM of one step, and no bias", walked([9, 1, 30], 4, 3).slice(0, 3), walk("lstm")],
  ["LSTM on many channels", walked([7, 3, 401], 4, 8), walk("lstm")],
  ["a simple cell on its input", walked([70, 4, 2], 1, 9), walk("simple", { activation: "relu" })],
  ["LSTM long and wide enough for its gradients as one product", walked([40, 26, 6], 4, 64), walk("lstm")],
  ["the same of odd sizes, from the end", walked([41, 26, 5], 4, 65), walk("lstm", { reverse: true })],
  ["the same of many samples, and no bias", walked([400, 3, 7], 4, 64).slice(0, 3), walk("lstm", { sequences: false })],
  ["GRU, whose candidate takes sums apart", walked([8, 4, 6], 3, 10), walk("gru")],
];

const bytesOf = ({ buffer, byteOffset, byteLength }: TensorData) => Buffer.from(buffer, byteOffset, byteLength);
const sameBits = (a: TensorData, b: TensorData): boolean => bytesOf(a).equals(bytesOf(b));

const leaves = (feeds: readonly Tensor[]): Node[] => feeds.map(({ shape, dtype }, i) => input(`x${i}`, shape, dtype));

describe.each(["simd", "relaxed"] as const)("%s", (variant) => {
  let reference: TestBackend;
  const teams = new Map<number, TestBackend>();
  beforeAll(async () => {
    reference = await openBackend("cpu64");
    for (const threads of [1, 2, 3, 5]) {
      const backend = await createWasmBackend({ variant, threads, startHelper: startThread });
      if (!backend) throw new Error(`WebAssembly: expected ${variant} kernels to be valid here, got none that are.`);
      teams.set(threads, new TestBackend(backend));
    }
  });
  afterAll(() => {
    for (const backend of [reference, ...teams.values()]) backend.dispose();
  });

  test.each(special)("%s", async (_, feeds, build) => {
    const inputs = leaves(feeds);
    const outputs = build(...inputs);
    const expected = await reference.run(outputs, inputs, feeds);
    const alone = await teams.get(1)!.run(outputs, inputs, feeds);
    outputs.forEach((_output, i) => expectClose(alone[i]!, expected[i]!, TOLERANCE));
    for (const backend of teams.values()) {
      const prepared = await backend.prepare({ outputs, inputs, feeds });
      // A second time over what the first has left behind.
      for (let run = 0; run < 2; run++) {
        const again = await prepared.run();
        expect(again.map((values, i) => sameBits(values, alone[i]!))).toEqual(alone.map(() => true));
      }
      prepared.dispose();
    }
  });

  // As JavaScript has them: zero, infinities, NaN, negative numbers, and results beyond the range.
  test.each([0, 1, 2, 3, -1, -2, 0.5, -0.5, 1 / 3, 10, 61, 2.5])("powers of %f at the edges", async (exponent) => {
    const edges = [0, -0, 1, -1, 2, -2, 0.1, -3.7, 1e-40, -1e-40, 1e30, -1e30, 3e38, Infinity, -Infinity, NaN];
    const feeds = [given([edges.length], edges)];
    const inputs = leaves(feeds);
    const [actual] = await teams.get(1)!.run([pow(inputs[0]!, exponent)], inputs, feeds);
    const expected = edges.map((x) => Math.fround(Math.fround(x) ** exponent));
    expected.forEach((value, i) => {
      const got = actual![i]!;
      const name = `${edges[i]} to the power of ${exponent}`;
      if (Number.isFinite(value) && value !== 0) expect(Math.abs(got / value - 1), name).toBeLessThan(2 ** -22);
      else expect(got, name).toBe(value);
    });
  });
});
