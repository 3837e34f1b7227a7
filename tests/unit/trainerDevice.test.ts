// Training on WebGPU through the loss of its device: what is told, what is lost, and that it goes on.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { PrepareOptions } from "../../src/engine/trainer/protocol";
import type { ModelDescription } from "../../src/engine/model/description";
import { presets } from "../../src/engine/model/presets";
import { hang, hurryLooks, isLost, watchedGpu, type WatchedGpu } from "../support/fakeGpu";
import { isFull } from "../support/full";
import { networkOf, withBlocks, withLearning, withRate } from "../support/models";
import { lossOf } from "../support/scores";
import { onCpu, Recording, stepsOf, type ToldStep } from "../support/trainer";

const forced: PrepareOptions = { ...onCpu, backend: "webgpu" };

/** One unit, which compiles quickly; momentum has memory of its own, which must survive too. */
const xor = (epochs: number): ModelDescription => {
  const { description } = presets.xor;
  const oneUnit = withBlocks(description, networkOf(description).blocks.slice(1));
  return withLearning(oneUnit, { epochs, optimizer: { type: "Momentum", config: { learningRate: 0.5 } } });
};

let recording: Recording;
let gpu: GPU;
let devices: GPUDevice[];
let hold: WatchedGpu["hold"];
beforeEach(async () => {
  await open(isFull ? "own" : "lent");
});

/** A trainer on a GPU whose devices are Dawn's own, or stand-ins that are lost in the same way and compile nothing twice. */
async function open(kind: "own" | "lent"): Promise<void> {
  // A GPU that is watched already would be asked by itself.
  vi.restoreAllMocks();
  ({ gpu, devices, hold } = await watchedGpu(undefined, kind));
  recording = new Recording({ gpu });
}
afterEach(() => recording.trainer.dispose());

/** The curve as a chart would have it: what is void after a loss is taken out. */
function curve(): ToldStep[] {
  let steps: ToldStep[] = [];
  for (const event of recording.events) {
    if (event.type === "steps") steps.push(...stepsOf(event.steps));
    else if (event.type === "cleared") steps = [];
    else if (event.type === "rewound") steps = steps.filter(({ step }) => step <= event.step);
  }
  return steps;
}

const device = (): GPUDevice => {
  const last = devices.at(-1);
  if (!last) throw new Error("no device was opened");
  return last;
};

/** More steps than any adapter does between two reports; tests end them with a pause. */
const ENDLESS = 10_000;

/** Resolves once steps were told after `count` losses. */
function goneOn(count: number): Promise<void> {
  return recording.until(({ events }) => {
    const rewound = events.filter(({ type }) => type === "rewound");
    const last = events.findLastIndex(({ type }) => type === "rewound");
    return rewound.length === count && events.slice(last).some(({ type }) => type === "steps");
  });
}

