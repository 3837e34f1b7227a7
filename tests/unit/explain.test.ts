// Explained plans: costs worked out by hand, and that nothing of a plan is left out.
import { describe, expect, it } from "vitest";
import { compile } from "../../src/engine/compile/compile";
import { merging } from "../../src/engine/compile/merging";
import { explainPlan, showPlan } from "../../src/engine/compile/explain";
import type { Node } from "../../src/engine/graph/node";
import { labelled } from "../../src/engine/graph/node";
import { presets } from "../../src/engine/model/presets";
import { sum } from "../../src/engine/ops/broadcast";
import { conv2d } from "../../src/engine/ops/conv2d";
import { softmaxCrossEntropy } from "../../src/engine/ops/crossEntropy";
import { depthwiseConv2d } from "../../src/engine/ops/depthwise";
import { argMax, batchRows, gatherRows, oneHot } from "../../src/engine/ops/gather";
import { gradients } from "../../src/engine/ops/gradients";
import { input, state, stepScalar } from "../../src/engine/ops/leaf";
import { matmul } from "../../src/engine/ops/matmul";
import { add, mul, relu } from "../../src/engine/ops/pointwise";
import { avgPool2d, maxPool2d } from "../../src/engine/ops/pool";
import { max } from "../../src/engine/ops/reduce";
import { writeRow } from "../../src/engine/ops/ring";
import { softmax } from "../../src/engine/ops/softmax";
import { transpose } from "../../src/engine/ops/strided";
import { sizeOf } from "../../src/engine/shape";
import { trainingStep } from "../support/trainingStep";
import { english } from "../../src/engine/words/said";

/** Explains the fused plan of these nodes. */
const explain = (...outputs: Node[]) => explainPlan(compile({ outputs }));
/** The cost of the only step of a plan. */
function costOf(node: Node): number[] {
  const { launches } = explain(node);
  expect(launches).toHaveLength(1);
  const { flops, bytesRead, bytesWritten } = launches[0]!;
  return [flops, bytesRead, bytesWritten];
}

const images = input("images", [2, 8, 8, 3]);
const pool = { poolSize: [2, 2], strides: [2, 2], padding: "valid" } as const;
const rows = input("rows", [32, 10]);
const labels = input("labels", [32], "u32");

