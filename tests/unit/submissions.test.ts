// How the loop uses a GPU: one submission for several steps, two under way at most, scores read beside it.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fileSource } from "../../scripts/support/fileSource";
import type { Backend } from "../../src/engine/backend/backend";
import { createWebGpuBackend } from "../../src/engine/backend/webgpu/webgpuBackend";
import { xor } from "../../src/engine/data/xor";
import { presets } from "../../src/engine/model/presets";
import { RING_ROWS } from "../../src/engine/train/programs";
import { ResidentData } from "../../src/engine/train/resident";
import { Run } from "../../src/engine/train/run";
import { Session } from "../../src/engine/train/session";
import { testGpu } from "../support/gpu";
import { networkOf, withBlocks, withLearning } from "../support/models";

/** A loss and an accuracy for each step. */
const RING_BYTES = RING_ROWS * 2 * 4;

let device: GPUDevice;
let session: Session;
let run: Run;
let inFlight = { now: 0, most: 0 };

beforeEach(async () => {
  const found = await (await (await testGpu()).requestAdapter())?.requestDevice();
  if (!found) throw new Error("no device");
  device = found;
  const backend = await createWebGpuBackend({ device });
  // One unit, which compiles quickly.
  const { description } = presets.xor;
  const oneUnit = withBlocks(description, networkOf(description).blocks.slice(1));
  const optimizer = { type: "SGD", config: { learningRate: 0.1 } } as const;
  const model = withLearning(oneUnit, { optimizer, epochs: 10_000 });
  const dataset = await xor.load(fileSource);
  session = await Session.create({ backend, description: model, dataset, resident: new ResidentData(backend) });
  inFlight = { now: 0, most: 0 };
  const watched: Backend = {
    ...backend,
    idle: async () => {
      inFlight.now++;
      inFlight.most = Math.max(inFlight.most, inFlight.now);
      await backend.idle();
      inFlight.now--;
    },
  };
  const listener = { steps: vi.fn(), validation: vi.fn(), progress: vi.fn() };
  run = new Run({ session, backend: watched, description: model, listener });
  // Whatever the speed of the machine.
  vi.spyOn(run.pacing, "steps", "get").mockReturnValue(10);
});
afterEach(() => device.destroy());

/** The sizes of all submissions of steps. */
function watchSteps(): number[] {
  const sizes: number[] = [];
  const { runSteps } = session;
  vi.spyOn(session, "runSteps").mockImplementation((step, rates) => {
    sizes.push(rates.length);
    runSteps.call(session, step, rates);
  });
  return sizes;
}

/** A clock that goes by the work, whatever the speed of the machine: each submission takes 25 ms. */
function tickBySubmission(): () => number {
  let clock = 0;
  vi.spyOn(performance, "now").mockImplementation(() => clock);
  const { runSteps } = session;
  vi.spyOn(session, "runSteps").mockImplementation((step, rates) => {
    clock += 25;
    runSteps.call(session, step, rates);
  });
  return () => clock;
}

/** Buffers made to read the ring of scores with. */
const ringReaders = (made: ReturnType<typeof watchBuffers>): number =>
  made.mock.calls.filter(([{ label, size }]) => label === "staging" && size === RING_BYTES).length;

const watchBuffers = () => vi.spyOn(device, "createBuffer");

describe("four hundred steps on a GPU", () => {
  it("take one submission for several steps, and one for each reading", async () => {
    const sizes = watchSteps();
    const submitted = vi.spyOn(device.queue, "submit");
    const readings = vi.spyOn(session, "readScores");
    const snapshots = vi.spyOn(session, "snapshot");
    await run.runTo(400);
    expect(sizes.reduce((total, size) => total + size, 0)).toBe(400);
    // One more for each copy, which a submission ends for: by the clock, on a slow machine.
    expect(sizes.length).toBeLessThanOrEqual(40 + snapshots.mock.calls.length);
    expect(Math.max(...sizes)).toBe(10);
    // A reading looks at the scores, and at the weights by way of their sum. A snapshot reads the parameters; plain
    // gradient descent has nothing else to keep.
    expect(submitted).toHaveBeenCalledTimes(
      sizes.length + 3 * readings.mock.calls.length + snapshots.mock.calls.length,
    );
    for (const [buffers] of submitted.mock.calls) expect([...buffers]).toHaveLength(1);
  });

  it("are never more than two submissions ahead", async () => {
    await run.runTo(400);
    expect(inFlight).toEqual({ now: 0, most: 2 });
  });

  it("are scored about ten times a second, with at most three buffers to read with", async () => {
    const made = watchBuffers();
    const clock = tickBySubmission();
    const readAt: number[] = [];
    const { readScores } = session;
    vi.spyOn(session, "readScores").mockImplementation((from, to) => {
      readAt.push(clock());
      return readScores.call(session, from, to);
    });
    await run.runTo(400);
    const gaps = readAt.slice(1).map((time, i) => time - (readAt[i] ?? 0));
    expect(readAt.length).toBeGreaterThan(5);
    // The last reading is that of the end, whenever it comes.
    expect(Math.min(...gaps.slice(0, -1))).toBeGreaterThanOrEqual(100);
    expect(ringReaders(made)).toBeLessThanOrEqual(3);
    expect(ringReaders(made)).toBeGreaterThan(0);
  });

  it("go on while scores are read", async () => {
    const clock = tickBySubmission();
    let answer = (): void => {};
    const held = new Promise<void>((resolve) => {
      answer = resolve;
    });
    let before = Infinity;
    const { readScores } = session;
    const readings = vi.spyOn(session, "readScores").mockImplementation(async (from, to) => {
      before = Math.min(before, clock());
      const scores = await readScores.call(session, from, to);
      await held;
      return scores;
    });
    const running = run.runTo(800);
    await vi.waitFor(() => expect(clock(), "five submissions more").toBeGreaterThan(before + 5 * 25), {
      timeout: 30_000,
    });
    expect(readings, "one reading at a time").toHaveBeenCalledTimes(1);
    expect(run.step).toBe(0);
    answer();
    await running;
    expect(run.step).toBe(800);
  });
});
