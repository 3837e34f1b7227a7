// The pictures of units: what a layer gives over the plane, against its own formula, and how it is painted.
import { expect, it } from "vitest";
import { paintUnit } from "../../app/model/UnitPictures";
import { openCpuBackend } from "../../src/engine/backend/cpu/openCpuBackend";
import { requireDataset } from "../../src/engine/data/library";
import { inquiryOf } from "../../src/engine/inspect";
import { ResidentData } from "../../src/engine/train/resident";
import { Session } from "../../src/engine/train/session";
import { firstDigits } from "../support/mnist";
import { modelOf } from "../support/models";

const flow = { pause: async (): Promise<void> => {} };

it("units give over the plane what their layer's formula says, from its top left on", async () => {
  const dataset = await requireDataset("circle").load(async () => new Uint8Array());
  const description = {
    ...modelOf(
      [
        ["Dense", { units: 3 }],
        ["Dense", { units: 2, activation: "softmax" }],
      ],
      { validationCount: 0 },
    ),
    dataset: "circle",
  };
  const backend = await openCpuBackend({ threads: 1 });
  const session = await Session.create({ backend, description, dataset, resident: new ResidentData(backend) });
  // Each unit: x, y, and 1 - x.
  session.setWeights(
    { "dense/kernel": Float32Array.of(1, 0, -1, 0, 1, 0), "dense/bias": Float32Array.of(0, 0, 1) },
    { partial: true },
  );
  const inquiry = await inquiryOf("unitFields");
  const fields = await inquiry.answer(await session.subject(0, { model: 0 }), { resolution: 4, most: 2 }, flow);
  expect(fields).toMatchObject([
    { network: "model", block: "dense", units: 3, shown: 2 },
    { block: "dense_1", units: 2, shown: 2 },
  ]);
  const points = dataset.test.columns["point"] ?? [];
  const reach = 1.05 * Math.max(...Array.from(points, Math.abs));
  const [x, y] = [fields[0]?.values.subarray(0, 16), fields[0]?.values.subarray(16, 32)];
  expect(x?.[0]).toBeCloseTo(-0.75 * reach, 4);
  expect(x?.[3]).toBeCloseTo(0.75 * reach, 4);
  expect(y?.[3]).toBeCloseTo(0.75 * reach, 4);
  expect(y?.[12]).toBeCloseTo(-0.75 * reach, 4);
  // The two classes share 1.
  const [first, second] = [fields[1]?.values[5] ?? 0, fields[1]?.values[21] ?? 0];
  expect(first + second).toBeCloseTo(1, 5);
  session.dispose();
  backend.dispose();
});

it("a model that reads no points has none", async () => {
  const backend = await openCpuBackend({ threads: 1 });
  const session = await Session.create({
    backend,
    description: modelOf([["Flatten"], ["Dense", { units: 10, activation: "softmax" }]], { validationCount: 0 }),
    dataset: await firstDigits(8),
    resident: new ResidentData(backend),
  });
  const inquiry = await inquiryOf("unitFields");
  const subject = await session.subject(0, { model: 0 });
  expect(await inquiry.answer(subject, { resolution: 4, most: 2 }, flow)).toEqual([]);
  session.dispose();
  backend.dispose();
});

it("high is orange, low is blue, and nothing is white", () => {
  const pixels = paintUnit(Float32Array.of(2, 0, -1));
  const colourAt = (place: number): string => [...pixels.subarray(4 * place, 4 * place + 3)].join();
  expect([0, 1, 2].map(colourAt)).toEqual(["230,126,20", "255,255,255", "128,184,216"]);
  // Of numbers of one sign the middle is white.
  expect([...paintUnit(Float32Array.of(0.2, 0.6, 0.4)).subarray(8, 11)]).toEqual([255, 255, 255]);
});
