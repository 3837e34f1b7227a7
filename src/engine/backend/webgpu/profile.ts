/** Times the launches of a plan on a GPU: by the device's clock where it lends it out, by the host's otherwise. */
import type { Profile } from "../backend";
import { timeOnce } from "../timing";
import type { Range } from "./shader";
import type { StagingPool } from "./staging";

/** A launch to time. */
export interface TimedLaunch {
  /** What it writes that must be as before afterwards. */
  readonly state: readonly Range<GPUBuffer>[];
  encode(pass: GPUComputePassEncoder): void;
}

/** The feature by which a device tells the time. Browsers round to 0.1 ms, which the repeats of `timeOnce` make up for. */
export const CLOCK: GPUFeatureName = "timestamp-query";

/** @param onStep as for `Executable.profile`  @throws DeviceLostError when the device goes away meanwhile */
export async function profileOnDevice(
  device: GPUDevice,
  staging: StagingPool,
  launches: readonly TimedLaunch[],
  onStep: (index: number) => Promise<void>,
): Promise<Profile> {
  const clock = device.features.has(CLOCK) ? new DeviceClock(device, staging) : undefined;
  const stateBytes = launches.map(({ state }) => state.reduce((total, { size }) => total + size, 0));
  const saved = device.createBuffer({
    label: "saved state",
    size: Math.max(16, ...stateBytes),
    usage: GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
  });
  const stepMs: number[] = [];
  let isByDevice = clock !== undefined;
  try {
    for (const [index, launch] of launches.entries()) {
      let byDevice = 0;
      const elapsedMs = await timeOnce(async (repeats) => {
        const encoder = device.createCommandEncoder();
        copyState(encoder, launch.state, saved, "save");
        const pass = encoder.beginComputePass(clock?.pass);
        for (let i = 0; i < repeats; i++) launch.encode(pass);
        pass.end();
        // In the same submission, so that nobody sees what the repeats do to it.
        copyState(encoder, launch.state, saved, "restore");
        clock?.resolve(encoder);
        const started = performance.now();
        device.queue.submit([encoder.finish()]);
        await staging.completion.workDone();
        const byHost = performance.now() - started;
        byDevice = (await clock?.readMs()) ?? 0;
        // Rounding can leave nothing of a short time, and some devices give nothing at all.
        return byDevice > 0 ? byDevice : byHost;
      });
      if (byDevice <= 0) isByDevice = false;
      stepMs.push(elapsedMs);
      await onStep(index);
    }
  } finally {
    saved.destroy();
    clock?.dispose();
  }
  return { clock: isByDevice ? "device" : "host", stepMs };
}

function copyState(
  encoder: GPUCommandEncoder,
  state: readonly Range<GPUBuffer>[],
  saved: GPUBuffer,
  way: "save" | "restore",
): void {
  let at = 0;
  for (const { buffer, offset, size } of state) {
    if (way === "save") encoder.copyBufferToBuffer(buffer, offset, saved, at, size);
    else encoder.copyBufferToBuffer(saved, at, buffer, offset, size);
    at += size;
  }
}

/** Two time stamps, at the beginning and the end of a pass. */
class DeviceClock {
  readonly pass: GPUComputePassDescriptor;
  readonly #stamps: GPUQuerySet;
  readonly #resolved: GPUBuffer;
  readonly #staging: StagingPool;

  constructor(device: GPUDevice, staging: StagingPool) {
    this.#staging = staging;
    this.#stamps = device.createQuerySet({ type: "timestamp", count: 2 });
    this.#resolved = device.createBuffer({
      label: "time stamps",
      size: 16,
      usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC,
    });
    this.pass = {
      timestampWrites: { querySet: this.#stamps, beginningOfPassWriteIndex: 0, endOfPassWriteIndex: 1 },
    };
  }

  resolve(encoder: GPUCommandEncoder): void {
    encoder.resolveQuerySet(this.#stamps, 0, 2, this.#resolved, 0);
  }

  /** Milliseconds from one to the other; not always positive. Stamps are in nanoseconds. */
  async readMs(): Promise<number> {
    const [begin = 0n, end = 0n] = new BigUint64Array(await this.#staging.read(this.#resolved, 0, 16));
    return Number(end - begin) / 1e6;
  }

  dispose(): void {
    this.#stamps.destroy();
    this.#resolved.destroy();
  }
}
