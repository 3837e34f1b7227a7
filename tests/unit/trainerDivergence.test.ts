// Numbers that are no longer finite: found at their step, told with where they began, and gone back from.
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import type { ModelDescription } from "../../src/engine/model/description";
import { presets } from "../../src/engine/model/presets";
import { fallSilent, hurry, watchedGpu } from "../support/fakeGpu";
import { type Learning, modelOf, sgd, softmaxModel as model, networkOf, withBlocks, withRate } from "../support/models";
import { onCpu, Recording } from "../support/trainer";

const recording = new Recording();
const { trainer } = recording;
beforeEach(() => recording.clear());
afterAll(() => trainer.dispose());

const options = (limit: number) => ({ ...onCpu, limit });

describe("a loss that is no finite number", () => {
  const deep = modelOf(
    [
      ["Flatten"],
      ...Array.from({ length: 4 }, (): ["Dense", { units: number }] => ["Dense", { units: 64 }]),
      ["Dense", { units: 10, activation: "softmax" }],
    ],
    { batchSize: 32, epochs: 20, optimizer: sgd(10), loss: "meanSquaredError" },
  );
  const exploding = withBlocks(
    deep,
    networkOf(deep).blocks.map((block) =>
      block.id === "l5" ? { ...block, config: { units: 10, activation: "linear" } } : block,
    ),
  );

  it("pauses training and names the step, whose numbers are not told", async () => {
    await trainer.prepare(exploding, options(320));
    recording.clear();
    await trainer.train();
    const [notice] = recording.notices;
    expect(recording.notices).toHaveLength(1);
    expect(notice).toMatchObject({ severity: "error", code: "non-finite" });
    expect(notice?.message).toMatch(
      /^The loss is no longer a finite number at step \d+: it began with the (gradient|loss, for which the output) of dense_4\b/,
    );
    expect(recording.steps.map(({ step }) => step)).toEqual(Array.from({ length: notice!.step! - 1 }, (_, i) => i + 1));
    expect(recording.losses.every(Number.isFinite)).toBe(true);
    expect(recording.status).toMatchObject({ state: "diverged", step: notice!.resumeStep, test: null });
    expect(notice?.resumeStep).toBeLessThan(notice!.step!);
  });

  it("is gone back from: with a tenth of the rate training goes on from the last good step", async () => {
    await trainer.prepare(withRate(exploding, 0.01), options(320));
    for (let i = 0; i < 4; i++) await trainer.step();
    const weights = await trainer.session?.weights();
    await trainer.step();
    await trainer.configure(exploding);
    recording.clear();
    await trainer.train();
    expect(recording.states).toEqual(["running", "tracing", "diverged"]);
    // The weights after step 5 are sound too, but a rate of 10 is what they were made to explode with.
    expect(recording.status.step).toBeGreaterThanOrEqual(4);
    const { step } = recording.status;
    if (step === 4) expect(await trainer.session?.weights()).toEqual(weights);
    await trainer.configure(withRate(exploding, 0.001));
    recording.clear();
    await trainer.step();
    expect(recording.events[0]).toEqual({ type: "rewound", step });
    expect(recording.steps.map((told) => told.step)).toEqual([step + 1]);
    await trainer.train();
    expect(recording.notices).toEqual([]);
    expect(recording.status.state).toBe("finished");
    expect(recording.losses.every(Number.isFinite)).toBe(true);
  });

  it("says which layer's output is too large for the loss", async () => {
    const only: Learning = { optimizer: sgd(10), loss: "meanSquaredError", epochs: 30 };
    const linear = modelOf([["Flatten"], ["Dense", { units: 10, activation: "linear" }]], only);
    await trainer.prepare(linear, options(320));
    recording.clear();
    await trainer.train();
    expect(recording.notices[0]?.message).toMatch(/it began with the (loss, for which the output|gradient) of dense\b/);
  });

  it("without a good step is gone back from to the first weights, and cured by going on", async () => {
    await trainer.prepare(model({ epochs: 1 }), options(96));
    trainer.session?.setWeights({ "dense/kernel": new Float32Array(7840).fill(NaN) }, { partial: true });
    recording.clear();
    await trainer.train();
    expect(recording.notices.map(({ code, step }) => [code, step])).toEqual([["non-finite", 1]]);
    expect(recording.notices[0]?.message).toMatch(/began with the output of dense\./);
    expect(recording.steps).toEqual([]);
    expect(recording.status).toMatchObject({ state: "diverged", step: 0 });
    await trainer.train();
    expect(recording.notices).toHaveLength(1);
    expect(recording.steps).toHaveLength(3);
    expect(recording.status.state).toBe("finished");
  });

  it("stops at the step, however many were submitted with it", async () => {
    await trainer.prepare(model({ epochs: 100, optimizer: sgd(0.1) }), options(64));
    for (let i = 0; i < 5; i++) await trainer.step();
    trainer.session?.setWeights({ "dense/bias": new Float32Array(10).fill(Infinity) }, { partial: true });
    recording.clear();
    await trainer.train();
    expect(recording.notices.map(({ step, resumeStep }) => [step, resumeStep])).toEqual([[6, 4]]);
    // What is told beside the step is of that step too: step 5 is taken back.
    expect(recording.status).toMatchObject({ step: 4, epochMean: { first: 3, last: 4 } });
  });

  it("takes back the validations of the steps that are taken back, and what was best in them", async () => {
    const patient = model({ epochs: 100, optimizer: sgd(0.1), validationCount: 64, patience: 3 });
    await trainer.prepare(patient, options(128));
    for (let i = 0; i < 7; i++) await trainer.step();
    const { validation } = recording.status;
    // The second epoch ends with it.
    await trainer.step();
    expect(recording.status.validation).not.toEqual(validation);
    trainer.session?.setWeights({ "dense/bias": new Float32Array(10).fill(Infinity) }, { partial: true });
    await trainer.train();
    expect(recording.status).toMatchObject({ state: "diverged", step: 7, validation, epochMean: { last: 7 } });
  });
});

