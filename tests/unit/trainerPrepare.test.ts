// The trainer's beginnings: what it does before, during and between models, what it refuses, and how one tries again.
import { describe, expect, it } from "vitest";
import { fileSource } from "../../scripts/support/fileSource";
import type { ByteSource } from "../../src/engine/data";
import { xor as xorDataset } from "../../src/engine/data/xor";
import type { ModelDescription, RunSettings } from "../../src/engine/model/description";
import { presets } from "../../src/engine/model/presets";
import type { Predictions } from "../../src/engine/trainer/protocol";
import { nextTask } from "../../src/engine/train/yielding";
import { everyDay } from "../support/full";
import { modelOf, type LayerSpec } from "../support/models";
import { accuracyOf, lossOf } from "../support/scores";
import { onCpu, Recording } from "../support/trainer";

const xor = (training: Partial<RunSettings> = {}): ModelDescription => ({
  ...presets.xor.description,
  training: { ...presets.xor.description.training, ...training },
});
const digits = modelOf([["Flatten"], ["Dense", { units: 10, activation: "softmax" }]], { epochs: 1 });

describe("before a model", () => {
  it("is empty, and nothing does anything", async () => {
    const { trainer, ...recording } = new Recording();
    expect(recording.events).toHaveLength(1);
    expect(recording.events[0]).toMatchObject({
      type: "status",
      status: { state: "empty", step: 0, totalSteps: 0, backend: null, loading: null, memory: null },
    });
    await Promise.all([
      trainer.train(),
      trainer.step(),
      trainer.pause(),
      trainer.stop(),
      trainer.reset(),
      trainer.setVisible(false),
    ]);
    expect(recording.events).toHaveLength(1);
    expect(await trainer.predictTest(0, 5)).toBeNull();
    expect(await trainer.show({ point: new Float32Array(2) }, 1)).toBeNull();
  });

  it("opens the backend when told what to run on, and keeps it for the model", async () => {
    const recording = new Recording();
    const { trainer } = recording;
    await trainer.runOn({ backend: "cpu" });
    expect(recording.status).toMatchObject({
      state: "empty",
      backend: { kind: "cpu", reason: "The CPU was asked for." },
    });
    recording.clear();
    await trainer.prepare(xor(), onCpu);
    expect(recording.statuses.every(({ backend }) => backend !== null)).toBe(true);
    expect(recording.states).toEqual(["preparing", "ready"]);
    await trainer.dispose();
  });
});

describe("XOR", () => {
  it("learns its four points and tells both classes", async () => {
    const recording = new Recording();
    const { trainer } = recording;
    await trainer.prepare(xor(), onCpu);
    await trainer.train();
    expect(recording.status).toMatchObject({ state: "finished", totalSteps: 3000, step: 3000 });
    expect(accuracyOf(recording.tests[0])).toBe(1);
    expect(lossOf(recording.tests[0])).toBeLessThan(0.05);
    const predictions = await trainer.predictTest(0, 4);
    expect(predictions).toMatchObject({ first: 0, count: 4 });
    expect(predictions?.columns).toEqual({
      point: { info: xorDataset.columns["point"], values: Float32Array.of(0, 0, 0, 1, 1, 0, 1, 1) },
      label: { info: xorDataset.columns["label"], values: Uint32Array.of(0, 1, 1, 0) },
    });
    // The probability of class 1, which is that of class 0 too, less from 1.
    const output = predictions?.shown["output"];
    expect(output).toMatchObject({ kind: "class", shape: [1], areProbabilities: true });
    expect(output?.data).toHaveLength(4);
    [0, 1, 1, 0].forEach((label, n) => {
      const probability = output?.data[n] ?? NaN;
      expect(label === 1 ? probability : 1 - probability).toBeGreaterThan(0.5);
      expect(probability >= 0 && probability <= 1).toBe(true);
    });
    // The page's own inputs, of which nobody knows the class.
    const own = await trainer.show({ point: Float32Array.of(0, 1, 1, 1) }, 2);
    expect([...(own?.["output"]?.data ?? [])]).toEqual([output?.data[1], output?.data[3]]);
    await trainer.dispose();
    expect(recording.status.state).toBe("empty");
  });
});

