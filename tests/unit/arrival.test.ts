// Training on the first part of a dataset while the others arrive: what is waited for, what is told, and that the line changes
// nothing but the time.
import { afterEach, describe, expect, it } from "vitest";
import { everyDay } from "../support/full";
import type { ByteSource, LoadProgress } from "../../src/engine/data";
import { readyOf } from "../../src/engine/data/dataset";
import { mnist } from "../../src/engine/data/mnist";
import { Stages } from "../../src/engine/data/stages";
import type { PrepareOptions } from "../../src/engine/trainer/protocol";
import { SampleOrder } from "../../src/engine/train/sampleOrder";
import { columnOf } from "../support/data";
import { testGpu } from "../support/gpu";
import { plainSource } from "../support/mnist";
import { modelOf } from "../support/models";
import { onCpu, Recording } from "../support/trainer";

/** A line that holds files back until they are let through, and may spoil them. */
class Line {
  readonly asked: string[] = [];
  /** What is done to files that match. */
  spoil: RegExp | undefined;
  #held: RegExp;
  #letThrough: (() => void)[] = [];

  constructor(held: RegExp) {
    this.#held = held;
  }

  readonly source: ByteSource = async (path, signal) => {
    this.asked.push(path);
    while (this.#held.test(path)) await new Promise<void>((resolve) => this.#letThrough.push(resolve));
    if (this.spoil?.test(path)) throw new Error("the line is down");
    return plainSource(path, signal);
  };

  hold(held: RegExp): void {
    this.#held = held;
    for (const go of this.#letThrough.splice(0)) go();
  }
}

const NOTHING = /^$/;
const parts = (numbers: string): RegExp => new RegExp(`train-images-[${numbers}]`);

describe("stages", () => {
  it("follow one another, are waited for one by one, and go on from one that failed when asked again", async () => {
    const log: string[] = [];
    let isBroken = true;
    const stages = new Stages([
      async () => void log.push("first"),
      async () => {
        if (isBroken) throw new Error("broken");
        log.push("second");
      },
      async () => void log.push("third"),
    ]);
    await stages.until(1);
    expect(log).toEqual(["first"]);
    await expect(Promise.all([stages.until(3), stages.until(2)])).rejects.toThrow("broken");
    isBroken = false;
    await stages.until(3);
    expect(log).toEqual(["first", "second", "third"]);
    expect(stages.done).toBe(3);
  });
});

describe("a dataset loaded early", () => {
  it("is there with its first part, and says what has arrived since", async () => {
    const line = new Line(/test-images|train-images-[1-5]/);
    const seen: LoadProgress[] = [];
    const { train, test } = await mnist.load(line.source, {
      early: true,
      onProgress: (progress) => seen.push(progress),
    });
    expect([readyOf(train), readyOf(test)]).toEqual([10_000, 0]);
    expect(train.bounds).toEqual([10_000, 20_000, 30_000, 40_000, 50_000, 60_000]);
    expect(seen.at(-1)).toEqual({ isEnough: false, loadedBytes: 7_900_000, totalBytes: 7_900_000 });
    line.hold(parts("2345"));
    await train.arrival?.until(10_001);
    expect([readyOf(train), readyOf(test)]).toEqual([20_000, 10_000]);
    line.hold(NOTHING);
    await train.arrival?.until(60_000);
    expect(readyOf(train)).toBe(60_000);
    expect(seen.at(-1)).toEqual({ isEnough: true, loadedBytes: 54_950_000, totalBytes: 54_950_000 });
    const whole = await mnist.load(plainSource);
    const isSame = ["image", "label"].map((name) => {
      return Buffer.from(columnOf(whole.train, name)).equals(Buffer.from(columnOf(train, name)));
    });
    expect(isSame).toEqual([true, true]);
    expect(whole.train.bounds).toEqual(train.bounds);
    expect(readyOf(whole.train)).toBe(60_000);
    // First what the first step needs, then the test set, then part after part.
    expect(line.asked.slice(3).map((path) => path.replace(/^mnist\/(.*)\.bin\.gz$/, "$1"))).toEqual([
      ...["test-labels", "test-images"],
      ...[1, 2, 3, 4, 5].map((part) => `train-images-${part}`),
    ]);
  });
});

describe("the order of samples", () => {
  const bounds = [40, 70, 100];
  const rows = Uint32Array.from({ length: 90 }, (_, i) => (i * 37) % 100);
  const batchSize = 8;

  /** The rows of an epoch, as an order of its own puts them on a device. */
  function epoch(split: ConstructorParameters<typeof SampleOrder>[1], number: number): number[] {
    const order = new SampleOrder(rows, split, { batchSize, seed: 1 });
    const placed = Array<number>(order.capacity).fill(NaN);
    const step = number * order.stepsPerEpoch;
    order.place(step, {
      shape: [order.capacity],
      dtype: "u32",
      write: (data, offset = 0) => void placed.splice(offset, data.length, ...Array.from(data)),
      read: () => Promise.reject(new Error("not read")),
      dispose: () => {},
    });
    const { offset } = order.batchOf(step);
    return placed.slice(offset, offset + rows.length);
  }

  it("begins the first epoch alone with a quarter of each part, and takes all rows once, shuffled", () => {
    const split = { count: 100, bounds };
    const first = epoch(split, 0);
    const partOf = (row: number): number => bounds.findIndex((bound) => row < bound);
    const sizes = [0, 1, 2].map((part) => rows.filter((row) => partOf(row) === part).length);
    const quarters = sizes.slice(0, 2).map((size) => Math.ceil(size / 4));
    const early = first.slice(0, (quarters[0] ?? 0) + (quarters[1] ?? 0));
    expect(early.map(partOf)).toEqual(quarters.flatMap((size, part) => Array<number>(size).fill(part)));
    expect(early).not.toEqual(early.toSorted((a, b) => a - b));
    const late = first.slice(early.length).map(partOf);
    expect(late).not.toEqual(late.toSorted());
    expect(new Set(late)).toEqual(new Set([0, 1, 2]));
    expect(first.toSorted()).toEqual(Array.from(rows).toSorted());
    const second = epoch(split, 1);
    expect(second.slice(0, early.length).map(partOf)).not.toEqual(early.map(partOf));
    // Any step's rows are known without the device.
    const order = new SampleOrder(rows, split, { batchSize, seed: 1 });
    const { stepsPerEpoch } = order;
    const told = [0, 1].map((n) =>
      Array.from({ length: stepsPerEpoch }, (_, i) => order.rowsOf(n * stepsPerEpoch + i)),
    );
    expect(told.map((batches) => batches.flatMap((batch) => Array.from(batch)))).toEqual([first, second]);
    expect(told[1]?.map((batch) => batch.length)).toEqual([...Array<number>(stepsPerEpoch - 1).fill(8), 90 % 8]);
    // Without parts nothing is taken apart.
    expect(epoch({ count: 100 }, 1)).toEqual(second);
    expect(epoch({ count: 100 }, 0)).not.toEqual(first);
  });

  it("lets as many steps be made as have all their samples, and is the same whatever has arrived", async () => {
    const asked: number[] = [];
    const arrival = { ready: 0, until: async (count: number) => void asked.push(count) };
    const order = new SampleOrder(rows, { count: 100, bounds, arrival }, { batchSize, seed: 1 });
    const quarter = Math.ceil(rows.filter((row) => row < 40).length / 4);
    expect(order.stepsAvailable(0)).toBe(0);
    arrival.ready = 40;
    const steps = Math.floor(quarter / batchSize);
    expect(order.stepsAvailable(0)).toBe(steps);
    expect(order.stepsAvailable(steps - 1)).toBe(1);
    // The batch after that takes samples of two parts.
    expect(quarter % batchSize).toBeGreaterThan(0);
    expect(order.stepsAvailable(steps)).toBe(0);
    await order.samplesOf(steps);
    await order.samplesOf(order.stepsPerEpoch - 1);
    await order.samplesOf(order.stepsPerEpoch);
    expect(asked).toEqual([70, 100, 100]);
    arrival.ready = 100;
    expect(order.stepsAvailable(order.stepsPerEpoch)).toBeGreaterThan(order.stepsPerEpoch);
    expect(epoch({ count: 100, bounds, arrival }, 0)).toEqual(epoch({ count: 100, bounds }, 0));
  });
});

describe("training", () => {
  const digits = modelOf([["Flatten"], ["Dense", { units: 10, activation: "softmax" }]], {
    epochs: 2,
    batchSize: 10,
    validationCount: 50,
  });
  /** Samples from all parts, as few as make the tests quick. */
  const few: PrepareOptions = { ...onCpu, limit: 580 };
  let recording: Recording;
  afterEach(() => recording.trainer.dispose());

  async function prepared(line: Line, options = few): Promise<Recording> {
    const gpu = options.backend === "webgpu" ? await testGpu() : undefined;
    recording = new Recording({ gpu, source: line.source });
    await recording.trainer.prepare(digits, options);
    expect(recording.status.state).toBe("ready");
    return recording;
  }

  const results = ({ losses, validationLosses, tests }: Recording) => ({ losses, validationLosses, tests });
  const waits = ({ status }: Recording): boolean => status.state === "running" && status.phase === "loading";

  it.each(everyDay<"cpu" | "webgpu">(["cpu"], ["cpu", "webgpu"]))(
    "on %s gives the same bits however the data arrive",
    async (backend) => {
      const options = { ...few, backend };
      await prepared(new Line(NOTHING), options);
      await recording.trainer.train();
      const atOnce = results(recording);
      expect(atOnce.losses).toHaveLength(116);
      await recording.trainer.dispose();

      const line = new Line(/test-|train-images-[1-5]/);
      const { trainer } = await prepared(line, options);
      const running = trainer.train();
      await recording.until(waits);
      const first = recording.status.step;
      expect(first, "as many steps as a quarter of the first part has samples for").toBeGreaterThan(0);
      expect(first).toBeLessThan(4);
      // One part after the other, then the rest at once.
      line.hold(parts("2345"));
      await recording.until((seen) => seen.status.step > first && waits(seen));
      line.hold(NOTHING);
      await running;
      expect(recording.status.state).toBe("finished");
      expect(results(recording)).toEqual(atOnce);
      expect(recording.notices).toEqual([]);
    },
  );

  it("can be paused and asked while it waits, and does not count the time", async () => {
    const line = new Line(parts("12345"));
    const { trainer } = await prepared(line);
    const running = trainer.train();
    await recording.until(waits);
    const { elapsedMs, step } = recording.status;
    expect(await trainer.predictTest(0, 3)).toMatchObject({ count: 3 });
    expect(recording.status.elapsedMs).toBe(elapsedMs);
    await trainer.pause();
    await running;
    expect(recording.status).toMatchObject({ state: "paused", phase: null, step });
    line.hold(NOTHING);
    await trainer.train();
    expect(recording.losses).toHaveLength(116);
  });

  it("pauses where a part does not arrive, says so, and goes on when told to", async () => {
    const line = new Line(NOTHING);
    line.spoil = parts("3");
    const { trainer } = await prepared(line);
    await trainer.train();
    expect(recording.status.state).toBe("paused");
    const made = recording.status.step;
    expect(made, "a quarter of three of six parts").toBeGreaterThan(4);
    expect(made).toBeLessThan(10);
    expect(recording.notices).toMatchObject([{ severity: "error", code: "dataset" }]);
    expect(recording.notices[0]?.message).toMatch(/train-images-3.*the line is down.*Train goes on from there\.$/);
    line.spoil = undefined;
    await trainer.train();
    expect(recording.status.state).toBe("finished");
    expect(recording.losses).toHaveLength(116);
    expect(recording.steps.map(({ step }) => step)).toEqual(Array.from({ length: 116 }, (_, i) => i + 1));
  });

  it("shows no samples of a test set that does not arrive, and trains without", async () => {
    const line = new Line(NOTHING);
    line.spoil = /test-images/;
    const { trainer } = await prepared(line);
    expect(await trainer.predictTest(0, 3)).toBeNull();
    expect(recording.status.state).toBe("ready");
    line.spoil = undefined;
    expect(await trainer.predictTest(0, 3)).toMatchObject({ count: 3 });
  });
});