describe("the cost of a step", () => {
  it("of a dense layer of 128 by 784 by 128 is 25.69 MFLOP", () => {
    const product = matmul(input("x", [128, 784]), input("w", [784, 128]));
    expect(costOf(product)).toEqual([25_690_112, 4 * (128 * 784 + 784 * 128), 4 * 128 * 128]);
  });

  it("of a product with an epilogue is the sum of both", () => {
    const product = matmul(input("x", [128, 784]), input("w", [784, 128]));
    const dense = relu(add(product, input("b", [128])));
    expect(costOf(dense)).toEqual([25_690_112 + 2 * 128 * 128, 4 * (128 * 784 + 784 * 128 + 128), 4 * 128 * 128]);
  });

  it.each([
    // 2 images of 6x6 results of 4 channels, each of 3x3x3 multiply-adds.
    [
      "a convolution",
      conv2d(images, input("k", [3, 3, 3, 4]), { strides: [1, 1], padding: "valid", dilation: [1, 1] }),
      15_552,
    ],
    [
      "a depthwise convolution",
      depthwiseConv2d(images, input("k", [3, 3, 3, 2]), { strides: [1, 1], padding: "valid", dilation: [1, 1] }),
      2 * 9 * 432,
    ],
    ["max pooling", maxPool2d(images, pool), 2 * 4 * 4 * 3 * 4],
    ["average pooling", avgPool2d(images, pool), 2 * 4 * 4 * 3 * 4],
    ["a sum", sum(rows), 320],
    ["a maximum", max(rows, [-1]), 320],
    ["the index of a maximum", argMax(rows), 320],
    ["softmax", softmax(rows), 5 * 320],
    ["cross-entropy", softmaxCrossEntropy(rows, labels), 4 * 320],
    ["a transposition", transpose(rows, [1, 0]), 0],
    ["one-hot codes", oneHot(labels, 10), 0],
  ])("of %s is what it computes", (_, node, flops) => {
    expect(costOf(node)[0]).toBe(flops);
  });

  it("counts each instruction of a program for each element, and constants not at all", () => {
    const { launches } = explain(relu(add(mul(rows, 3), 1)));
    expect(launches).toMatchObject([
      { operations: ["mul", "add", "relu"], flops: 3 * 320, bytesRead: 1280, bytesWritten: 1280 },
    ]);
  });

  it("counts what is read twice once", () => {
    const square = input("square", [16, 16]);
    expect(costOf(matmul(square, square)).slice(1)).toEqual([1024, 1024]);
  });

  it("of gradients is that of the work they do", () => {
    const kernel = input("k", [3, 3, 3, 2]);
    const y = depthwiseConv2d(images, kernel, { strides: [1, 1], padding: "valid", dilation: [1, 1] });
    const flopsOf = (name: string, nodes: readonly Node[]): number | undefined =>
      explain(...nodes).launches.find(({ operations }) => operations[0] === name)?.flops;
    const depthwise = gradients(sum(y), [images, kernel]);
    expect(flopsOf("depthwiseConv2dGradInput", depthwise)).toBe(2 * 9 * 432);
    expect(flopsOf("depthwiseConv2dGradKernel", depthwise)).toBe(2 * 9 * 432);
    // Each window's gradient goes to one place.
    expect(flopsOf("maxPool2dGrad", gradients(sum(maxPool2d(images, pool)), [images]))).toBe(2 * 4 * 4 * 3);
    expect(flopsOf("avgPool2dGrad", gradients(sum(avgPool2d(images, pool)), [images]))).toBe(2 * 4 * 4 * 3 * 4);
    const loss = softmaxCrossEntropy(rows, labels);
    expect(flopsOf("softmaxCrossEntropyWithGrad", [loss, ...gradients(sum(loss), [rows])])).toBe(6 * 320);
  });

  it("of taking rows is that of those rows, not of the whole table", () => {
    const order = input("order", [500], "u32");
    const batch = batchRows(input("pixels", [500, 784], "u8"), order, stepScalar("offset", "u32"), {
      count: 32,
      scale: 0.5,
    });
    expect(costOf(batch)).toEqual([32 * 784, 32 * 784 + 32 * 4, 32 * 784 * 4]);
    expect(costOf(gatherRows(input("table", [500, 10]), labels))).toEqual([0, 32 * 10 * 4 + 32 * 4, 32 * 10 * 4]);
  });

  it("of noting scores is that of one row of the ring", () => {
    const ring = state("ring", [4096, 4]);
    const value = writeRow(ring, stepScalar("row", "u32"), [input("loss", []), input("correct", [])]);
    const { launches } = explainPlan(compile({ outputs: [], updates: [{ state: ring, value }] }));
    expect(launches).toMatchObject([{ flops: 0, bytesRead: 12, bytesWritten: 8 }]);
  });
});