describe("predictions", () => {
  const imagesOf = (predictions: Predictions | null) => predictions?.columns["image"]?.values ?? new Float32Array();

  it.each<[LayerSpec[], boolean]>([
    [[["Dense", { units: 10, activation: "softmax" }]], true],
    [[["Dense", { units: 10, activation: "sigmoid" }], ["Dropout"]], true],
    [
      [
        ["Dense", { units: 10 }],
        ["Activation", { activation: "softmax" }],
      ],
      true,
    ],
    [[["Dense", { units: 10 }]], false],
    [
      [
        ["Dense", { units: 10, activation: "softmax" }],
        ["Activation", { activation: "tanh" }],
      ],
      false,
    ],
  ])("of a model that ends in %j are probabilities: %s", async (end, areProbabilities) => {
    const { trainer } = new Recording();
    const model = modelOf([["Flatten"], ...end], { loss: "meanSquaredError" });
    await trainer.prepare(model, { ...onCpu, limit: 64 });
    expect((await trainer.predictTest(0, 1))?.shown["output"]?.areProbabilities).toBe(areProbabilities);
    await trainer.dispose();
  });

  it("cover the samples there are, with the model's probabilities", async () => {
    const { trainer } = new Recording();
    await trainer.prepare(digits, { ...onCpu, limit: 64 });
    const some = await trainer.predictTest(9990, 40);
    expect([some?.first, some?.count]).toEqual([9990, 10]);
    const output = some?.shown["output"];
    expect([output?.kind, output?.shape, output?.data.length]).toEqual(["class", [10], 100]);
    expect(imagesOf(some)).toHaveLength(7840);
    expect(some?.columns["image"]?.info.shape).toEqual([28, 28, 1]);
    expect(some?.columns["label"]?.values).toHaveLength(10);
    expect(Math.max(...imagesOf(some))).toBeLessThanOrEqual(1);
    for (let n = 0; n < 10; n++) {
      const total = output?.data.subarray(10 * n, 10 * n + 10).reduce((a, b) => a + b, 0);
      expect(total).toBeCloseTo(1, 5);
    }
    // More than one batch of predictions, the last one short: the same as one by one.
    const many = await trainer.predictTest(0, 70);
    const single = await trainer.show({ image: imagesOf(many).slice(69 * 784) }, 1);
    expect(single?.["output"]?.data).toHaveLength(10);
    expect(single?.["output"]?.data).toEqual(many?.shown["output"]?.data.slice(690));
    expect(many?.shown["output"]?.areProbabilities).toBe(true);
    expect(await trainer.predictTest(20_000, 5)).toMatchObject({ first: 10_000, count: 0 });
    expect(await trainer.predictTest(-3, 5)).toMatchObject({ first: 0, count: 5 });
    expect(await trainer.predictTest(0.5, 5)).toBeNull();
    expect(await trainer.show({ image: new Float32Array(783) }, 1), "too few numbers").toBeNull();
    expect(await trainer.show({ label: new Uint32Array(1) }, 1), "no image").toBeNull();
    await trainer.dispose();
  });

  it("may be asked for while training, and change no bit of it", async () => {
    const curves: number[][] = [];
    for (const asks of [false, true]) {
      const recording = new Recording();
      await recording.trainer.prepare(
        { ...digits, training: { ...digits.training, epochs: 150 } },
        { ...onCpu, limit: 64 },
      );
      const running = recording.trainer.train();
      while (recording.status.state === "running") {
        if (asks) expect((await recording.trainer.predictTest(0, 3))?.count).toBe(3);
        await nextTask();
      }
      await running;
      curves.push(recording.losses);
      await recording.trainer.dispose();
    }
    expect(curves[1]).toEqual(curves[0]);
    expect(curves[0]).toHaveLength(300);
  });
});

describe("a model that is no model", () => {
  it.each<[string, unknown, string]>([
    [
      "not a description",
      { version: 1 },
      'Model description at name: model: expected version, name, dataset, task, networks, training, got no "name".',
    ],
    [
      "a bad setting",
      modelOf([["Flatten"], ["Dense", { units: 0 }]]),
      'Dense "l1": Units: expected a whole number from 1 to 4,096, got 0.',
    ],
    [
      "layers that do not fit",
      modelOf([["Conv2D"], ["Dense", { units: 10 }]]),
      'Dense "dense" needs a flat input, but Conv2D "conv2d" gives 26×26×32.',
    ],
    ["no layers", modelOf([]), "The model has no layers. Add one from the palette, or choose a preset."],
    [
      "too few outputs",
      modelOf([["Flatten"], ["Dense", { units: 9 }]]),
      "Sparse categorical cross-entropy needs one output per class, 10, but the model gives 9. End with Dense 10 and softmax.",
    ],
  ])("%s: a notice with the reason, state failed, and another model works", async (_, description, message) => {
    const recording = new Recording();
    const { trainer } = recording;
    // What arrives in a worker is whatever was posted.
    await trainer.prepare(JSON.parse(JSON.stringify(description)), onCpu);
    expect(recording.notices).toEqual([{ severity: "error", code: "model", message }]);
    expect(recording.states).toEqual(["empty", "preparing", "failed"]);
    await Promise.all([trainer.train(), trainer.step(), trainer.stop(), trainer.reset()]);
    expect(recording.steps).toEqual([]);
    await trainer.prepare(xor({ epochs: 2 }), onCpu);
    await trainer.train();
    expect(recording.status.state).toBe("finished");
    await trainer.dispose();
  });
});

