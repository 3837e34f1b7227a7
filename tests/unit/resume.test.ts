// A run saved and gone on with by another trainer: the same bits as one that was never interrupted, of every preset, optimizer
// and backend; what is not as it was is named; and a file that is refused changes nothing.
import { describe, expect, it } from "vitest";
import { readCheckpoint, writeCheckpoint } from "../../src/engine/io/checkpoint";
import { requireDataset } from "../../src/engine/data/library";
import type { Block } from "../../src/engine/model/blocks";
import type { ModelDescription } from "../../src/engine/model/description";
import { type PresetId, presets } from "../../src/engine/model/presets";
import { optimizers, type OptimizerType } from "../../src/engine/optim/optimizers";
import { english } from "../../src/engine/words/said";
import { everyDay, isFull } from "../support/full";
import { testGpu } from "../support/gpu";
import { modelOf, withLearning } from "../support/models";
import { expectSameBits, opened, type Options, prepareOptions, resumed, stateOf, trained } from "../support/resumed";

/** The same model in short epochs. */
const small = (model: ModelDescription): ModelDescription => {
  const { trainCount } = requireDataset(model.dataset);
  const [batchSize, validationCount] = trainCount < 100 ? [2, 0] : [8, 16];
  return { ...model, training: { ...model.training, batchSize, epochs: 100, validationCount, patience: 0 } };
};

/** One that draws at random and keeps running statistics, on the smallest data there are. */
const varied = (optimizer: OptimizerType): ModelDescription =>
  modelOf(
    [
      ["Dense", { units: 8 }],
      ["BatchNormalization"],
      ["Dropout", { rate: 0.3 }],
      ["Dense", { units: 1, activation: "sigmoid" }],
    ],
    {
      batchSize: 3,
      epochs: 200,
      optimizer: { type: optimizer, config: {} },
      schedule: { type: "cosine", config: {} },
      clipNorm: 1,
      loss: "meanSquaredError",
    },
    "xor",
  );

/** The preset of two networks, with so few units that a software GPU is quick with it. */
const pair = ((): ModelDescription => {
  const { description } = presets["gan-points"];
  const few = (block: Block): Block =>
    "units" in block.config ? { ...block, config: { ...block.config, units: 2 } } : block;
  const networks = Object.entries(description.networks).map(([name, { blocks, ...network }]) => {
    const last = blocks.at(-1);
    return [name, { ...network, blocks: blocks.map((block) => (block === last ? block : few(block))) }];
  });
  return small({ ...description, networks: Object.fromEntries(networks) });
})();

/** A convolution that it is quick with. */
const convolution = modelOf(
  [["Conv2D", { filters: 2 }], ["MaxPooling2D"], ["Flatten"], ["Dense", { units: 10, activation: "softmax" }]],
  { batchSize: 8, epochs: 100 },
);

describe("a run that was saved goes on to the same bits", () => {
  const all = Object.keys(presets) as PresetId[];
  // Convolutions are among those on WebGPU, statistics in all optimizers' models.
  it.each(everyDay<PresetId>(["gan-points", "curve", "xor"], all))("of the preset %s", async (id) => {
    await expectSameBits(small(presets[id].description), isFull ? 5 : 2, { limit: 32, threads: 1 });
  });

  it.each(Object.keys(optimizers) as OptimizerType[])("with %s", async (optimizer) => {
    await expectSameBits(varied(optimizer), 100, { threads: 1 });
  });

  const onGpu = { "a perceptron": varied("AdamW"), "a convolution": convolution, "an adversarial pair": pair };
  const kinds = Object.keys(onGpu) as (keyof typeof onGpu)[];
  // Compiling the pair takes a software GPU longest.
  it.each(everyDay<(typeof kinds)[number]>(["a perceptron", "a convolution"], kinds))(
    "of %s on WebGPU",
    async (kind) => {
      await expectSameBits(onGpu[kind], 4, { backend: "webgpu", gpu: await testGpu(), limit: 48 });
    },
  );
});

