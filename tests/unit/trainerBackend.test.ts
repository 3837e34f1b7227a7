// Which backend the trainer picks, and the sentence that says why.
import { afterEach, describe, expect, it, vi } from "vitest";
import type { PrepareOptions } from "../../src/engine/trainer/protocol";
import { presets } from "../../src/engine/model/presets";
import type { ModelDescription } from "../../src/engine/model/description";
import { nextTask } from "../../src/engine/train/yielding";
import { hardware, isLost, watchedGpu } from "../support/fakeGpu";
import { testGpu } from "../support/gpu";
import { networkOf, withBlocks } from "../support/models";
import { onCpu, Recording } from "../support/trainer";

const xor = (epochs: number): ModelDescription => ({
  ...presets.xor.description,
  training: { ...presets.xor.description.training, epochs },
});
/** One unit, whose few products compile quickly where a program poses as the hardware that the tests pretend to have. */
const tiny = (epochs: number): ModelDescription => withBlocks(xor(epochs), networkOf(xor(epochs)).blocks.slice(1));
const auto: PrepareOptions = { ...onCpu, backend: "auto" };
const forced: PrepareOptions = { ...onCpu, backend: "webgpu" };

let recording: Recording;
afterEach(async () => {
  vi.useRealTimers();
  await recording.trainer.dispose();
});

async function prepared(options: PrepareOptions, gpu?: GPU, model = xor(20)): Promise<Recording> {
  recording = new Recording({ gpu });
  await recording.trainer.prepare(model, options);
  expect(recording.status.state).toBe("ready");
  return recording;
}

describe("the CPU", () => {
  it("when it is asked for, without a question to the GPU", async () => {
    const gpu = await testGpu();
    const asked = vi.spyOn(gpu, "requestAdapter");
    const { status, notices } = await prepared(onCpu, gpu);
    expect(status.backend).toMatchObject({
      kind: "cpu",
      adapter: expect.any(String),
      reason: "The CPU was asked for.",
    });
    expect(asked).not.toHaveBeenCalled();
    expect(notices).toEqual([]);
  });

  it.each(["auto", "webgpu"] as const)("when there is no WebGPU (%s)", async (backend) => {
    const { status, notices } = await prepared({ ...onCpu, backend });
    const reason = "This browser has no WebGPU, so training runs on the CPU.";
    expect(status.backend).toMatchObject({ kind: "cpu", reason });
    // Only who asked for WebGPU needs to be told.
    expect(notices).toEqual(backend === "auto" ? [] : [{ severity: "warning", code: "backend", message: reason }]);
  });

  it.each(["auto", "webgpu"] as const)("when there is no adapter (%s)", async (backend) => {
    const gpu = await testGpu();
    vi.spyOn(gpu, "requestAdapter").mockResolvedValue(null);
    const { status, notices } = await prepared({ ...onCpu, backend }, gpu);
    expect(status.backend).toMatchObject({
      kind: "cpu",
      reason: "This browser found no GPU adapter, so training runs on the CPU.",
    });
    expect(notices.map(({ code }) => code)).toEqual(backend === "auto" ? [] : ["backend"]);
  });

  it("when asking for one fails", async () => {
    const gpu = await testGpu();
    vi.spyOn(gpu, "requestAdapter").mockRejectedValue(new Error("driver trouble"));
    expect((await prepared(auto, gpu)).status.backend).toMatchObject({
      kind: "cpu",
      reason: "This browser found no GPU adapter, so training runs on the CPU.",
    });
  });

  it("when the adapter has not answered after 3 s", async () => {
    const gpu = await testGpu();
    vi.spyOn(gpu, "requestAdapter").mockReturnValue(new Promise(() => {}));
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    recording = new Recording({ gpu });
    const preparing = recording.trainer.prepare(xor(20), auto);
    await vi.advanceTimersByTimeAsync(2990);
    expect(recording.status.state).toBe("preparing");
    await vi.advanceTimersByTimeAsync(20);
    await preparing;
    expect(recording.status).toMatchObject({
      state: "ready",
      backend: { kind: "cpu", reason: "The GPU did not answer within 3 s, so training runs on the CPU." },
    });
  });

  it("when the only adapter is a program, by name", async () => {
    const { gpu, devices } = await watchedGpu({
      ...hardware,
      description: "SwiftShader Device",
      isFallbackAdapter: true,
    });
    const { status, notices } = await prepared(auto, gpu);
    expect(status.backend).toMatchObject({
      kind: "cpu",
      reason: "The only GPU here is a program posing as one (SwiftShader Device); the CPU itself is faster.",
    });
    expect(devices).toEqual([]);
    expect(notices).toEqual([]);
  });

  it("when the adapter gives no device", async () => {
    const gpu = await testGpu();
    const adapter = await gpu.requestAdapter();
    if (!adapter) throw new Error("no adapter");
    vi.spyOn(gpu, "requestAdapter").mockResolvedValue(adapter);
    vi.spyOn(adapter, "requestDevice").mockRejectedValue(new Error("out of devices"));
    const { status, notices } = await prepared(forced, gpu);
    expect(status.backend?.kind).toBe("cpu");
    expect(status.backend?.reason).toMatch(
      /^The GPU \(.+\) gave no device \(Error: out of devices\), so training runs on the CPU\.$/,
    );
    expect(notices.map(({ code }) => code)).toEqual(["backend"]);
  });
});