describe("a dataset that does not arrive", () => {
  const broken = (harm: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>) => {
    const source: { healthy: boolean; open: ByteSource } = {
      healthy: false,
      open: async (path, signal) => {
        const bytes = await fileSource(path, signal);
        return !source.healthy && path.includes("train-labels") && bytes instanceof Uint8Array ? harm(bytes) : bytes;
      },
    };
    return source;
  };

  type Harm = [string, (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>];
  const harms: readonly Harm[] = [
    [
      "a corrupt byte",
      (bytes: Uint8Array<ArrayBuffer>) => bytes.map((byte, i) => (i === bytes.length - 12 ? byte ^ 1 : byte)),
    ],
    ["a truncated file", (bytes: Uint8Array<ArrayBuffer>) => bytes.slice(0, bytes.length / 2)],
    [
      "no file",
      (): never => {
        throw new Error("404 Not Found");
      },
    ],
  ];
  it.each(everyDay(harms.slice(0, 1), harms))(
    "%s: a notice that offers to try again, which works once the file is whole",
    async (_, harm) => {
      const source = broken(harm);
      const recording = new Recording({ source: source.open });
      const { trainer } = recording;
      await trainer.prepare(digits, { ...onCpu, limit: 64 });
      expect(recording.notices).toEqual([
        {
          severity: "error",
          code: "dataset",
          retry: true,
          message: expect.stringContaining("MNIST file train-labels"),
        },
      ]);
      expect(recording.status.state).toBe("failed");
      source.healthy = true;
      await trainer.prepare(digits, { ...onCpu, limit: 64 });
      await trainer.train();
      expect(recording.status.state).toBe("finished");
      expect(recording.notices).toHaveLength(1);
      await trainer.dispose();
    },
  );

  it("is loaded once for all models on it, and its progress is told", async () => {
    let opened = 0;
    const recording = new Recording({
      source: (path, signal) => {
        opened++;
        return fileSource(path, signal);
      },
    });
    const { trainer } = recording;
    await trainer.prepare(digits, { ...onCpu, limit: 64 });
    const loading = recording.statuses.find((status) => status.loading !== null);
    // The first of the parts, and all labels.
    const totalBytes = 10_000 * 784 + 60_000;
    expect(loading).toMatchObject({ state: "preparing", phase: "loading", loading: { totalBytes } });
    const shares = recording.statuses.flatMap((status) => (status.loading ? [status.loading.loadedBytes] : []));
    expect(new Set(shares).size, "it is told how loading goes on").toBeGreaterThan(5);
    expect(recording.statuses.map(({ phase }) => phase).filter((phase, i, all) => phase !== all[i - 1])).toEqual([
      null,
      "loading",
      "compiling",
      null,
    ]);
    // Scores and predictions ask for all the rest.
    await trainer.train();
    await trainer.predictTest(0, 1);
    const files = opened;
    expect(files, "meta.json, and nine files of data").toBe(10);
    await trainer.prepare(digits, { ...onCpu, limit: 32 });
    expect(opened).toBe(files);
    expect(recording.status).toMatchObject({ state: "ready", loading: null });
    await trainer.dispose();
  });
});

describe("preparing", () => {
  it("during a run ends it and replaces the model", async () => {
    const recording = new Recording();
    const { trainer } = recording;
    await trainer.prepare(xor({ epochs: 10_000 }), onCpu);
    const running = trainer.train();
    await recording.until(({ steps }) => steps.length > 0);
    await trainer.prepare(xor({ epochs: 5 }), onCpu);
    await running;
    expect(recording.status).toMatchObject({ state: "ready", step: 0, totalSteps: 5 });
    recording.clear();
    await trainer.train();
    expect(recording.steps.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5]);
    await trainer.dispose();
  });

  it("several times at once leaves only the last, with one clear and no notice", async () => {
    const recording = new Recording();
    const { trainer } = recording;
    await Promise.all([
      trainer.prepare(digits, { ...onCpu, limit: 64 }),
      trainer.prepare(modelOf([]), onCpu),
      trainer.prepare(xor({ epochs: 7 }), onCpu),
    ]);
    expect(recording.notices).toEqual([]);
    expect(recording.events.filter(({ type }) => type === "cleared")).toHaveLength(1);
    expect(recording.status).toMatchObject({ state: "ready", totalSteps: 7 });
    await trainer.train();
    expect(recording.steps).toHaveLength(7);
    await trainer.dispose();
  });

  it("a second time keeps the backend and starts over", async () => {
    const recording = new Recording();
    const { trainer } = recording;
    await trainer.prepare(xor({ epochs: 3 }), onCpu);
    await trainer.train();
    const first = recording.losses;
    await trainer.prepare(xor({ epochs: 3 }), onCpu);
    expect(recording.status).toMatchObject({ state: "ready", step: 0, test: null, epochMean: null });
    recording.clear();
    await trainer.train();
    expect(recording.losses).toEqual(first);
    await trainer.dispose();
  });
});
