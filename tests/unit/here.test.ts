// What every layer and container says of the very shape that it is given.
import { describe, expect, it } from "vitest";
import { type Config, readConfig } from "../../src/engine/fields";
import type { TensorType } from "../../src/engine/graph/type";
import { analyzeModel } from "../../src/engine/model/analyze";
import { findBlock, hereOf } from "../../src/engine/model/blocks";
import { f32, isProblem } from "../../src/engine/nn/layer";
import { type ContainerType, containers } from "../../src/engine/nn/containers";
import { layers, type LayerType } from "../../src/engine/nn/layers";
import { english } from "../../src/engine/words/said";
import { type BlockSpec, modelOf } from "../support/models";
import { requireDataset } from "../../src/engine/data/library";

const inputs: readonly TensorType[] = [f32([8, 8, 4]), f32([6, 4]), f32([5]), { shape: [5], dtype: "u32", below: 9 }];

function saidOf(type: LayerType, given: Config, input: TensorType): string | null {
  const layer = layers[type];
  const { config } = readConfig(layer.fields, given);
  if ((layer.accepts ?? "f32") !== input.dtype) return null;
  const output = layer.output(input, config);
  return isProblem(output) ? null : english(layer.here(input, output, config));
}

const SENTENCE = /^Here (it|its layers) [^.]*(\.\d[^.]*)*\.$/;

describe("every layer", () => {
  it.each(Object.keys(layers) as LayerType[])("%s, in one sentence about each shape that it takes", (type) => {
    const initial = { ...layers[type].initial, ...(type === "Reshape" && { targetShape: [4, -1] }) };
    const found = inputs.flatMap((input) => saidOf(type, initial, input) ?? []);
    const tried = found.length > 0 ? found : inputs.flatMap((input) => saidOf(type, FITTING[type] ?? {}, input) ?? []);
    expect(tried.length).toBeGreaterThan(0);
    for (const said of tried) {
      expect(said).toMatch(SENTENCE);
      expect(said).not.toMatch(/undefined|NaN|\b0 /);
    }
  });
});

/** Where the defaults fit none of them. */
const FITTING: Partial<Record<LayerType, Config>> = {
  Reshape: { targetShape: [4, 6] },
  Permute: { dims: [2, 1] },
  GroupNormalization: { groups: 2 },
};

it.each<[string, LayerType, Config, TensorType]>([
  ["Here it weighs 4 numbers for each of 3 units, alike at each of 6 steps.", "Dense", { units: 3 }, f32([6, 4])],
  ["Here it weighs 5 numbers for one unit.", "Dense", { units: 1 }, f32([5])],
  ["Here it lays 2 filters of 3×5×4 on 6×4 places.", "Conv2D", { filters: 2, kernelSize: [3, 5] }, f32([8, 8, 4])],
  ["Here it makes 3 steps of 6, in each of 4 channels.", "MaxPooling1D", {}, f32([6, 4])],
  [
    "Here it reads 6 steps of 4 numbers, the last one first, and gives 7 numbers after each.",
    "GRU",
    { units: 7, returnSequences: true, goBackwards: true },
    f32([6, 4]),
  ],
  [
    "Here it holds each of 6 steps against itself and those before it, by 16 numbers in each of 2 heads.",
    "MultiHeadAttention",
    { numHeads: 2, keyDim: 16, causal: true },
    f32([6, 4]),
  ],
  [
    "Here it goes over 2 channels and 8×8 places at once, for each of 2 groups.",
    "GroupNormalization",
    { groups: 2 },
    f32([8, 8, 4]),
  ],
  ["Here it has 4 numbers at each of 6 steps add up to 1.", "Activation", { activation: "softmax" }, f32([6, 4])],
  ["Here it zeroes about 30% of 5 numbers, others in each training step.", "Dropout", { rate: 0.3 }, f32([5])],
])("%s", (wanted, type, config, input) => {
  expect(saidOf(type, config, input)).toBe(wanted);
});

it.each<[ContainerType, string, BlockSpec]>([
  ["Residual", "Here it adds 28×28 to what its layers make of it, number by number.", ["Residual", {}, [[]]]],
  ["Branches", "Here it gives 28×28 to 2 branches, and makes 28×56 of what they give.", ["Branches", {}, [[], []]]],
  [
    "Bidirectional",
    "Here it reads 28 steps of 28 numbers both ways, and makes 6 of what they give.",
    ["Bidirectional", {}, [[["GRU", { units: 3 }]], [["GRU", { units: 3 }]]]],
  ],
  [
    "TimeDistributed",
    "Here its layers are given 28 steps one by one, and make 3 of 28.",
    ["TimeDistributed", {}, [[["Dense", { units: 3 }]]]],
  ],
])("%s", (type, wanted, spec) => {
  const model = modelOf([["Reshape", { targetShape: [28, 28] }], spec]);
  const { layers: reports } = analyzeModel(model, requireDataset("mnist"));
  const { input, output } = reports.find(({ id }) => id === "l1") ?? {};
  const found = findBlock(model, "l1")?.block;
  expect(found?.type).toBe(type);
  expect(found && input && output && english(hereOf(found, input, output))).toBe(wanted);
  expect(Object.keys(containers)).toContain(type);
});
