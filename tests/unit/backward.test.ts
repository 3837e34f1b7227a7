// The way back through a network: gradients of one sample's loss against their formula.
import { expect, it } from "vitest";
import { createCpuBackend } from "../../src/engine/backend/cpu/cpuBackend";
import { inquiryOf } from "../../src/engine/inspect";
import { ResidentData } from "../../src/engine/train/resident";
import { Session } from "../../src/engine/train/session";
import { columnOf } from "../support/data";
import { firstDigits } from "../support/mnist";
import { modelOf, ratesOf } from "../support/models";

it("gives the gradient of the sample's loss by what each layer gives, to 1e-5", async () => {
  const dataset = await firstDigits(100, 8);
  const backend = createCpuBackend();
  const description = modelOf([
    ["Flatten"],
    ["Dense", { units: 12, activation: "relu" }],
    ["Dense", { units: 10, activation: "softmax" }],
  ]);
  const session = await Session.create({ backend, description, dataset, resident: new ResidentData(backend) });
  session.runSteps(0, ratesOf(0.01, 3));
  const subject = await session.subject(3, {});
  const flow = { pause: async (): Promise<void> => {} };
  const image = Float32Array.from(columnOf(dataset.test, "image").subarray(0, 784), (value) => value / 255);
  const label = Uint32Array.of(columnOf(dataset.test, "label")[0] ?? 0);
  const { answer: forwards } = await inquiryOf("trace");
  const { answer } = await inquiryOf("backward");
  const outputs = await forwards(subject, { columns: { image } }, flow);
  const found = await answer(subject, { columns: { image, label } }, flow);
  expect(found.map(({ block, shape, isBeforeActivation }) => [block, shape, isBeforeActivation])).toEqual([
    ["flatten", [784], false],
    ["dense", [12], false],
    ["dense_1", [10], true],
  ]);
  const [, hidden, says] = outputs.map(({ data }) => data);
  const { entries } = subject.model.state.networks["model"]!.layout;
  const weights = subject.snapshot.tensors["model/trained"]!;
  const at = (name: string, i: number): number =>
    weights[entries.find((each) => each.name === name)!.offset + i] ?? NaN;
  // Softmax and cross-entropy together: probabilities less the label.
  const logits = Array.from(says ?? [], (p, c) => p - Number(c === label[0]));
  const byHidden = Array.from({ length: 12 }, (_, j) =>
    logits.reduce((sum, slope, c) => sum + slope * at("dense_1/kernel", 10 * j + c), 0),
  );
  const before = byHidden.map((slope, j) => ((hidden?.[j] ?? 0) > 0 ? slope : 0));
  const byInput = Array.from({ length: 784 }, (_, i) =>
    before.reduce((sum, slope, j) => sum + slope * at("dense/kernel", 12 * i + j), 0),
  );
  for (const [k, wanted] of [byInput, byHidden, logits].entries()) {
    const most = Math.max(...wanted.map(Math.abs));
    expect(most).toBeGreaterThan(1e-3);
    wanted.forEach((value, i) => expect(Math.abs((found[k]?.data[i] ?? NaN) - value) / most).toBeLessThan(1e-5));
  }
  await expect(answer(subject, { columns: { image } }, flow), "no label").rejects.toThrow('Column "label"');
});
