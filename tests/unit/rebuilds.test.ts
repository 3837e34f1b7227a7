// Models one after another on one backend leave as many bytes behind as the second did: nothing leaks.
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Backend } from "../../src/engine/backend/backend";
import type { StartHelper } from "../../src/engine/backend/cpu/wasm/helper";
import { LinearMemory } from "../../src/engine/backend/cpu/wasm/linearMemory";
import { createWasmBackend } from "../../src/engine/backend/cpu/wasm/wasmBackend";
import { createWebGpuBackend } from "../../src/engine/backend/webgpu/webgpuBackend";
import type { Dataset } from "../../src/engine/data";
import { datasets } from "../../src/engine/data";
import { fileSource } from "../../scripts/support/fileSource";
import { presets } from "../../src/engine/model/presets";
import { input } from "../../src/engine/ops/leaf";
import { ResidentData } from "../../src/engine/train/resident";
import { Session } from "../../src/engine/train/session";
import { startThread } from "../../scripts/support/helperThread";
import { testGpu } from "../support/gpu";

/** What is held: blocks and their bytes. */
interface Held {
  readonly blocks: number;
  readonly bytes: number;
}

const sumOf = (sizes: Iterable<number>): Held => {
  const all = [...sizes];
  return { blocks: all.length, bytes: all.reduce((total, size) => total + size, 0) };
};

/** Builds a model of one unit, which compiles quickly, trains it for three steps, and lets go of it. On the CPU it is asked for
 *  predictions too, which takes another plan; a software GPU would compile that for half a minute in all. */
async function build(backend: Backend, dataset: Dataset, resident: ResidentData, batchSize: number): Promise<void> {
  const { description } = presets.xor;
  const training = { ...description.training, batchSize };
  const layers = description.layers.slice(1);
  const session = await Session.create({
    backend,
    dataset,
    resident,
    description: { ...description, layers, training },
  });
  session.runSteps(0, [0.1, 0.1, 0.1]);
  await session.readScores(0, 3);
  await session.snapshot(3);
  if (backend.kind === "cpu") await session.predict(new Float32Array(4), 2);
  session.dispose();
}

/** @returns what is held after the second build, which has warmed all pools, and after the last */
async function rebuild(backend: Backend, count: number, held: () => Held): Promise<{ second: Held; last: Held }> {
  const dataset = await datasets.xor.load(fileSource);
  const resident = new ResidentData(backend);
  // Two sizes in turn, so that memory does not fit by chance.
  for (let i = 0; i < 2; i++) await build(backend, dataset, resident, 3 + (i % 2));
  const second = held();
  for (let i = 2; i < count; i++) await build(backend, dataset, resident, 3 + (i % 2));
  return { second, last: held() };
}

/** All buffers of a device that were made and not destroyed, with their sizes. */
function watchBuffers(device: GPUDevice) {
  const live = new Map<GPUBuffer, number>();
  const create = device.createBuffer.bind(device);
  const made = vi.spyOn(device, "createBuffer").mockImplementation((descriptor) => {
    const buffer = create(descriptor);
    live.set(buffer, buffer.size);
    const destroy = buffer.destroy.bind(buffer);
    vi.spyOn(buffer, "destroy").mockImplementation(() => {
      live.delete(buffer);
      return destroy();
    });
    return buffer;
  });
  return { live, made };
}

async function openDevice(): Promise<GPUDevice> {
  const device = await (await (await testGpu()).requestAdapter())?.requestDevice();
  if (!device) throw new Error("no device");
  return device;
}

describe("rebuilds", () => {
  let close = (): void => {};
  afterEach(() => close());

  it("ten times over return to the same buffers on the GPU", async () => {
    const device = await openDevice();
    const { live } = watchBuffers(device);
    const backend = await createWebGpuBackend({ device });
    close = () => {
      backend.dispose();
      device.destroy();
    };
    const { second, last } = await rebuild(backend, 10, () => sumOf(live.values()));
    expect(second.blocks).toBeGreaterThan(0);
    expect(last).toEqual(second);
    // A software GPU compiles the kernels anew each time, in a second or six; what is kept of one build shows in the next.
  }, 360_000);

  it("fifty times over return to the same linear memory on the CPU, with the same helping threads", async () => {
    const live = new Map<number, number>();
    const { allocate, release } = LinearMemory.prototype;
    vi.spyOn(LinearMemory.prototype, "allocate").mockImplementation(function (this: LinearMemory, byteLength) {
      const address = allocate.call(this, byteLength);
      live.set(address, byteLength);
      return address;
    });
    vi.spyOn(LinearMemory.prototype, "release").mockImplementation(function (this: LinearMemory, address) {
      live.delete(address);
      release.call(this, address);
    });
    const grow = vi.spyOn(WebAssembly.Memory.prototype, "grow");
    let started = 0;
    let running = 0;
    const startHelper: StartHelper = async (task) => {
      const stop = await startThread(task);
      started++;
      running++;
      return () => {
        running--;
        stop();
      };
    };
    const backend = await createWasmBackend({ threads: 3, startHelper });
    if (!backend) throw new Error("WebAssembly: expected SIMD in Node, got none.");
    close = () => backend.dispose();
    let grown = 0;
    const { second, last } = await rebuild(backend, 50, () => {
      grown = grow.mock.calls.length - grown;
      return sumOf(live.values());
    });
    expect(second.blocks).toBeGreaterThan(0);
    expect(last).toEqual(second);
    expect(grown, "growths between the second build and the last").toBe(0);
    expect([started, running]).toEqual([2, 2]);
    backend.dispose();
    expect(running).toBe(0);
  });
});

it("buffers to read with are kept for the next reading, and no more of them than a model needs", async () => {
  const device = await openDevice();
  const { live, made } = watchBuffers(device);
  const backend = await createWebGpuBackend({ device });
  for (let length = 1; length <= 20; length++) {
    const tensor = backend.createTensor(input("t", [length]), new Float32Array(length).fill(length));
    expect((await tensor.read())[length - 1]).toBe(length);
    tensor.dispose();
  }
  expect(live.size).toBe(8);
  made.mockClear();
  const tensor = backend.createTensor(input("t", [20]));
  await tensor.read();
  expect(made, "the tensor, and nothing to read it with").toHaveBeenCalledTimes(1);
  device.destroy();
});
