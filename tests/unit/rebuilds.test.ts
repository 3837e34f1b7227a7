// Models one after another on one backend leave as many bytes behind as the second did: nothing leaks.
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Backend } from "../../src/engine/backend/backend";
import type { StartHelper } from "../../src/engine/backend/cpu/wasm/helper";
import { LinearMemory } from "../../src/engine/backend/cpu/wasm/linearMemory";
import { createWasmBackend } from "../../src/engine/backend/cpu/wasm/wasmBackend";
import { createWebGpuBackend } from "../../src/engine/backend/webgpu/webgpuBackend";
import { xor } from "../../src/engine/data/xor";
import { fileSource } from "../../scripts/support/fileSource";
import { presets } from "../../src/engine/model/presets";
import { input } from "../../src/engine/ops/leaf";
import { ResidentData } from "../../src/engine/train/resident";
import { Session } from "../../src/engine/train/session";
import type { SessionOptions } from "../../src/engine/train/sessionOptions";
import { startThread } from "../../scripts/support/helperThread";
import { fullTest, isFull } from "../support/full";
import { testGpu } from "../support/gpu";
import { networkOf, ratesOf, withBlocks, withLearning } from "../support/models";

/** What is held: blocks and their bytes; and how often there was not enough for them, where memory is one that grows. */
interface Held {
  readonly blocks: number;
  readonly bytes: number;
  readonly growths?: number;
}

const sumOf = (sizes: Iterable<number>): Held => {
  const all = [...sizes];
  return { blocks: all.length, bytes: all.reduce((total, size) => total + size, 0) };
};

/** Builds a model with dropout and Adam, trains it for three steps, asks it for all it can give, and lets go of it.
 *  @returns what was held just before */
async function build(
  { backend, dataset, resident }: Pick<SessionOptions, "backend" | "dataset" | "resident">,
  batchSize: number,
  held: () => Held,
): Promise<Held> {
  const { description } = presets.xor;
  const [hidden, last] = networkOf(description).blocks;
  const dropout = { id: "dropout-1", type: "Dropout", config: { rate: 0.5 } } as const;
  const optimizer = { type: "Adam", config: {} } as const;
  const session = await Session.create({
    backend,
    dataset,
    resident,
    description: withLearning(withBlocks(description, [hidden!, dropout, last!]), { optimizer, batchSize }),
  });
  session.runSteps(0, ratesOf(0.1, 3));
  await session.readScores(0, 3);
  await session.snapshot(3);
  await session.show({ point: new Float32Array(4) }, 2);
  await session.scoreTest(async () => {});
  const withModel = held();
  session.dispose();
  return withModel;
}

/** Whatever a rebuild leaves behind is there after a few. */
const TIMES = isFull ? 50 : 16;

/** Makes so many models one after another.
 *  @returns what is held after the second, which has warmed all pools, with the last, and after it */
async function rebuild(backend: Backend, held: () => Held): Promise<{ second: Held; withLast: Held; last: Held }> {
  const dataset = await xor.load(fileSource);
  const parts = { backend, dataset, resident: new ResidentData(backend) };
  // Two sizes in turn, so that memory does not fit by chance.
  for (let i = 0; i < 2; i++) await build(parts, 3 + (i % 2), held);
  const second = held();
  let withLast = second;
  for (let i = 2; i < TIMES; i++) withLast = await build(parts, 3 + (i % 2), held);
  return { second, withLast, last: held() };
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

/** Keeps all pipelines of a device, which then takes them for equal ones instead of compiling those anew, as software does in
 *  seconds. They hold no memory of a model's. */
function keepPipelines(device: GPUDevice): void {
  const create = device.createComputePipelineAsync.bind(device);
  const kept = new Set<GPUComputePipeline>();
  vi.spyOn(device, "createComputePipelineAsync").mockImplementation(async (descriptor) => {
    const pipeline = await create(descriptor);
    kept.add(pipeline);
    return pipeline;
  });
}

async function openDevice(): Promise<GPUDevice> {
  const device = await (await (await testGpu()).requestAdapter())?.requestDevice();
  if (!device) throw new Error("no device");
  return device;
}

describe("rebuilds", () => {
  let close = (): void => {};
  afterEach(() => close());

  fullTest("many times over return to the same buffers on the GPU", async () => {
    const device = await openDevice();
    const { live } = watchBuffers(device);
    keepPipelines(device);
    const backend = await createWebGpuBackend({ device });
    close = () => {
      backend.dispose();
      device.destroy();
    };
    const { second, withLast, last } = await rebuild(backend, () => sumOf(live.values()));
    expect(withLast.bytes).toBeGreaterThan(last.bytes);
    expect(last).toEqual(second);
  });

  it("many times over return to the same linear memory on the CPU, with the same helping threads", async () => {
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
    const held = () => ({ ...sumOf(live.values()), growths: grow.mock.calls.length });
    const { second, withLast, last } = await rebuild(backend, held);
    expect(withLast.bytes).toBeGreaterThan(last.bytes);
    expect(last).toEqual(second);
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
  expect(live.size).toBe(16);
  made.mockClear();
  const tensor = backend.createTensor(input("t", [20]));
  await tensor.read();
  expect(made, "the tensor, and nothing to read it with").toHaveBeenCalledTimes(1);
  device.destroy();
});
