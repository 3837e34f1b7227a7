// Which layers let a step see later ones: what records say against what the layers do, and what a model that tells the next token is told.
import { describe, expect, it } from "vitest";
import { firstConfig } from "../../app/model/landing";
import type { TensorData } from "../../src/engine/backend/backend";
import { createCpuBackend } from "../../src/engine/backend/cpu/cpuBackend";
import { type Config, type Field, readConfig } from "../../src/engine/fields";
import type { Node } from "../../src/engine/graph/node";
import type { TensorType } from "../../src/engine/graph/type";
import { f32, isProblem } from "../../src/engine/nn/layer";
import { layers, type LayerType } from "../../src/engine/nn/layers";
import { input } from "../../src/engine/ops/leaf";
import { sizeOf } from "../../src/engine/shape";
import { requireDataset } from "../../src/engine/data/library";
import { analyzeModel } from "../../src/engine/model/analyze";
import type { ModelDescription } from "../../src/engine/model/description";
import { presets } from "../../src/engine/model/presets";
import { evaluate } from "../../src/engine/train/evaluate";
import { type BlockSpec, modelOf } from "../support/models";

const STEPS = 6;
/** From here on the second of two samples is another than the first. */
const CHANGED = 3;
const backend = createCpuBackend();

const inputs: readonly TensorType[] = [
  f32([STEPS, 4]),
  f32([STEPS, 6]),
  f32([STEPS, 4, 2]),
  f32([STEPS, 2, 6]),
  { shape: [STEPS], dtype: "u32", below: 9 },
];

/** Other values of a setting. */
function othersOf(field: Field, key: string): readonly unknown[] {
  if (field.kind === "choice") return field.options;
  if (field.kind === "flag") return [true, false];
  if (field.kind === "pair")
    return [
      [1, 1],
      [1, 3],
      [3, 1],
      [2, 2],
    ];
  return field.kind === "number" && field.whole
    ? (key === "units" ? [STEPS] : [1, 2, 3]).filter((value) => value >= field.min)
    : [];
}

/** Settings that keep the steps where that can be, and each setting changed by itself. */
function configsOf(type: LayerType): Config[] {
  const { fields, initial } = layers[type];
  const keeping: Record<string, unknown> = { ...initial };
  for (const [key, field] of Object.entries(fields)) {
    if (key === "strides") keeping[key] = field.kind === "pair" ? [1, 1] : 1;
    if (key === "padding") keeping[key] = "same";
    if (key === "returnSequences") keeping[key] = true;
    if (key === "groups") keeping[key] = 2;
    if (key === "targetShape") keeping[key] = [STEPS, 2, 2];
  }
  const orders =
    "dims" in fields
      ? [
          [1, 2],
          [2, 1],
          [1, 3, 2],
          [2, 1, 3],
        ].map((dims) => ({ ...keeping, dims }))
      : [];
  return [
    keeping,
    ...orders,
    ...Object.entries(fields).flatMap(([key, field]) =>
      othersOf(field, key).map((value) => ({ ...keeping, [key]: value })),
    ),
  ];
}

/** Whether steps before the change follow from those after it; undefined where the layer takes no such input, or keeps no steps. */
async function seesLater(type: LayerType, given: Config, read: TensorType): Promise<boolean | undefined> {
  const layer = layers[type];
  const { config, problems } = readConfig(layer.fields, given);
  if (problems.length > 0 || (layer.accepts ?? "f32") !== read.dtype) return undefined;
  const output = layer.output(read, config);
  if (isProblem(output) || output.shape[0] !== STEPS) return undefined;
  const x = input("x", [2, ...read.shape], read.dtype);
  const each = sizeOf(read.shape);
  const kept = (CHANGED * each) / STEPS;
  const valueAt = (i: number): number => (i < each || i - each < kept ? Math.sin((i % each) * 1.3) : Math.cos(i * 0.7));
  const values = Float32Array.from({ length: 2 * each }, (_, i) => valueAt(i));
  const feeds = new Map<Node, TensorData>([
    [x, read.dtype === "u32" ? Uint32Array.from(values, (v) => 4 + 4 * v) : values],
  ]);
  const variables = Object.entries(layer.variables?.(read, config) ?? {}).map(([name, { shape }], k) => {
    const node = input(name, shape);
    feeds.set(
      node,
      Float32Array.from({ length: sizeOf(shape) }, (_, i) => 0.6 + 0.4 * Math.sin(i * 2.1 + k)),
    );
    return [name, node] as const;
  });
  const [seed, step] = [input("seed", [], "u32"), input("step", [], "u32")];
  const context = { training: false, isFrozen: false, seed, step, stream: 1, mask: undefined, count: undefined };
  const built = layer.build(x, Object.fromEntries(variables), config, context);
  const [made = []] = await evaluate(["updates" in built ? built.output : built], feeds, backend);
  const before = (CHANGED * sizeOf(output.shape)) / STEPS;
  const [first, second] = [made.slice(0, before), made.slice(sizeOf(output.shape), sizeOf(output.shape) + before)];
  return first.some((value, i) => Math.abs(value - (second[i] ?? NaN)) > 1e-6);
}