describe("a checkpoint", () => {
  const model = withLearning(varied("Adam"), { batchSize: 2, validationCount: 1, patience: 300 });
  const options = { threads: 1, build: "one" };

  it("names what is not as it was, and says whether bits can be the same", async () => {
    const { file } = await trained(model, 10, options);
    const told = async (other: Options, of = file) => {
      const { result } = await resumed(of, 11, { ...options, ...other });
      return [result?.bits, result?.differences.map(english)];
    };
    const checkpoint = await readCheckpoint(file);
    const madeOn = (machine: Partial<typeof checkpoint.machine>) =>
      writeCheckpoint({ ...checkpoint, machine: { ...checkpoint.machine, ...machine } });
    expect(await told({ threads: 2 })).toEqual(["same", []]);
    expect(await told({ build: "two" })).toEqual(["possible", ["another version of this page"]]);
    const another = expect.stringMatching(/^another machine \(Card, now .+\)$/);
    expect(await told({}, await madeOn({ adapter: "Card" }))).toEqual(["possible", [another]]);
    const kernels = await madeOn({ kernels: { "8x8x8": "tiled in 2" } });
    expect(await told({}, kernels)).toEqual(["other", ["other kernels for matrix products"]]);
    const [bits, differences] = await told({ backend: "webgpu", gpu: await testGpu() });
    expect(bits).toBe("other");
    expect(differences).toEqual([expect.stringMatching(/^another backend \(.*, now .*\)$/)]);
  });

  it("brings patience and the best weights along", async () => {
    const impatient = withLearning(model, { patience: 2, optimizer: { type: "SGD", config: { learningRate: 3 } } });
    const whole = opened(options);
    await whole.trainer.prepare(impatient, prepareOptions(options));
    await whole.trainer.train();
    const stoppedAt = whole.status.step;
    const expected = await whole.trainer.session?.weights();
    await whole.trainer.dispose();
    const { file } = await trained(impatient, stoppedAt - 3, options);
    const again = opened(options);
    await again.trainer.resume(file, prepareOptions(options));
    await again.trainer.train();
    expect(again.status).toMatchObject({ state: "finished", step: stoppedAt });
    expect(again.notices.map(({ message }) => message)).toEqual(whole.notices.map(({ message }) => message));
    expect(await again.trainer.session?.weights()).toEqual(expected);
    await again.trainer.dispose();
  });

  it("is taken while it trains, between two steps", async () => {
    const recording = opened(options);
    const { trainer } = recording;
    await trainer.prepare(model, prepareOptions(options));
    const training = trainer.train(300);
    await recording.until(({ steps }) => steps.length > 0);
    const file = await trainer.checkpoint();
    await training;
    const { snapshot } = await stateOf(recording, 300);
    const { step } = (await readCheckpoint(file ?? new Uint8Array())).books;
    expect(step).toBeGreaterThan(0);
    expect(step).toBeLessThan(300);
    await trainer.dispose();
    expect((await resumed(file ?? new Uint8Array(), 300, options)).snapshot).toEqual(snapshot);
  });

  it("that is refused leaves the model as it is, with a reason", async () => {
    const { file } = await trained(model, 3, options);
    const good = await readCheckpoint(file);
    const recording = opened(options);
    const { trainer } = recording;
    await trainer.prepare(model, prepareOptions(options));
    await trainer.step();
    const before = await trainer.session?.snapshot(1);
    const { ["model/trained"]: _, ...others } = good.tensors;
    const noBest = { loss: null, epoch: 0, step: null };
    const hostile: [string, Uint8Array][] = [
      ["expected at least 8 bytes, got 3", file.subarray(0, 3)],
      ["expected a header of at most", file.subarray(0, 100)],
      [
        'numbers in "model/trained", got none',
        await writeCheckpoint({ ...good, tensors: others, best: null, books: { ...good.books, best: noBest } }),
      ],
      ["Model description: model: expected an object, got 7.", await writeCheckpoint({ ...good, description: 7 })],
      ["expected the seed 0", await writeCheckpoint({ ...good, description: withLearning(model, { seed: 0 }) })],
    ];
    for (const [reason, bytes] of hostile) {
      recording.clear();
      expect(await trainer.resume(bytes, prepareOptions(options))).toBeNull();
      expect(recording.notices).toEqual([
        expect.objectContaining({ code: "file", severity: "error", message: expect.stringContaining(reason) }),
      ]);
      expect(recording.states).toEqual([]);
    }
    expect(await trainer.session?.snapshot(1)).toEqual(before);
    await trainer.dispose();
  });
});
