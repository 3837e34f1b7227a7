// Golden numbers from Keras 3 for layers that TensorFlow.js lacks or has otherwise: forwards, gradients of inputs and weights,
// and small models over twenty steps. `golden/layers.py` made them, and nothing here needs Python.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "../../scripts/support/paths";
import type { Backend, TensorData } from "../../src/engine/backend/backend";
import { createCpuBackend } from "../../src/engine/backend/cpu/cpuBackend";
import { openCpuBackend } from "../../src/engine/backend/cpu/openCpuBackend";
import { createWebGpuBackend } from "../../src/engine/backend/webgpu/webgpuBackend";
import type { Dataset } from "../../src/engine/data";
import type { ColumnData, ColumnInfo } from "../../src/engine/data/column";
import { type Config, readConfig } from "../../src/engine/fields";
import type { Node } from "../../src/engine/graph/node";
import { analyzeModel } from "../../src/engine/model/analyze";
import type { TensorType } from "../../src/engine/graph/type";
import { f32 } from "../../src/engine/nn/layer";
import { layers, type LayerType } from "../../src/engine/nn/layers";
import { gradients } from "../../src/engine/ops/gradients";
import { sum } from "../../src/engine/ops/broadcast";
import { input } from "../../src/engine/ops/leaf";
import { mul } from "../../src/engine/ops/pointwise";
import { type Shape, sizeOf } from "../../src/engine/shape";
import { evaluate } from "../../src/engine/train/evaluate";
import { ResidentData } from "../../src/engine/train/resident";
import { Session } from "../../src/engine/train/session";
import { isFull } from "../support/full";
import { testGpu } from "../support/gpu";
import { type BlockSpec, modelOf, ratesOf, sgd } from "../support/models";

interface GoldenLayer {
  readonly type: LayerType;
  readonly config: Config;
  readonly input: number[];
  readonly shape: number[];
  readonly weights: number[][];
  readonly y: number[];
  readonly dx: number[];
  readonly dweights: number[][];
  /** What it keeps of the batch, from means of 0 and variances of 1. */
  readonly kept: number[][];
}
interface GoldenModel {
  readonly blocks: BlockSpec[];
  readonly losses: number[];
  /** By layer, a container before what it holds, in Keras's order of weights. */
  readonly end: number[][][];
}

const golden = JSON.parse(readFileSync(join(root, "tests/parity/golden/layers.json"), "utf8")) as {
  readonly layers: GoldenLayer[];
  readonly models: GoldenModel[];
};

const BATCH = 2;
const SAMPLES = 18;
/** Agreement of f32 arithmetic in another order, as absolute error of numbers near 1. */
const TOLERANCE = 2e-5;

/** As the script in Python has it. */
const wave = (shape: Shape, phase: number, factor = 1, offset = 0): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length: sizeOf(shape) }, (_, i) => factor * Math.fround(Math.sin(i * 1.7 + phase)) + offset);
const weightOf = (shape: Shape, k: number): Float32Array<ArrayBuffer> =>
  wave(shape, 2 + k, 0.5, shape.length === 1 && k === 0 ? 1 : 0);

const backends: Backend[] = [];
beforeAll(async () => {
  // WebGPU, which compiles for seconds, has the first of each type every day.
  backends.push(createCpuBackend(), await openCpuBackend(), await createWebGpuBackend({ gpu: await testGpu() }));
});
afterAll(() => {
  for (const backend of backends) backend.dispose();
});

function expectClose(actual: ArrayLike<number>, wanted: readonly number[], of: string): void {
  expect(actual.length, of).toBe(wanted.length);
  wanted.forEach((value, i) => {
    const off = Math.abs((actual[i] ?? NaN) - value);
    if (!(off <= TOLERANCE * Math.max(1, Math.abs(value))))
      expect.fail(`${of}, element ${i}: expected ${value}, got ${actual[i]}`);
  });
}