describe("an explained plan", () => {
  const plan = compile(trainingStep(presets.convnet.description));
  const explained = explainPlan(plan);

  it("has a record for every step, with its layer and its types", () => {
    expect(explained.launches.map(({ index }) => index)).toEqual(plan.launches.map((_, i) => i));
    expect(explained.launches.map(({ label }) => label)).toEqual(plan.launches.map(({ label }) => label));
    for (const name of ["conv2d", "conv2d_1", "conv2d_2", "max_pooling2d", "dense", "dense_1", "optimizer"]) {
      expect(
        explained.launches.filter(({ label }) => label === name),
        name,
      ).not.toHaveLength(0);
    }
    const first = explained.launches.find(({ operations }) => operations[0] === "conv2d");
    expect(first).toMatchObject({
      summary: { key: "summary.operations", values: { operations: ["conv2d", "add", "relu"] } },
      inputs: [
        { shape: [32, 28, 28, 1], dtype: "f32" },
        { shape: [3, 3, 1, 32], dtype: "f32" },
        { shape: [32], dtype: "f32" },
      ],
      outputs: [{ shape: [32, 26, 26, 32], dtype: "f32" }],
    });
  });

  it("adds its launches up", () => {
    for (const key of ["flops", "bytesRead", "bytesWritten"] as const) {
      expect(explained[key]).toBe(explained.launches.reduce((total, step) => total + step[key], 0));
    }
  });

  it("costs as many operations in products, fused or not", () => {
    const products = (fuse: boolean): number[] =>
      compile(trainingStep(presets.perceptron.description), { fuse }).launches.flatMap(({ kernel, inputs, attrs }) => {
        const form = kernel.form?.(inputs, attrs);
        return form?.kind === "gemm" ? [2 * form.size.batch * form.size.m * form.size.n * form.size.k] : [];
      });
    const total = (numbers: readonly number[]): number => numbers.reduce((sum_, number) => sum_ + number, 0);
    // Forward, and backward to the weights of both layers and to the input of the second.
    expect(total(products(true))).toBe(2 * 64 * (2 * 784 * 128 + 3 * 128 * 10));
    expect(total(products(true))).toBe(total(products(false)));
  });

  it("has the memory of the plan", () => {
    expect(explained.arenaBytes).toEqual(plan.arenas.map((elements) => 4 * elements));
    expect(explained.leaves).toContainEqual({ name: "ring", shape: [4096, 2], dtype: "f32", byteLength: 32_768 });
    expect(explained.leaves).toContainEqual({ name: "data/label", shape: [100], dtype: "u8", byteLength: 100 });
  });

  it("is plain data", () => {
    expect(structuredClone(explained)).toEqual(explained);
  });

  it("has what the backend says of its launches", () => {
    const launches = plan.launches.map((_, i) => ({ variant: `kernel${i}`, workgroups: i }));
    expect(explainPlan(plan, launches).launches.map(({ detail }) => detail)).toEqual(launches);
  });
});

describe("launches made of several launches", () => {
  const merged = (...outputs: Node[]) => explainPlan(compile({ outputs }, { fuse: true, merging })).launches;

  it("cost what their launches cost, side by side", () => {
    const [a, b] = [input("a", [128, 64]), input("b", [64, 96])];
    const products = [matmul(a, b), matmul(a, input("c", [64, 32]))];
    const bytesRead = 4 * (128 * 64 + 64 * 96 + 128 * 64 + 64 * 32);
    expect(merged(...products)).toMatchObject([
      {
        operations: ["matmul", "matmul"],
        flops: 2 * 128 * 64 * (96 + 32),
        bytesRead,
        bytesWritten: 4 * 128 * (96 + 32),
      },
    ]);
    expect(merged(...products)[0]?.inputs.map(({ shape }) => shape)).toEqual([
      [128, 64],
      [64, 96],
      [64, 32],
    ]);
  });

  it("cost what their launches cost, one after another", () => {
    const [step, ...others] = merged(softmax(mul(max(rows, [0]), 0.5)), sum(rows));
    expect(others).toEqual([]);
    expect(step?.operations.toSorted()).toEqual(["max", "mul", "softmax", "sum"]);
    expect(step?.flops).toBe(320 + 10 + 5 * 10 + 320);
  });

  it("move no value that is computed where it is read", () => {
    // The product is computed by the transposition that reads it.
    const launches = merged(transpose(mul(rows, 3), [1, 0]));
    expect(launches).toMatchObject([
      { operations: ["mul", "transpose"], flops: 320, bytesRead: 1280, bytesWritten: 1280 },
    ]);
  });

  it("read a batch where the dataset has it", () => {
    const computation = trainingStep(presets.perceptron.description);
    const [first] = explainPlan(compile(computation, { fuse: true, merging })).launches;
    expect(first).toMatchObject({
      operations: ["batchRows", "matmul", "add", "relu"],
      // Every pixel is scaled, too.
      flops: 64 * 784 + 2 * 64 * 784 * 128 + 2 * 64 * 128,
      bytesRead: 64 * 784 + 4 * 64 + 4 * (784 * 128 + 128),
      bytesWritten: 4 * 64 * 128,
    });
  });

  it("write what others read of them, and nothing else", () => {
    const { launches } = explainPlan(compile(trainingStep(presets.convnet.description), { fuse: true, merging }));
    // The ring is only written in part.
    for (const { summary, operations, outputs, bytesWritten } of launches) {
      if (operations.includes("writeRow")) continue;
      const bytes = outputs.reduce((total, { shape }) => total + 4 * sizeOf(shape), 0);
      expect(bytesWritten, english(summary)).toBe(bytes);
    }
    expect(launches.filter(({ operations }) => operations.length > 3).length).toBeGreaterThan(3);
  });

  it("of a convolution and its pooling cost what windows cover", () => {
    // Of 5x5 results, 2x2 windows cover 4x4: 2 images of 16 results of 4 channels, each of 3x3x3 multiply-adds, a bias,
    // relu and a comparison.
    const x = input("x", [2, 7, 7, 3]);
    const kernel = input("kernel", [3, 3, 3, 4]);
    const pooled = maxPool2d(relu(add(conv2d(x, kernel), input("bias", [4]))), pool);
    const forward = 2 * 16 * 4 * (2 * 27 + 3);
    expect(merged(pooled)).toMatchObject([
      { operations: ["conv2d", "add", "relu", "maxPool2d"], flops: forward, bytesWritten: 4 * 2 * 2 * 2 * 4 },
    ]);
    // 27 by 4 weights, each from the same 32 positions.
    const back = merged(...gradients(sum(pooled), [kernel])).find(({ operations }) =>
      operations.includes("conv2dKernelGrad"),
    );
    expect(back).toMatchObject({ operations: ["maxPool2dGrad", "conv2dKernelGrad"], flops: 2 * 27 * 4 * 32 });
  });

  it("add up to what the launches cost alone", () => {
    const explained = (id: "perceptron" | "convnet") =>
      [{}, { merging }].map((passes) => {
        return explainPlan(compile(trainingStep(presets[id].description), { fuse: true, ...passes }));
      });
    const [alone, together] = explained("perceptron");
    expect(together?.launches.length).toBeLessThan(alone?.launches.length ?? 0);
    // Small values may be computed several times, and are not moved then.
    expect(together?.flops).toBeGreaterThanOrEqual(alone?.flops ?? Infinity);
    expect(together?.flops).toBeLessThan(1.01 * (alone?.flops ?? 0));
    expect(together?.bytesWritten).toBeLessThan(alone?.bytesWritten ?? 0);
    // What no pooling window covers is only computed alone.
    const [every, covered] = explained("convnet");
    expect(covered?.flops).toBeLessThan(every?.flops ?? 0);
    expect(covered?.flops).toBeGreaterThan(0.9 * (every?.flops ?? Infinity));
  });
});

