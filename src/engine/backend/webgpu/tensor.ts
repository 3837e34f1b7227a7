/** Tensors in GPU memory. */
import { ArgumentError, BackendError } from "../../errors";
import { arrayTypes, elementBytes, type DType, type TensorType } from "../../graph/type";
import { showShape, sizeOf } from "../../shape";
import type { Tensor, TensorData } from "../backend";
import type { StagingPool } from "./staging";
import { say } from "../../words/said";

/** Bytes of a tensor, rounded up to whole 32-bit words as WebGPU copies them. */
export function byteLengthOf({ dtype, shape }: TensorType): number {
  return Math.ceil((sizeOf(shape) * elementBytes(dtype)) / 4) * 4;
}

/** Reads bytes as the elements of a dtype. */
export function asElements(dtype: DType, bytes: ArrayBuffer, length: number): TensorData {
  return new arrayTypes[dtype](bytes, 0, length);
}

/** Makes a buffer, or says why not. */
export function createBuffer(device: GPUDevice, label: string, byteLength: number): GPUBuffer {
  const most = device.limits.maxBufferSize;
  if (byteLength > most) {
    throw new BackendError(say("memory.buffer", { most, got: byteLength, what: label }));
  }
  return device.createBuffer({
    label,
    size: Math.max(byteLength, 16),
    usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
  });
}

/** A tensor with a buffer of its own. */
export class WebGpuTensor implements Tensor {
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly buffer: GPUBuffer;
  readonly #device: GPUDevice;
  readonly #staging: StagingPool;

  constructor(device: GPUDevice, staging: StagingPool, type: TensorType, data?: TensorData) {
    this.shape = type.shape;
    this.dtype = type.dtype;
    this.#device = device;
    this.#staging = staging;
    this.buffer = createBuffer(device, `${type.dtype} ${showShape(type.shape)}`, byteLengthOf(type));
    if (data) this.write(data);
  }

  write(data: TensorData, offset = 0): void {
    const length = sizeOf(this.shape);
    const bytes = elementBytes(this.dtype);
    const end = offset + data.length;
    // Only whole words can be written, so that bytes beside them would be overwritten too.
    const isWhole = (offset * bytes) % 4 === 0 && (end === length || (end * bytes) % 4 === 0);
    if (end > length || !isWhole) {
      throw new ArgumentError(
        `write: expected at most ${length} elements for ${showShape(this.shape)}, ` +
          `starting and ending at whole words, got ${data.length} from ${offset} on.`,
      );
    }
    this.#device.queue.writeBuffer(this.buffer, offset * bytes, asWords(this.dtype, data));
  }

  async read(): Promise<TensorData> {
    const bytes = await this.#staging.read(this.buffer, 0, byteLengthOf(this));
    return asElements(this.dtype, bytes, sizeOf(this.shape));
  }

  dispose(): void {
    this.buffer.destroy();
  }
}

/** The data as bytes of the tensor's dtype, padded to whole words. */
function asWords(
  dtype: DType,
  data: TensorData,
): InstanceType<(typeof arrayTypes)[DType]> & ArrayBufferView<ArrayBuffer> {
  const inWord = 4 / elementBytes(dtype);
  const padded = new arrayTypes[dtype](Math.ceil(data.length / inWord) * inWord);
  padded.set(data);
  return padded;
}
