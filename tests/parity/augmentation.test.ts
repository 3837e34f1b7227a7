// Augmentation layers against Keras 3, which was given the numbers that Descent draws (`golden/augmentation.py`), and by hand where
// what Keras flips is but moved.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../../scripts/support/paths";
import type { TensorData } from "../../src/engine/backend/backend";
import { createCpuBackend } from "../../src/engine/backend/cpu/cpuBackend";
import { openCpuBackend } from "../../src/engine/backend/cpu/openCpuBackend";
import { type Config, readConfig } from "../../src/engine/fields";
import type { Node } from "../../src/engine/graph/node";
import { f32 } from "../../src/engine/nn/layer";
import { layers, type LayerType } from "../../src/engine/nn/layers";
import { input } from "../../src/engine/ops/leaf";
import { uniform } from "../../src/engine/random";
import { evaluate } from "../../src/engine/train/evaluate";

const golden = JSON.parse(readFileSync(join(root, "tests/parity/golden/augmentation.json"), "utf8")) as {
  readonly type: LayerType;
  readonly config: Config;
  readonly y: number[];
}[];

const [SEED, STEP, STREAM] = [5, 3, 77];
const [SAMPLES, HEIGHT, WIDTH, CHANNELS] = [2, 5, 6, 2];
const values = Float32Array.from(
  { length: SAMPLES * HEIGHT * WIDTH * CHANNELS },
  (_, i) => 0.5 + 0.5 * Math.fround(Math.sin(i * 1.7 + 0.3)),
);
/** Places of up to 6 pixels, rounded a few times in f32. */
const DIGITS = 5;

async function augmented(type: LayerType, given: Config): Promise<TensorData[]> {
  const layer = layers[type];
  const { config, problems } = readConfig(layer.fields, given);
  expect(problems).toEqual([]);
  const shape = [HEIGHT, WIDTH, CHANNELS];
  expect(layer.output(f32(shape), config)).toEqual(f32(shape));
  const x = input("x", [SAMPLES, ...shape]);
  const [seed, step] = [input("seed", [], "u32"), input("step", [], "u32")];
  const context = { isFrozen: false, seed, step, stream: STREAM, mask: undefined, count: undefined };
  expect(layer.build(x, {}, config, { ...context, training: false })).toBe(x);
  const y = layer.build(x, {}, config, { ...context, training: true });
  if ("updates" in y) throw new Error("expected no updates, got some");
  const feeds = new Map<Node, TensorData>([
    [x, values],
    [seed, Uint32Array.of(SEED)],
    [step, Uint32Array.of(STEP)],
  ]);
  const results: TensorData[] = [];
  for (const backend of [createCpuBackend(), await openCpuBackend()]) {
    results.push((await evaluate([y], feeds, backend))[0]!);
    backend.dispose();
  }
  return results;
}

describe("augmentation", () => {
  it.each(golden.map((made) => [`${made.type} ${JSON.stringify(made.config)}`, made] as const))(
    "%s is Keras's",
    async (_, { type, config, y }) => {
      for (const result of await augmented(type, config)) {
        expect(result.length).toBe(y.length);
        for (const [i, value] of y.entries()) expect(result[i], `element ${i}`).toBeCloseTo(value, DIGITS);
      }
    },
  );

  it.each(["horizontal", "vertical", "horizontal_and_vertical"])("RandomFlip mirrors some, %s", async (mode) => {
    const flips = Array.from({ length: SAMPLES }, (_, n) => uniform(SEED, STEP, STREAM, n) <= 0.5);
    expect(new Set(flips).size, "one of each").toBe(2);
    const at = (n: number, h: number, w: number, c: number) => ((n * HEIGHT + h) * WIDTH + w) * CHANNELS + c;
    for (const result of await augmented("RandomFlip", { mode })) {
      for (let i = 0; i < values.length; i++) {
        const [c, w] = [i % CHANNELS, Math.floor(i / CHANNELS) % WIDTH];
        const [h, n] = [Math.floor(i / CHANNELS / WIDTH) % HEIGHT, Math.floor(i / CHANNELS / WIDTH / HEIGHT)];
        const row = flips[n] && mode !== "horizontal" ? HEIGHT - 1 - h : h;
        const column = flips[n] && mode !== "vertical" ? WIDTH - 1 - w : w;
        expect(result[i], `element ${i}`).toBeCloseTo(values[at(n, row, column, c)]!, DIGITS);
      }
    }
  });
});
