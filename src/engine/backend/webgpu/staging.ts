/** Reading back from the GPU: a few staging buffers per size, used again and again, so that a training loop that reads
 *  its metrics ten times a second creates none. */
import { DeviceLostError } from "../../errors";

/** Buffers that can be mapped, by size. */
export class StagingPool {
  readonly #device: GPUDevice;
  readonly #free = new Map<number, GPUBuffer[]>();

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** Copies a range out once everything submitted so far is done. @throws DeviceLostError when it never will be. */
  async read(source: GPUBuffer, byteOffset: number, byteLength: number): Promise<ArrayBuffer> {
    const size = Math.ceil(byteLength / 4) * 4;
    const free = this.#free.get(size) ?? [];
    this.#free.set(size, free);
    const staging =
      free.pop() ??
      this.#device.createBuffer({
        label: "staging",
        size,
        usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
      });
    const encoder = this.#device.createCommandEncoder();
    encoder.copyBufferToBuffer(source, byteOffset, staging, 0, size);
    this.#device.queue.submit([encoder.finish()]);
    try {
      await staging.mapAsync(GPUMapMode.READ);
    } catch (cause) {
      throw new DeviceLostError("WebGPU: expected to read results back, but the device is gone. Prepare again.", {
        cause,
      });
    }
    const copy = staging.getMappedRange().slice(0, byteLength);
    staging.unmap();
    free.push(staging);
    return copy;
  }

  dispose(): void {
    for (const buffers of this.#free.values()) for (const buffer of buffers) buffer.destroy();
    this.#free.clear();
  }
}