describe("the table of a plan", () => {
  const x = input("x", [128, 784]);
  const hidden = labelled("hidden", () => relu(add(matmul(x, input("w", [784, 128])), input("b", [128]))));
  const plan = compile({ outputs: [labelled("total", () => sum(hidden))] });

  it("has a line for each launch, the total, and the memory", () => {
    expect(showPlan(explainPlan(plan)).split("\n")).toEqual([
      "#  layer   operations         inputs                     output      MFLOP  kB read  kB written",
      "0  hidden  matmul, add, relu  [128×784] [784×128] [128]  [128×128]  25.723    803.3        65.5",
      "1  total   sum                [128×128]                  []          0.016     65.5         0.0",
      "   total   2 launches                                               25.739    868.9        65.5",
      "",
      "memory (kB)",
      "  x        [128×784]  401.4",
      "  w        [784×128]  401.4",
      "  b        [128]        0.5",
      "  arena 0              65.5",
      "  arena 1               0.3",
    ]);
  });

  it("names kernels and workgroups where they are known", () => {
    const launches = [
      { variant: "gemm_tiled", workgroups: 16 },
      { variant: "reduce_long", workgroups: 1 },
    ];
    const [header, first] = showPlan(explainPlan(plan, launches)).split("\n");
    expect(header).toMatch(/kernel +groups +MFLOP/);
    expect(first).toMatch(/gemm_tiled +16 +25\.723/);
  });

  it("counts the operations that it has no room to name", () => {
    const long = [1, 2, 3, 4].reduce((node, value) => relu(mul(node, value + 0.5)), rows as Node);
    const [first] = explain(long).launches;
    expect(first && english(first.summary)).toBe("mul, relu and 6 more");
  });
});