describe("one layer in Keras 3", () => {
  it.each(golden.layers.map((layer) => [`${layer.type} ${JSON.stringify(layer.config)}`, layer] as const))(
    "%s",
    async (_, { type, config: given, input: inputShape, shape, weights, y: wanted, dx, dweights, kept }) => {
      const layer = layers[type];
      const { config, problems } = readConfig(layer.fields, given);
      expect(problems).toEqual([]);
      const inputType: TensorType = { shape: inputShape, dtype: layer.accepts ?? "f32" };
      expect(layer.output(inputType, config)).toEqual(f32(shape));
      const all = Object.entries(layer.variables?.(inputType, config) ?? {});
      const specs = all.filter(([, { trainable = true }]) => trainable);
      const running = all
        .filter((spec) => !specs.includes(spec))
        .map(([name, { shape: own, initializer }]) => ({
          name,
          node: input(name, own),
          start: new Float32Array(sizeOf(own)).fill(initializer === "ones" ? 1 : 0),
        }));
      expect(specs.map(([, spec]) => spec.shape)).toEqual(weights);
      const nodes = specs.map(([name, spec]) => input(name, spec.shape));
      const x = input("x", [BATCH, ...inputShape], inputType.dtype);
      const context = {
        training: true,
        isFrozen: false,
        seed: input("seed", [], "u32"),
        step: input("step", [], "u32"),
        stream: 0,
        mask: undefined,
        count: undefined,
      };
      const variables = {
        ...Object.fromEntries(specs.map(([name], k) => [name, nodes[k]!])),
        ...Object.fromEntries(running.map(({ name, node }) => [name, node])),
      };
      const built = layer.build(x, variables, config, context);
      const { output: y, updates } = "output" in built ? built : { output: built, updates: {} };
      expect(y.shape).toEqual([BATCH, ...shape]);
      const dy = input("dy", y.shape);
      // Indices have no gradient.
      const sources = x.dtype === "f32" ? [x, ...nodes] : nodes;
      const updated = running.map(({ name }) => updates[name]!);
      const outputs = [y, ...updated, ...gradients(sum(mul(y, dy)), sources)];
      const tokens = Number(given["inputDim"]);
      const feeds = new Map<Node, TensorData>([
        [
          x,
          x.dtype === "f32"
            ? wave(x.shape, 0.3)
            : Uint32Array.from({ length: sizeOf(x.shape) }, (__, i) => (i * 5) % tokens),
        ],
        [dy, wave(y.shape, 0.7)],
        ...nodes.map((node, k) => [node, weightOf(node.shape, k)] as const),
        ...running.map(({ node, start }) => [node, start] as const),
      ]);
      const isFirst = golden.layers.find((other) => other.type === type)?.config === given;
      for (const backend of isFull || isFirst ? backends : backends.slice(0, -1)) {
        const [gotY, ...rest] = await evaluate(outputs, feeds, backend);
        const got = rest.slice(running.length);
        const gotWeights = got.slice(sources.length - nodes.length);
        expectClose(gotY!, wanted, `${backend.adapter}, y`);
        kept.forEach((values, k) => expectClose(rest[k]!, values, `${backend.adapter}, ${running[k]?.name}`));
        if (x.dtype === "f32") expectClose(got[0]!, dx, `${backend.adapter}, dx`);
        dweights.forEach((d, k) => expectClose(gotWeights[k]!, d, `${backend.adapter}, gradient of ${specs[k]?.[0]}`));
      }
    },
  );
});

describe("twenty steps in Keras 3, the last batch of each epoch short", () => {
  /** Numbers, or as many tokens. */
  const datasetOf = (x: Pick<ColumnInfo, "kind" | "dtype">, values: ColumnData): Dataset => {
    const samples = { count: SAMPLES, columns: { x: values, y: wave([SAMPLES, 2], 1.1) } };
    return {
      id: "waves",
      title: "Waves",
      trainCount: SAMPLES,
      columns: {
        x: { ...x, shape: [12], scale: 1 },
        y: { kind: "value", shape: [2], dtype: "f32", scale: 1 },
      },
      train: samples,
      test: samples,
    };
  };
  const numbers = datasetOf({ kind: "points", dtype: "f32" }, wave([SAMPLES, 12], 0.3, 2, 0.5));
  const tokensOf = (count: number): Dataset =>
    datasetOf(
      { kind: "text", dtype: "u32" },
      Uint32Array.from({ length: SAMPLES * 12 }, (_, i) => (i * 5) % count),
    );

  it.each(golden.models.map((model) => [model.blocks.map(([type]) => type).join(", "), model] as const))(
    "%s",
    async (_, { blocks, losses, end }) => {
      const [type, config] = blocks[0] ?? [];
      const dataset = type === "Embedding" ? tokensOf(Number(config?.["inputDim"])) : numbers;
      const description = {
        ...modelOf(blocks, { batchSize: 5, epochs: 5, optimizer: sgd(0.1) }, "waves"),
        task: { type: "regression", config: {} },
      } as const;
      // The unfused reference has its say in the cases above.
      const backend = await openCpuBackend();
      const resident = new ResidentData(backend);
      const session = await Session.create({ backend, description, dataset, resident, shuffle: false });
      /** The trained weights of layer i, in order. */
      const own = async (): Promise<[name: string, shape: Shape, data: Float32Array][][]> => {
        const all = Object.entries(await session.weights());
        const names = analyzeModel(description, dataset).layers.map(({ name }) => name);
        return names.map((layer) =>
          all.flatMap(([name, { shape, data }]) =>
            name.startsWith(`${layer}/`) ? [[name, shape, data] as const] : [],
          ),
        );
      };
      session.setWeights(
        Object.fromEntries(
          (await own()).flatMap((weights, place) =>
            weights.map(([name, shape], k) => [name, weightOf(shape, k + place).map((value) => 0.6 * value)]),
          ),
        ),
      );
      session.runSteps(0, ratesOf(0.1, losses.length));
      const scores = await session.readScores(0, losses.length);
      expectClose(
        scores.map(({ loss }) => loss ?? NaN),
        losses,
        "loss",
      );
      for (const [i, weights] of (await own()).entries()) {
        expect(weights.length).toBe(end[i]?.length);
        for (const [k, [name, , data]] of weights.entries()) expectClose(data, end[i]?.[k] ?? [], name);
      }
      session.dispose();
      resident.dispose();
      backend.dispose();
    },
  );
});