describe("a device lost while training", () => {
  it("at its beginning: training goes on from the start, or a copy where the machine is slow, on a new device, and says so", async () => {
    await open("own");
    const { trainer } = recording;
    await trainer.prepare(xor(ENDLESS), forced);
    await trainer.configure(withRate(xor(ENDLESS), 0.25));
    let ended = false;
    const running = trainer.train().then(() => (ended = true));
    await recording.until(({ steps }) => steps.length > 0);
    device().destroy();
    await goneOn(1);
    expect(ended, "train() resolves when training ends, not when a device does").toBe(false);
    await trainer.pause();
    await running;
    const [notice] = recording.notices;
    expect(recording.notices).toHaveLength(1);
    expect(notice).toMatchObject({ severity: "warning", code: "device-lost" });
    expect(notice?.message).toMatch(
      /^The GPU was lost \(.+\)\. Training goes on from step \d+ on the GPU \(.+\); \d+ steps? w(as|ere) lost\.$/,
    );
    const [rewound = expect.fail("nothing taken back"), ...more] = recording.events.filter(
      (event) => event.type === "rewound",
    );
    expect(more).toEqual([]);
    const from = rewound.step;
    expect(notice?.message).toContain(`from step ${from} on`);
    expect(notice?.message).toContain(`; ${(notice?.step ?? NaN) - from} step`);
    expect(devices).toHaveLength(2);
    expect(curve().map(({ step }) => step)).toEqual(Array.from({ length: recording.status.step }, (_, i) => i + 1));
    expect(recording.status).toMatchObject({
      state: "paused",
      learningRates: { model: 0.25 },
      backend: { kind: "webgpu" },
    });
    // The same steps again give the same numbers.
    const before = recording.steps.slice(0, notice?.step).filter(({ step }) => step > from);
    const again = recording.steps.slice(notice?.step, (notice?.step ?? 0) + before.length);
    const numbers = again.map(({ step, values }) => [step, lossOf(values)]);
    expect(numbers).toEqual(before.slice(0, again.length).map(({ step, values }) => [step, lossOf(values)]));
    expect(numbers.length > 0 || before.length === 0, "some were told again").toBe(true);
  });

  it("or that hangs without a word: training goes on elsewhere after a limit, and says why", async () => {
    const { trainer } = recording;
    await trainer.prepare(xor(ENDLESS), forced);
    hurryLooks();
    void trainer.train();
    await recording.until(({ steps }) => steps.length > 0);
    const heal = hang(device());
    await recording.until(({ status }) => status.state === "preparing");
    heal();
    await goneOn(1);
    await trainer.pause();
    expect(recording.notices.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^The GPU was lost \(no answer within 60 s\)\. Training goes on from step \d+ on the GPU/),
    ]);
    expect(curve().map(({ step }) => step)).toEqual(Array.from({ length: recording.status.step }, (_, i) => i + 1));
  });

  it("does not lose a rate that is set while another device is opened", async () => {
    const { trainer } = recording;
    await trainer.prepare(xor(ENDLESS), forced);
    void trainer.train();
    await recording.until(({ steps }) => steps.length > 0);
    const { answer } = hold();
    device().destroy();
    await recording.until(({ status }) => status.state === "preparing");
    await trainer.configure(withRate(xor(ENDLESS), 0.25));
    answer();
    await goneOn(1);
    await trainer.pause();
    expect(recording.status).toMatchObject({ state: "paused", learningRates: { model: 0.25 } });
  });

  it("after a snapshot: only the steps since are lost, and the curve is the undisturbed one", async () => {
    const { trainer } = recording;
    await trainer.prepare(xor(ENDLESS), forced);
    // Snapshots are taken every five seconds; here the clock jumps.
    const now = performance.now.bind(performance);
    let skipped = 0;
    vi.spyOn(performance, "now").mockImplementation(() => now() + skipped);
    void trainer.train();
    await recording.until(({ steps }) => steps.length > 0);
    skipped += 6000;
    for (let report = 0; report < 2; report++) {
      const seen = recording.steps.length;
      await recording.until(({ steps }) => steps.length > seen);
    }
    device().destroy();
    await goneOn(1);
    await trainer.pause();
    const disturbed = curve().map(({ values }) => lossOf(values));
    const rewound = recording.events.flatMap((event) => (event.type === "rewound" ? [event.step] : []));
    expect(rewound).toHaveLength(1);
    expect(rewound[0]).toBeGreaterThan(0);
    const [notice] = recording.notices;
    expect(notice?.message).toContain(`Training goes on from step ${rewound[0]} on the GPU`);
    expect(notice?.message).toContain(`; ${notice!.step! - rewound[0]!} step`);

    await trainer.reset();
    recording.clear();
    void trainer.train();
    await recording.until(({ steps }) => steps.length >= disturbed.length);
    await trainer.pause();
    expect(recording.losses.slice(0, disturbed.length)).toEqual(disturbed);
  });

  it("twice: the second time on the CPU", async () => {
    const { trainer } = recording;
    await trainer.prepare(xor(ENDLESS), forced);
    void trainer.train();
    await recording.until(({ steps }) => steps.length > 0);
    for (const count of [1, 2]) {
      device().destroy();
      await goneOn(count);
    }
    await trainer.pause();
    expect(recording.notices.map(({ code }) => code)).toEqual(["device-lost", "device-lost"]);
    expect(recording.notices[1]?.message).toMatch(/Training goes on from step \d+ on the CPU/);
    const reason = "The GPU was lost twice, so training runs on the CPU.";
    expect(recording.status).toMatchObject({ state: "paused", backend: { kind: "cpu", reason } });
    expect(curve()).toHaveLength(recording.status.step);
    // Nor is it trusted with the next model.
    await trainer.prepare(xor(5), forced);
    expect(recording.status).toMatchObject({ state: "ready", backend: { kind: "cpu", reason } });
  });

  it("with no other adapter to be had: on the CPU", async () => {
    const { trainer } = recording;
    await trainer.prepare(xor(ENDLESS), forced);
    void trainer.train();
    await recording.until(({ steps }) => steps.length > 0);
    vi.spyOn(gpu, "requestAdapter").mockResolvedValue(null);
    device().destroy();
    await goneOn(1);
    await trainer.pause();
    expect(recording.notices.find(({ code }) => code === "device-lost")?.message).toMatch(/on the CPU \(/);
    expect(recording.status.backend?.kind).toBe("cpu");
  });
});

