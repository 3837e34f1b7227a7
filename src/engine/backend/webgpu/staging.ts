/** Reading back from the GPU: a few staging buffers, used again and again, so that a training loop that reads its
 *  metrics ten times a second creates none. */
import { DeviceLostError } from "../../errors";
import { Completion } from "./completion";

/** Buffers kept for the next read: enough for scores, predictions and a snapshot of two networks with their moments. */
const KEPT = 16;

/** Buffers that can be mapped. */
export class StagingPool {
  /** Waits for the device. */
  readonly completion: Completion;
  readonly #device: GPUDevice;
  /** Those not in use, the one that was used longest ago first. */
  readonly #free: GPUBuffer[] = [];

  constructor(device: GPUDevice) {
    this.#device = device;
    this.completion = new Completion(device.queue);
  }

  /** Copies a range out once everything submitted so far is done. @throws DeviceLostError when it never will be. */
  async read(source: GPUBuffer, byteOffset: number, byteLength: number): Promise<ArrayBuffer> {
    const size = Math.ceil(byteLength / 4) * 4;
    const known = this.#free.findLastIndex((buffer) => buffer.size === size);
    const staging =
      this.#free.splice(known, known < 0 ? 0 : 1)[0] ??
      this.#device.createBuffer({
        label: "staging",
        size,
        usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
      });
    const encoder = this.#device.createCommandEncoder();
    encoder.copyBufferToBuffer(source, byteOffset, staging, 0, size);
    this.#device.queue.submit([encoder.finish()]);
    try {
      await this.completion.wait(staging.mapAsync(GPUMapMode.READ));
    } catch (cause) {
      throw new DeviceLostError("WebGPU: expected to read results back, but the device is gone. Prepare again.", {
        cause,
      });
    }
    const copy = staging.getMappedRange().slice(0, byteLength);
    staging.unmap();
    this.#free.push(staging);
    if (this.#free.length > KEPT) this.#free.shift()?.destroy();
    return copy;
  }

  dispose(): void {
    this.completion.dispose();
    for (const buffer of this.#free.splice(0)) buffer.destroy();
  }
}