describe("WebGPU", () => {
  it("on a real adapter, without being asked for", async () => {
    const { gpu, devices } = await watchedGpu(hardware);
    const { status } = await prepared(auto, gpu, tiny(3));
    expect(status.backend).toEqual({
      kind: "webgpu",
      adapter: "Acme One",
      reason: "WebGPU is available on this machine.",
    });
    expect(devices).toHaveLength(1);
  });

  it("on any adapter when asked for, where it trains to the same curve as the CPU", async () => {
    const { gpu } = await watchedGpu();
    const { status, trainer, notices } = await prepared(forced, gpu);
    expect(status.backend).toMatchObject({ kind: "webgpu", reason: "WebGPU was asked for." });
    expect(notices).toEqual([]);
    await trainer.train();
    const { losses } = recording;
    expect(recording.status.state).toBe("finished");
    await trainer.dispose();
    const cpu = await prepared(onCpu);
    await cpu.trainer.train();
    expect(losses).toHaveLength(20);
    // f32 on both, with exponentials that may differ in the last places.
    losses.forEach((loss, i) => expect(Math.abs(loss / cpu.losses[i]! - 1)).toBeLessThan(1e-5));
  });

  it("lets go of its device when the next model asks for the CPU, or the trainer is done", async () => {
    const { gpu, devices } = await watchedGpu(hardware);
    const { trainer } = await prepared(auto, gpu, tiny(3));
    await trainer.prepare(tiny(5), auto);
    expect(devices, "the same choice keeps the device").toHaveLength(1);
    expect(await isLost(devices[0]!)).toBe(false);
    await trainer.prepare(tiny(5), onCpu);
    expect(await isLost(devices[0]!)).toBe(true);
    expect(recording.status).toMatchObject({ state: "ready", backend: { kind: "cpu" } });
    await trainer.prepare(tiny(5), auto);
    expect(devices).toHaveLength(2);
    await trainer.dispose();
    expect(await isLost(devices[1]!)).toBe(true);
    expect(recording.notices).toEqual([]);
  });

  it("opens one device for models prepared while the adapter is still thinking", async () => {
    const { gpu, devices, hold } = await watchedGpu(hardware);
    const { answer } = hold();
    recording = new Recording({ gpu });
    const { trainer } = recording;
    const preparing = [trainer.prepare(tiny(3), auto)];
    await vi.waitFor(() => expect(gpu.requestAdapter).toHaveBeenCalled());
    preparing.push(trainer.prepare(tiny(4), auto));
    await nextTask();
    preparing.push(trainer.prepare(tiny(5), auto));
    await nextTask();
    answer();
    await Promise.all(preparing);
    expect(recording.status).toMatchObject({ state: "ready", totalSteps: 5, backend: { kind: "webgpu" } });
    expect(await Promise.all(devices.map(isLost))).toEqual([false]);
    await trainer.train();
    expect(recording.status).toMatchObject({ state: "finished", step: 5 });
    expect(recording.notices).toEqual([]);
    await trainer.dispose();
    expect(await Promise.all(devices.map(isLost))).toEqual(devices.map(() => true));
  });

  it("gives way to the CPU when that is asked for while the adapter is still thinking", async () => {
    const { gpu, devices, hold } = await watchedGpu(hardware);
    const { answer } = hold();
    recording = new Recording({ gpu });
    const { trainer } = recording;
    const thinking = trainer.prepare(tiny(3), auto);
    await vi.waitFor(() => expect(gpu.requestAdapter).toHaveBeenCalled());
    const waiting = trainer.prepare(tiny(4), onCpu);
    // Long enough to open the CPU's backend; it need not wait for the adapter, but may.
    await new Promise((resolve) => setTimeout(resolve, 100));
    answer();
    await Promise.all([thinking, waiting]);
    expect(recording.status).toMatchObject({ state: "ready", totalSteps: 4, backend: { kind: "cpu" } });
    await trainer.train();
    expect(recording.status).toMatchObject({ state: "finished", step: 4, backend: { kind: "cpu" } });
    await vi.waitFor(() => expect(devices).not.toEqual([]));
    expect(await Promise.all(devices.map(isLost))).toEqual(devices.map(() => true));
  });
});
