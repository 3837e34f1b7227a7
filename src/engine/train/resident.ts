/** A dataset's bytes on a backend, put there once and shared by every model trained on them. */
import type { Backend, Tensor } from "../backend/backend";
import type { ColumnData, Split } from "../data";
import { readyOf } from "../data/dataset";
import type { TensorType } from "../graph/type";

/** Bytes in a word of the device. */
const WORD_ELEMENTS = 4;

/** A column on the backend, as far as it has arrived. */
interface Held {
  readonly tensor: Tensor;
  /** Elements put there. */
  written: number;
}

/** Tensors by the host array they hold. */
export class ResidentData {
  readonly #backend: Backend;
  readonly #held = new Map<ColumnData, Held>();

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Bytes on the device. */
  get memoryBytes(): number {
    return [...this.#held.keys()].reduce((total, { byteLength }) => total + byteLength, 0);
  }

  /** Bytes on the device that a split takes: none before it is used. */
  bytesOf({ columns }: Split): number {
    return Object.values(columns).reduce((total, data) => total + (this.#held.has(data) ? data.byteLength : 0), 0);
  }

  /** The tensor of a column, made on first use, with the samples in it that are there. */
  tensor(type: TensorType, split: Split, data: ColumnData): Tensor {
    const known = this.#held.get(data);
    if (known) return known.tensor;
    const held: Held = { tensor: this.#backend.createTensor(type), written: 0 };
    this.#held.set(data, held);
    put(held, data, readyOf(split) / split.count);
    return held.tensor;
  }

  /** Puts there what has arrived of a split since. Ordered with runs, as {@link Tensor.write}. */
  receive(split: Split): void {
    const share = readyOf(split) / split.count;
    for (const data of Object.values(split.columns)) {
      const held = this.#held.get(data);
      if (held && held.written < data.length) put(held, data, share);
    }
  }

  /** Puts the first samples of a split there once more: they are others now. */
  rewrite({ columns, count }: Split, samples: number): void {
    for (const data of Object.values(columns)) {
      this.#held.get(data)?.tensor.write(data.subarray(0, (data.length / count) * samples));
    }
  }

  /** The same of all of it, once it has arrived. @throws DatasetError when it does not */
  async receiveAll(split: Split): Promise<void> {
    await split.arrival?.until(split.count);
    this.receive(split);
  }

  dispose(): void {
    for (const { tensor } of this.#held.values()) tensor.dispose();
    this.#held.clear();
  }
}

/** Writes a column up to a share of it. Devices take whole words, so the bytes of a word that is not whole yet go there now and
 *  once more later. */
function put(held: Held, data: ColumnData, share: number): void {
  const end = Math.round(data.length * share);
  if (end <= held.written) return;
  const from = held.written - (held.written % WORD_ELEMENTS);
  const to = Math.min(data.length, Math.ceil(end / WORD_ELEMENTS) * WORD_ELEMENTS);
  held.tensor.write(data.subarray(from, to), from);
  held.written = end;
}
