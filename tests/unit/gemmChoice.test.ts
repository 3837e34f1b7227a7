// Which variant of a matrix product is taken without a tuner, on cards and on programs that pose as one.
import { merging } from "../../src/engine/compile/merging";
import { describe, expect, test } from "vitest";
import { gemmsOf } from "../../src/engine/check/gemms";
import type { GemmSize } from "../../src/engine/graph/kernel";
import { presets } from "../../src/engine/model/presets";
import {
  type GemmAdapter,
  gemmCandidates,
  gemmCost,
  gemmVariants,
  gemmVariantsFor,
} from "../../src/engine/ops/gemmShader";
import { compileFor } from "../../src/engine/train/programs";
import { trainingStep } from "../support/trainingStep";

describe("the choice", () => {
  const defaultGemm = (size: GemmSize, adapter: GemmAdapter) => gemmCandidates(size, adapter)[0];
  const cube = (side: number) => ({ batch: 1, m: side, n: side, k: side });
  const longK = { batch: 1, m: 9, n: 32, k: 20_000 };

  test("offers quads only where there are some", () => {
    const without = gemmCandidates(cube(512), { software: true, quads: false });
    expect(without.filter((name) => name.startsWith("quads"))).toEqual([]);
    expect(gemmCandidates(cube(512), { software: true, quads: true })).toContain("quads16x8");
  });

  test("begins with what suits the adapter and the size", () => {
    const [card, soft] = [
      { software: false, quads: true },
      { software: true, quads: true },
    ];
    // On an H100, threads that share K win at 64, and 32x32 tiles at 256 and 512.
    const sides = [cube(31), cube(64), cube(256), cube(512), cube(1024), longK];
    for (const adapter of [card, { software: false, quads: false }]) {
      expect(sides.map((size) => defaultGemm(size, adapter))).toEqual([
        "tiled",
        "reduce",
        "tiled",
        "tiled",
        "tiled128",
        "reduce",
      ]);
    }
    expect([cube(10), cube(64), cube(128), cube(512), longK].map((size) => defaultGemm(size, soft))).toEqual([
      "quads16x4",
      "quads16x8",
      "quads32x8",
      "quads32x16",
      "quads16x8",
    ]);
    const plain = { software: true, quads: false };
    expect([cube(512), longK].map((size) => defaultGemm(size, plain))).toEqual(["registers", "reduce"]);
  });

  // The quickest on an H100 of all variants, for products of the presets and of another perceptron.
  test.each([
    ["reduce", [128, 128, 784]],
    ["reduce", [288, 64, 576]],
    ["reduce", [32, 64, 576]],
    ["reduce", [32, 576, 64]],
    ["reduce", [64, 10, 32]],
    ["tiled", [784, 64, 32]],
    ["tiled", [576, 64, 128]],
    ["tiled", [784, 128, 128]],
    ["tiled", [1152, 64, 576]],
    ["tiled", [3200, 64, 288]],
    ["tiled", [21_632, 32, 576]],
    ["tiled128", [12_800, 64, 288]],
  ] as const)("is %s on a card for %j", (wanted, [m, n, k]) => {
    expect(defaultGemm({ batch: 1, m, n, k }, { software: false, quads: true })).toBe(wanted);
  });

  test("counts the results of all parts of K, on a card", () => {
    const card = { software: false, quads: true };
    expect(defaultGemm({ batch: 16, m: 9, n: 32, k: 1352 }, card)).toBe("reduce");
    expect(defaultGemm({ batch: 32, m: 9, n: 32, k: 680 }, card)).toBe("reduce");
    expect(defaultGemm({ batch: 4, m: 288, n: 64, k: 800 }, card)).toBe("tiled");
  });

  test("spares cards the products that only a program has room for", () => {
    const offered = gemmCandidates(cube(1024), { software: false, quads: true });
    expect(offered.filter((name) => name.startsWith("quads"))).toEqual(["quads16x8", "quads16x4"]);
    const every = gemmVariantsFor({ software: false, quads: true });
    expect(every).toEqual(gemmVariants.filter((name) => !name.startsWith("quads") || name.startsWith("quads16")));
    expect(gemmVariantsFor({ software: true, quads: true })).toEqual(gemmVariants);
  });

  test("offers 256 threads to cards only, where they have results enough", () => {
    const card = { software: false, quads: false };
    expect(gemmCandidates(cube(512), card).slice(0, 2)).toEqual(["tiled", "tiled128"]);
    // The middle convolution of the convnet at a batch of 32, and at one of 128.
    expect(gemmCandidates({ batch: 1, m: 3200, n: 64, k: 288 }, card)).toEqual([
      "tiled",
      "tiled128",
      "reduce",
      "registers",
      "tiled64",
    ]);
    expect(gemmCandidates({ batch: 1, m: 12_800, n: 64, k: 288 }, card)).toEqual([
      "tiled128",
      "tiled",
      "registers",
      "tiled64",
      "reduce",
    ]);
    for (const size of [cube(128), { batch: 64, m: 64, n: 64, k: 64 }, { batch: 1, m: 8192, n: 32, k: 64 }]) {
      expect(gemmCandidates(size, card)).not.toContain("tiled128");
    }
    expect(gemmCandidates(cube(1024), { software: true, quads: true })).not.toContain("tiled128");
  });

  test("is among four to eight for every product of the presets' training steps", () => {
    for (const { description } of Object.values(presets)) {
      for (const { product } of gemmsOf(compileFor({ merging }, trainingStep(description)))) {
        for (const adapter of [
          { software: false, quads: false },
          { software: false, quads: true },
          { software: true, quads: false },
          { software: true, quads: true },
        ]) {
          const names = gemmCandidates(product, adapter);
          expect(names.length).toBeGreaterThanOrEqual(4);
          expect(names.length).toBeLessThanOrEqual(8);
          expect(new Set(names).size).toBe(names.length);
        }
      }
    }
  });

  test("is among a few, and repeats nothing", () => {
    for (const software of [true, false]) {
      for (const size of [longK, cube(64), cube(2048)]) {
        const names = gemmCandidates(size, { software, quads: true });
        expect(new Set(names).size).toBe(names.length);
        expect(names.length).toBeLessThanOrEqual(8);
      }
    }
  });
});

describe("the cost of a product", () => {
  const dense = { batch: 1, m: 128, n: 128, k: 784 };
  const convolution = { batch: 1, m: 3200, n: 64, k: 288 };
  const cube = { batch: 1, m: 1024, n: 1024, k: 1024 };

  test("is its operations, on a program", () => {
    const costs = [dense, convolution, cube].map((size) => gemmCost(size, { software: true, quads: true }));
    expect(costs).toEqual([2 * 128 * 128 * 784, 2 * 3200 * 64 * 288, 2 * 1024 ** 3]);
  });

  test("is the depth of a tile on a card, less where threads share it, more where there are many tiles", () => {
    const costs = [dense, convolution, cube].map((size) => gemmCost(size, { software: false, quads: true }));
    expect(costs).toEqual([13, 18, 64 * 2]);
  });
});