describe("on a GPU that goes silent while the cause is looked for", () => {
  it.each(["createComputePipelineAsync", "createBuffer"] as const)("goes back without one (%s)", async (way) => {
    const { gpu, devices } = await watchedGpu();
    const onGpu = new Recording({ gpu });
    await onGpu.trainer.prepare(presets.xor.description, { ...onCpu, backend: "webgpu" });
    const { session } = onGpu.trainer;
    for (const [name, { data }] of Object.entries((await session?.weights()) ?? {})) {
      session?.setWeights({ [name]: new Float32Array(data.length).fill(NaN) }, { partial: true });
    }
    onGpu.onEvent = (event) => {
      if (event.type !== "status" || event.status.state !== "tracing") return;
      hurry();
      fallSilent(devices.at(-1)!, way);
    };
    await onGpu.trainer.train();
    expect(onGpu.status).toMatchObject({ state: "diverged", step: 0 });
    expect(onGpu.notices[0]?.message).toMatch(/no longer a finite number at step 1\./);
    await onGpu.trainer.dispose();
  });
});

describe("a gradient whose sum of squares is infinite", () => {
  /** The output is 0 and the loss small, but the gradient of the first layer is as large as the weights of the second. */
  const steep = (learning: Learning): ModelDescription =>
    modelOf([["Flatten"], ["Dense", { units: 8 }], ["Dense", { units: 10, activation: "linear" }]], {
      batchSize: 32,
      epochs: 4,
      loss: "meanSquaredError",
      ...learning,
    });

  async function trainSteep(learning: Learning): Promise<void> {
    await trainer.prepare(steep(learning), options(64));
    const weights = { "dense/kernel": new Float32Array(784 * 8), "dense_1/kernel": new Float32Array(80).fill(1e21) };
    trainer.session?.setWeights(weights, { partial: true });
    recording.clear();
    await trainer.train();
  }

  it("is told where it is clipped, though the weights only stand still", async () => {
    await trainSteep({ optimizer: sgd(0.1), clipNorm: 1 });
    expect(recording.notices.map(({ code, message }) => [code, message])).toEqual([
      [
        "non-finite",
        "The gradient is too large for its norm to be a finite number at step 1: it began with the gradient of dense. " +
          "The model is as it was after step 0. Lower the learning rate, or reset.",
      ],
    ]);
    expect(recording.status.state).toBe("diverged");
  });

  it("is told where an optimizer keeps it, which divides every step to come by infinity", async () => {
    await trainSteep({ optimizer: { type: "RMSprop", config: { learningRate: 1e-9 } } });
    expect(recording.notices.map(({ code }) => code)).toEqual(["non-finite"]);
  });

  it("is no matter where it is finite", async () => {
    await trainer.prepare(steep({ optimizer: sgd(0.1), clipNorm: 1 }), options(64));
    await trainer.train();
    expect(recording.notices).toEqual([]);
    expect(recording.status.state).toBe("finished");
  });
});
