// Learning without labels: turned and hidden images, and what goes on from there with a hundred labels.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { modelOfStage, stageOf } from "../../app/start/stages";
import type { Backend } from "../../src/engine/backend/backend";
import { openCpuBackend } from "../../src/engine/backend/cpu/openCpuBackend";
import type { Dataset } from "../../src/engine/data";
import type { Block } from "../../src/engine/model/blocks";
import { type NetworkDescription, parseDescription } from "../../src/engine/model/description";
import { presets } from "../../src/engine/model/presets";
import { ResidentData } from "../../src/engine/train/resident";
import { Session } from "../../src/engine/train/session";
import { splitRows } from "../../src/engine/train/splitRows";
import { firstDigits } from "../support/mnist";
import { modelOf, reportOf } from "../support/models";

let backend: Backend;
let dataset: Dataset;
beforeAll(async () => {
  backend = await openCpuBackend();
  dataset = await firstDigits(40);
});
afterAll(() => backend.dispose());

const COUNT = 12;
/** What is shown of images does not follow from the width of hidden layers. */
const thin = ({ blocks }: NetworkDescription): readonly Block[] =>
  blocks.map((block) => {
    const isWide = block.config["units"] === 512 || block.config["units"] === 256;
    return isWide ? { ...block, config: { ...block.config, units: 8 } } : block;
  });
const pixelOf = (image: Float32Array, y: number, x: number): number => image[y * 28 + x] ?? NaN;

async function shownBy(task: string, config: Record<string, number>, from = presets["masked-pretraining"].description) {
  const small = { ...from.training, validationCount: 10, batchSize: 10 };
  const networks = Object.entries(from.networks).map(([name, network]) => [
    name,
    { ...network, blocks: thin(network) },
  ]);
  const description = parseDescription({
    ...from,
    task: { type: task, config },
    networks: Object.fromEntries(networks),
    training: small,
  });
  const session = await Session.create({ backend, description, dataset, resident: new ResidentData(backend) });
  const image = Float32Array.from(dataset.test.columns["image"]?.subarray(0, COUNT * 784) ?? [], (x) => x / 255);
  const shown = await session.show({ image }, COUNT, 3);
  session.dispose();
  const at = (name: string, i: number): Float32Array =>
    Float32Array.from(shown[name]?.data.subarray(784 * i, 784 * (i + 1)) ?? []);
  return { shown, at, original: (i: number) => image.subarray(784 * i, 784 * (i + 1)) };
}

describe("rotation", () => {
  it("turns each image counterclockwise by as many quarters as it says", async () => {
    const model = modelOf([["Flatten"], ["Dense", { units: 4, activation: "softmax" }]], {});
    const { shown, at, original } = await shownBy("rotation", {}, { ...model, task: { type: "rotation", config: {} } });
    const quarters = [...(shown["quarters"]?.data ?? [])];
    expect(new Set(quarters)).toEqual(new Set([0, 1, 2, 3]));
    for (const [i, turns] of quarters.entries()) {
      let expected = original(i);
      for (let k = 0; k < turns; k++) {
        const before = expected;
        expected = Float32Array.from({ length: 784 }, (_, p) => pixelOf(before, p % 28, 27 - Math.floor(p / 28)));
      }
      const turned = at("turned", i);
      // What is chosen by products is off by a rounding.
      expect(Math.max(...turned.map((value, p) => Math.abs(value - (expected[p] ?? NaN))))).toBeLessThan(1e-6);
    }
  });
});

describe("masked patches", () => {
  it("are black as wholes, and the rest is as it was", async () => {
    const { at, original } = await shownBy("masked", { share: 0.5, patch: 7 });
    let hidden = 0;
    for (let i = 0; i < COUNT; i++) {
      const [seen, whole] = [at("noisy", i), original(i)];
      for (let patch = 0; patch < 16; patch++) {
        const pixels = Array.from({ length: 49 }, (_, k) => {
          return (7 * Math.floor(patch / 4) + Math.floor(k / 7)) * 28 + 7 * (patch % 4) + (k % 7);
        });
        const isBlack = pixels.every((p) => seen[p] === 0);
        if (isBlack) hidden++;
        else expect(pixels.map((p) => seen[p])).toEqual(pixels.map((p) => whole[p]));
      }
    }
    expect(hidden).toBeGreaterThan(COUNT * 4);
    expect(hidden).toBeLessThan(COUNT * 14);
  });
});

describe("a shift", () => {
  it("moves each image its own way, by as many pixels at most", async () => {
    const { at, original } = await shownBy("masked", { share: 0, patch: 7, shift: 2 });
    /** The mass of an image and the middle of it, down and across. */
    const middleOf = (image: Float32Array) => {
      const mass = image.reduce((total, value) => total + value, 0);
      const middle = (place: (p: number) => number) => image.reduce((sum, v, p) => sum + v * place(p), 0) / mass;
      return { mass, middle: [middle((p) => Math.floor(p / 28)), middle((p) => p % 28)] as const };
    };
    const moves = Array.from({ length: COUNT }, (_, i) => {
      const [moved, whole] = [middleOf(at("noisy", i)), middleOf(original(i))];
      // A few digits reach the edge.
      expect(moved.mass / whole.mass).toBeCloseTo(1, 1);
      return [moved.middle[0] - whole.middle[0], moved.middle[1] - whole.middle[1]] as const;
    });
    for (const axis of [0, 1] as const) {
      const far = moves.map((move) => move[axis]);
      expect(Math.max(...far.map((by) => Math.abs(by)))).toBeLessThan(2.05);
      expect(Math.max(...far) - Math.min(...far)).toBeGreaterThan(1.5);
    }
  });
});

describe("a hundred labels", () => {
  it.each(["masked-pretraining", "rotation-pretraining"] as const)("follow on %s, with its layers", (preset) => {
    const first = presets[preset].description;
    const second = modelOfStage(preset, 1, first);
    const alone = modelOfStage(preset, 2, second);
    expect([first, second, alone].map((model) => stageOf(preset, model))).toEqual([0, 1, 2]);
    for (const model of [first, second, alone]) {
      expect(reportOf(parseDescription(model)).problems.filter(({ severity }) => severity === "error")).toEqual([]);
    }
    expect(reportOf(alone).parameterCount).toBe(reportOf(second).parameterCount);
    expect(reportOf(alone).trainableCount).toBe(reportOf(alone).parameterCount);
    expect(reportOf(second).trainableCount).toBeLessThan(reportOf(second).parameterCount);
  });

  it("are those that the seed draws, and no others", () => {
    const all = splitRows(1000, { validationCount: 200, seed: 3 });
    const few = splitRows(1000, { validationCount: 200, seed: 3, samples: 100 });
    expect(few.train).toEqual(all.train.slice(0, 100));
    expect(few.validation).toEqual(all.validation);
  });
});