describe("a layer's record", () => {
  it.each(Object.keys(layers) as LayerType[])("%s says whether a step sees later ones", async (type) => {
    const { fields, looksAhead, causally } = layers[type];
    for (const given of configsOf(type)) {
      const { config } = readConfig(fields, given);
      for (const read of inputs) {
        const sees = await seesLater(type, given, read);
        if (sees === undefined) continue;
        expect(sees, `${JSON.stringify(given)} of ${read.shape.join("×")}`).toBe(looksAhead?.(config) ?? false);
      }
    }
    if (!causally) return;
    const [keeping = {}] = configsOf(type);
    expect(looksAhead?.(readConfig(fields, { ...keeping, ...causally }).config)).toBe(false);
  });
});

/** The blocks between an embedding of characters and the probabilities of the next. */
const names = (...between: readonly BlockSpec[]): ModelDescription => ({
  ...modelOf(
    [["Embedding", { inputDim: 28, outputDim: 8 }], ...between, ["Dense", { units: 28, activation: "softmax" }]],
    {},
    "names",
  ),
  task: { type: "language", config: {} },
});

/** Names of the layers that are warned of, and the settings that are offered. */
function warned(model: ModelDescription): readonly (readonly [string, unknown])[] {
  const { problems } = analyzeModel(model, requireDataset(model.dataset));
  expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
  return problems.flatMap(({ layerId = "", said, fix }) =>
    said.key === "problem.looksAhead"
      ? [[layerId, fix?.kind === "set" ? { [fix.key]: fix.value } : null] as const]
      : [],
  );
}

describe("a model that tells the next token is warned of", () => {
  it.each<[string, readonly BlockSpec[], ReturnType<typeof warned>]>([
    ["attention", [["MultiHeadAttention"]], [["l1", { causal: true }]]],
    ["attention within a residual", [["Residual", {}, [[["MultiHeadAttention"]]]]], [["l1.0.0", { causal: true }]]],
    [
      "both of two",
      [["MultiHeadAttention"], ["Conv1D", { padding: "same" }]],
      [
        ["l1", { causal: true }],
        ["l2", { padding: "causal" }],
      ],
    ],
    ["reading backwards", [["GRU", { returnSequences: true, goBackwards: true }]], [["l1", { goBackwards: false }]]],
    [
      "reading both ways, once",
      [["Bidirectional", {}, [[["GRU", { returnSequences: true }]], [["GRU", { returnSequences: true }]]]]],
      [["l1", null]],
    ],
    [
      "steps that are lost and made again",
      [["Flatten"], ["Dense", { units: 104 }], ["Reshape", { targetShape: [13, 8] }]],
      [["l1", null]],
    ],
  ])("%s", (_, between, wanted) => {
    expect(warned(names(...between))).toEqual(wanted);
  });

  it.each<[string, readonly BlockSpec[]]>([
    ["attention with its mask", [["MultiHeadAttention", { causal: true }]]],
    [
      "what reads from the beginning",
      [
        ["LSTM", { returnSequences: true }],
        ["Conv1D", { padding: "causal" }],
      ],
    ],
    [
      "what is done at each step alone",
      [["TimeDistributed", {}, [[["Reshape", { targetShape: [4, 2] }], ["Flatten"]]]]],
    ],
  ])("not %s", (_, between) => {
    expect(warned(names(...between))).toEqual([]);
  });

  it("none of its presets", () => {
    const told = Object.values(presets).flatMap(({ description }) =>
      description.task.type === "language" ? [description] : [],
    );
    expect(told.length).toBeGreaterThan(3);
    for (const model of told) expect(warned(model), model.name).toEqual([]);
  });
});

it("attention that is added to it has its mask, and that of a classifier has none", () => {
  expect(firstConfig(names(), "MultiHeadAttention")).toEqual({ causal: true });
  expect(firstConfig(modelOf([["Flatten"], ["Dense", { units: 10 }]]), "MultiHeadAttention")).toEqual({});
});
