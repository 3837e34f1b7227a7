// The arithmetic of single numbers, against the layers' outputs and against hand values.
import { describe, expect, it } from "vitest";
import { createCpuBackend } from "../../src/engine/backend/cpu/cpuBackend";
import { type Arithmetic, inquiryOf } from "../../src/engine/inspect";
import type { Subject } from "../../src/engine/inspect/inquiry";
import { ResidentData } from "../../src/engine/train/resident";
import { Session } from "../../src/engine/train/session";
import { english } from "../../src/engine/words/said";
import { columnOf } from "../support/data";
import { firstDigits } from "../support/mnist";
import { modelOf, ratesOf } from "../support/models";

const flow = { pause: async (): Promise<void> => {} };

async function taught(...blocks: Parameters<typeof modelOf>[0]): Promise<Subject> {
  const dataset = await firstDigits(150, 8);
  const backend = createCpuBackend();
  const description = modelOf(blocks, { validationCount: 50 });
  const session = await Session.create({ backend, description, dataset, resident: new ResidentData(backend) });
  session.runSteps(0, ratesOf(0.01, 3));
  return await session.subject(3, {});
}

/** The arithmetic of some numbers of every layer, with what the layer gives there. */
async function all(subject: Subject): Promise<{ readonly told: Arithmetic; readonly traced: number }[]> {
  const image = Float32Array.from(columnOf(subject.dataset.test, "image").subarray(0, 784), (value) => value / 255);
  const columns = { image };
  const outputs = await (await inquiryOf("trace")).answer(subject, { columns }, flow);
  const ask = (await inquiryOf("arithmetic")).answer;
  const found: { told: Arithmetic; traced: number }[] = [];
  for (const { network, block, data } of outputs) {
    for (const share of [0.3, 0.55]) {
      const unit = Math.floor(share * data.length);
      const told = await ask(subject, { columns, network, block, unit }, flow);
      if (told) found.push({ told, traced: data[unit] ?? NaN });
    }
  }
  return found;
}

describe("the arithmetic of a number", () => {
  it("adds up to what the layer gives, for every kind of layer that adds up", async () => {
    const subject = await taught(
      ["Conv2D", { filters: 3, kernelSize: [3, 3], activation: "gelu" }],
      ["BatchNormalization"],
      ["MaxPooling2D"],
      ["AveragePooling2D"],
      ["Flatten"],
      ["Dense", { units: 12, activation: "tanh" }],
      ["Dense", { units: 10, activation: "softmax" }],
    );
    const found = await all(subject);
    expect(found.length).toBe(14);
    for (const { told, traced } of found) {
      expect(Math.abs(told.output - traced), told.block).toBeLessThan(1e-5 * Math.max(1, Math.abs(traced)));
      expect(told.isSum, told.block).toBe(true);
      const total = told.values.reduce((sum, value, i) => sum + value * (told.weights[i] ?? NaN), told.constant);
      expect(Math.abs(total - told.before), told.block).toBeLessThan(1e-9);
    }
    const [conv, , , , pooled] = found.map(({ told }) => told);
    expect([conv?.places.length, conv?.inputShape, conv?.activation]).toEqual([9, [28, 28, 1], "gelu"]);
    expect(Array.from(pooled?.weights ?? [])).toEqual([1]);
    // The largest of a window, which is where it is in the sample; of the others none is a largest one.
    const conv2d = found[2]?.told;
    expect([pooled?.among?.across, pooled?.among?.values.length, conv2d?.among]).toEqual([2, 4, null]);
    expect(pooled?.before).toBe(Math.max(...(pooled?.among?.values ?? [])));
    expect(found.filter(({ told }) => told.among).map(({ told }) => told.block)).toEqual([
      "max_pooling2d",
      "max_pooling2d",
    ]);
    const average = found[6]?.told;
    expect(Array.from(average?.weights ?? [])).toEqual([0.25, 0.25, 0.25, 0.25]);
    // A softmax divides by what all of its row say.
    const last = found.at(-1)?.told;
    const powers = Array.from(last?.row ?? [], (z) => Math.exp(z - (last?.before ?? 0)));
    expect(last?.output).toBeCloseTo(1 / powers.reduce((a, b) => a + b, 0), 10);
  });

  it("says where a number is no sum of products, and refuses one that is not there", async () => {
    const subject = await taught(["Flatten"], ["LayerNormalization"], ["Dense", { units: 10, activation: "softmax" }]);
    const found = await all(subject);
    expect(found.map(({ told }) => told.isSum)).toEqual([true, true, false, false, true, true]);
    const ask = (await inquiryOf("arithmetic")).answer;
    const columns = { image: new Float32Array(784) };
    await expect(ask(subject, { columns, network: "model", block: "dense", unit: 10 }, flow)).rejects.toThrow(
      "expected a number below 10, got 10",
    );
    expect(await ask(subject, { columns, network: "model", block: "none", unit: 0 }, flow)).toBeNull();
  });

  it("says step by step how normalizations and attention get to it", async () => {
    const steps = 28;
    const subject = await taught(
      ["Reshape", { targetShape: [steps, 28] }],
      ["LayerNormalization"],
      ["MultiHeadAttention", { numHeads: 3, keyDim: 4, causal: true }],
      ["RMSNormalization"],
      ["GroupNormalization", { groups: 7 }],
      ["Flatten"],
      ["Dense", { units: 10, activation: "softmax" }],
    );
    const found = (await all(subject)).map(({ told }) => told);
    const partsOf = (block: string) =>
      found
        .filter((told) => told.block === block)
        .map(({ parts, ...told }) => ({
          ...told,
          row: Math.floor(told.unit / 28),
          all: parts,
          part: (name: string): number => parts.find(({ said }) => english(said).startsWith(name))?.values[0] ?? NaN,
        }));
    const normalizations = ["layer_normalization", "group_normalization"].flatMap(partsOf);
    expect(normalizations).toHaveLength(4);
    for (const { part, before, block } of normalizations) {
      const normal = (part("input") - part("mean")) / Math.sqrt(part("variance") + 0.001);
      expect(part("normalized"), block).toBeCloseTo(normal, 9);
      expect(part("normalized") * part("gamma") + part("beta"), block).toBeCloseTo(before, 9);
    }
    for (const { part, before } of partsOf("rms_normalization")) {
      expect(part("normalized")).toBeCloseTo(part("input") / Math.sqrt(part("mean square") + 1e-6), 9);
      expect(part("normalized") * part("gamma")).toBeCloseTo(before, 9);
    }
    const heads = partsOf("multi_head_attention");
    expect(heads).toHaveLength(2);
    for (const { part, all: parts, before, row } of heads) {
      expect([1, 2, 3].reduce((sum, head) => sum + part(`head ${head} adds`), part("bias"))).toBeCloseTo(before, 9);
      for (const { values } of parts.filter(({ values: { length } }) => length === steps)) {
        expect(values.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
        // No later step is seen, and of those that are none not at all.
        expect(values.findIndex((share) => share < 1e-9)).toBe(row + 1 < steps ? row + 1 : -1);
      }
    }
    // What adds up is told by its products.
    expect(partsOf("dense").map(({ all: { length } }) => length)).toEqual([0, 0]);
  });
});
