/** A dataset's bytes on a backend, put there once and shared by every model trained on them. */
import type { Backend, Tensor } from "../backend/backend";
import type { ColumnData, Split } from "../data";
import type { TensorType } from "../graph/type";

/** Tensors by the host array they hold. */
export class ResidentData {
  readonly #backend: Backend;
  readonly #tensors = new Map<ColumnData, Tensor>();

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Bytes on the device. */
  get memoryBytes(): number {
    return [...this.#tensors.keys()].reduce((total, { byteLength }) => total + byteLength, 0);
  }

  /** Bytes on the device that a split takes: none before it is used. */
  bytesOf({ columns }: Split): number {
    return Object.values(columns).reduce((total, data) => total + (this.#tensors.has(data) ? data.byteLength : 0), 0);
  }

  /** The tensor of `data`, made on first use. */
  tensor(type: TensorType, data: ColumnData): Tensor {
    const known = this.#tensors.get(data);
    if (known) return known;
    const tensor = this.#backend.createTensor(type, data);
    this.#tensors.set(data, tensor);
    return tensor;
  }

  dispose(): void {
    for (const tensor of this.#tensors.values()) tensor.dispose();
    this.#tensors.clear();
  }
}