describe("a device lost at another time", () => {
  it("in a pause: nothing is lost, the pause stays one, and training can go on", async () => {
    const { trainer } = recording;
    await trainer.prepare(xor(20), forced);
    await trainer.train();
    const undisturbed = curve().map(({ values }) => lossOf(values));
    await trainer.reset();
    recording.clear();
    for (let i = 0; i < 3; i++) await trainer.step();
    device().destroy();
    await recording.until(({ notices }) => notices.length > 0);
    await recording.until(({ status }) => status.state === "paused");
    expect(recording.notices[0]?.message).toMatch(/Training goes on from step 3 .*; 0 steps were lost\.$/);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(recording.status).toMatchObject({ state: "paused", step: 3 });
    await trainer.train();
    expect(recording.status.state).toBe("finished");
    expect(curve().map(({ values }) => lossOf(values))).toEqual(undisturbed);
  });

  it("after the end: the trained model is still there", async () => {
    const { trainer } = recording;
    await trainer.prepare(xor(5), forced);
    await trainer.train();
    const before = await trainer.predictTest(0, 4);
    device().destroy();
    await recording.until(({ notices }) => notices.length > 0);
    await recording.until(({ status }) => status.state !== "preparing");
    expect(await trainer.predictTest(0, 4)).toEqual(before);
  });

  it("while predicting: no answer, no crash", async () => {
    const { trainer } = recording;
    await trainer.prepare(xor(5), forced);
    const asked = trainer.predictTest(0, 4);
    device().destroy();
    const answer = await asked;
    expect(answer === null || answer.count === 4).toBe(true);
    await recording.until(({ notices }) => notices.length > 0);
    await recording.until(({ status }) => status.state === "paused");
    expect(recording.notices.map(({ code }) => code)).toEqual(["device-lost"]);
  });

  it("while preparing: another one is opened", async () => {
    const { trainer } = recording;
    const preparing = trainer.prepare(xor(5), forced);
    await vi.waitFor(() => expect(devices).not.toEqual([]), { interval: 1 });
    device().destroy();
    await preparing;
    await recording.until(({ status }) => status.state === "ready" || status.state === "paused");
    await trainer.train();
    await recording.until(({ status }) => status.state === "finished");
    expect(curve()).toHaveLength(5);
  });
});

describe("while a lost device is replaced", () => {
  /** Loses the device of a running model, and hands over when the trainer is looking for another. */
  async function loseDevice(): Promise<() => void> {
    const { trainer } = recording;
    await trainer.prepare(xor(ENDLESS), forced);
    void trainer.train();
    await recording.until(({ steps }) => steps.length > 0);
    const { answer } = hold();
    vi.mocked(gpu.requestAdapter).mockClear();
    device().destroy();
    await vi.waitFor(() => expect(gpu.requestAdapter).toHaveBeenCalled());
    return answer;
  }

  it("another model wins", async () => {
    const answer = await loseDevice();
    const preparing = recording.trainer.prepare(xor(5), onCpu);
    answer();
    await preparing;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(recording.status).toMatchObject({ state: "ready", totalSteps: 5, backend: { kind: "cpu" } });
    await recording.trainer.train();
    expect(recording.status).toMatchObject({ state: "finished", totalSteps: 5 });
    expect(await Promise.all(devices.map(isLost))).toEqual(devices.map(() => true));
  });

  it("a pause is kept", async () => {
    const answer = await loseDevice();
    await recording.trainer.pause();
    answer();
    await recording.until(({ notices }) => notices.length > 0);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(recording.status.state).toBe("paused");
  });
});

describe("a loss that is no finite number", () => {
  it("is found on the GPU too, at the step at which the CPU finds it", async () => {
    const { trainer } = recording;
    // Squares of ever larger numbers: past 3.4e38 within a few steps.
    const only = { id: "only", type: "Dense", config: { units: 1, activation: "linear" } } as const;
    const optimizer = { type: "SGD", config: { learningRate: 10 } } as const;
    const exploding = withLearning(withBlocks(xor(500), [only]), { optimizer });
    const found: (number | undefined)[] = [];
    for (const options of [forced, onCpu]) {
      recording.clear();
      await trainer.prepare(exploding, options);
      await trainer.train();
      expect(recording.notices.map(({ code }) => code)).toEqual(["non-finite"]);
      expect(recording.status.state).toBe("diverged");
      expect(recording.losses.every(Number.isFinite)).toBe(true);
      expect(recording.steps).toHaveLength(recording.notices[0]!.step! - 1);
      found.push(recording.notices[0]?.step);
    }
    expect(found[0]).toBe(found[1]);
  });
});

describe("weights that are no finite numbers", () => {
  it.each([
    ["a GPU", forced],
    ["the CPU", onCpu],
  ] as const)("infinity on %s, which sigmoid hides from the loss, is found all the same", async (_, options) => {
    const { trainer } = recording;
    const layers = [
      { id: "below", type: "Dense", config: { units: 1, activation: "sigmoid" } },
      { id: "last", type: "Dense", config: { units: 1, activation: "sigmoid" } },
    ] as const;
    await trainer.prepare(withBlocks(xor(1000), layers), options);
    trainer.session?.setWeights({ "dense/bias": Float32Array.of(Infinity) }, { partial: true });
    await trainer.train();
    const [notice] = recording.notices;
    expect(recording.notices).toHaveLength(1);
    expect(notice).toMatchObject({ severity: "error", code: "non-finite", step: recording.steps.length });
    expect(notice?.message).toMatch(/^The weights are no longer finite numbers at step [\d,]+/);
    expect(recording.losses.every(Number.isFinite), "the loss does not tell").toBe(true);
    expect(recording.losses.length).toBeGreaterThan(0);
    expect(recording.status.state).toBe("diverged");
    // Reset is a way out.
    await trainer.reset();
    await trainer.step();
    expect(recording.notices).toHaveLength(1);
  });
});
