// Samples as places in a plane: principal components against numpy, projections against distances, the inquiry against the trace.
import { describe, expect, it } from "vitest";
import { createCpuBackend } from "../../src/engine/backend/cpu/cpuBackend";
import { inquiryOf } from "../../src/engine/inspect";
import { principalOf, Projection } from "../../src/engine/inspect/principal";
import { ResidentData } from "../../src/engine/train/resident";
import { Session } from "../../src/engine/train/session";
import { columnOf } from "../support/data";
import { firstDigits } from "../support/mnist";
import { modelOf } from "../support/models";

const flow = { pause: async (): Promise<void> => {} };
const waves = (count: number, width: number): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length: count * width }, (_, i) => {
    const [n, d] = [Math.floor(i / width), i % width];
    return Math.sin(0.7 * n * (d + 1)) * (5 - d) + 0.3 * Math.cos(n + d * d);
  });

describe("principal components", () => {
  it("are numpy's", () => {
    const { places, shares } = principalOf(waves(12, 4), 4);
    // numpy 2: u, e of eigh(cov(v.T)), the largest entry of each u positive; e / e.sum(), (v - v.mean(0)) @ u.
    expect(shares[0]).toBeCloseTo(0.46039591, 6);
    expect(shares[1]).toBeCloseTo(0.2907768, 6);
    const golden = [-0.44148079, -0.14725039, 3.6324745, 2.64536505, 4.12918333, -1.07684419];
    golden.forEach((value, i) => expect(places[i]).toBeCloseTo(value, 4));
  });

  it("of samples on a line are its direction, and of equal samples nothing", () => {
    const line = Float32Array.from({ length: 30 }, (_, i) => Math.floor(i / 3) * [1, 2, -2][i % 3]!);
    const { places, shares } = principalOf(line, 3);
    expect(shares[0]).toBeCloseTo(1, 6);
    // Steps of length 3; the largest entry of the direction is positive.
    expect(Math.abs((places[2] ?? 0) - (places[0] ?? 0))).toBeCloseTo(3, 5);
    expect(principalOf(new Float32Array(8).fill(3), 2)).toMatchObject({ shares: [0, 0] });
  });
});

describe("a projection", () => {
  it("leaves few numbers as they are, and nearly keeps the distances between many", () => {
    const few = new Projection(3);
    const to = new Float32Array(6);
    few.project([1, 2, 3, 4, 5, 6], 1, to, 0);
    expect(Array.from(to)).toEqual([4, 5, 6, 0, 0, 0]);
    const size = 4000;
    const many = new Projection(size);
    const from = Float32Array.from({ length: 8 * size }, (_, i) => Math.sin(i * i));
    const projected = new Float32Array(8 * many.width);
    for (let n = 0; n < 8; n++) many.project(from, n, projected, n);
    const apart = (values: Float32Array, width: number, a: number, b: number): number =>
      Math.hypot(
        ...Array.from({ length: width }, (_, i) => (values[a * width + i] ?? 0) - (values[b * width + i] ?? 0)),
      );
    for (let b = 1; b < 8; b++) {
      const ratio = apart(projected, many.width, 0, b) / apart(from, size, 0, b);
      expect(Math.abs(ratio - 1)).toBeLessThan(0.2);
    }
  });
});

describe("the question", () => {
  it("gives what the block gives, for the first test samples in batches, and what they are taken for", async () => {
    const dataset = await firstDigits(150, 60);
    const backend = createCpuBackend();
    const description = modelOf(
      [["Flatten"], ["Dense", { units: 12, activation: "tanh" }], ["Dense", { units: 10, activation: "softmax" }]],
      {
        validationCount: 50,
      },
    );
    const session = await Session.create({ backend, description, dataset, resident: new ResidentData(backend) });
    const subject = await session.subject(3, {});
    const ask = (await inquiryOf("embedding")).answer;
    const found = await ask(subject, { block: null, count: 60 }, flow);
    expect(found).toMatchObject({ step: 3, block: "dense", size: 12, width: 12, count: 60 });
    expect(found.blocks.map(({ block, size }) => [block, size])).toEqual([
      ["flatten", 784],
      ["dense", 12],
      ["dense_1", 10],
    ]);
    // Beyond the first batch.
    const row = 57;
    const image = columnOf(dataset.test, "image").subarray(784 * row, 784 * (row + 1));
    const traced = await (
      await inquiryOf("trace")
    ).answer(subject, { columns: { image: Float32Array.from(image, (value) => value / 255) } }, flow);
    const [, hidden, last] = traced;
    hidden?.data.forEach((value, i) =>
      expect(Math.abs(value - (found.values[12 * row + i] ?? NaN))).toBeLessThan(1e-5),
    );
    expect(found.said?.[row]).toBe(last?.data.indexOf(Math.max(...(last?.data ?? []))));
    const wide = await ask(subject, { block: { network: "model", block: "flatten" }, count: 1000 }, flow);
    expect([wide.width, wide.count]).toEqual([256, 60]);
    expect(wide.places.length).toBe(120);
  });
});
