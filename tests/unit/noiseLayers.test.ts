// Layers that draw at random: nothing outside training, and in training what their formulas say of the stream's numbers.
import { expect, it } from "vitest";
import type { TensorData } from "../../src/engine/backend/backend";
import { createCpuBackend } from "../../src/engine/backend/cpu/cpuBackend";
import { type Config, readConfig } from "../../src/engine/fields";
import type { Node } from "../../src/engine/graph/node";
import { layers, type LayerType } from "../../src/engine/nn/layers";
import { input } from "../../src/engine/ops/leaf";
import { normal, uniform } from "../../src/engine/random";
import { evaluate } from "../../src/engine/train/evaluate";

const [SEED, STEP, STREAM] = [5, 3, 77];

/** What a layer makes of x in training, with one image of 2x2 pixels of 3 channels for each of two samples. */
async function trained(type: LayerType, given: Config, values: Float32Array<ArrayBuffer>): Promise<number[]> {
  const layer = layers[type];
  const x = input("x", [2, 2, 2, 3]);
  const [seed, step] = [input("seed", [], "u32"), input("step", [], "u32")];
  const { config } = readConfig(layer.fields, given);
  const build = (training: boolean) =>
    layer.build(x, {}, config, {
      training,
      isFrozen: false,
      seed,
      step,
      stream: STREAM,
      mask: undefined,
      count: undefined,
    });
  expect(build(false)).toBe(x);
  const y = build(true);
  if ("updates" in y) throw new Error("expected no updates, got some");
  const feeds = new Map<Node, TensorData>([
    [x, values],
    [seed, Uint32Array.of(SEED)],
    [step, Uint32Array.of(STEP)],
  ]);
  const [result] = await evaluate([y], feeds, createCpuBackend());
  return [...result!];
}

const values = Float32Array.from({ length: 24 }, (_, i) => i / 8 - 1);

it("GaussianNoise adds the stream's normal numbers", async () => {
  const noisy = await trained("GaussianNoise", { stddev: 0.5 }, values);
  for (const [i, x] of values.entries()) expect(noisy[i]).toBeCloseTo(x + 0.5 * normal(SEED, STEP, STREAM, i), 5);
});

it("SpatialDropout2D drops all of a channel of a sample, or scales it", async () => {
  const dropped = await trained("SpatialDropout2D", { rate: 0.5 }, values);
  const kept = Array.from({ length: 6 }, (_, i) => uniform(SEED, STEP, STREAM, i) >= 0.5);
  expect(new Set(kept).size).toBe(2);
  for (const [i, x] of values.entries()) {
    const channel = Math.floor(i / 12) * 3 + (i % 3);
    expect(dropped[i]).toBeCloseTo(kept[channel] ? 2 * x : 0, 6);
  }
});
