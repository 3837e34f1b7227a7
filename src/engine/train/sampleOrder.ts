/** Which samples each training step takes: row numbers on the device, a few shuffled epochs at a time. */
import type { Tensor } from "../backend/backend";
import { permutation, STREAM } from "../random";

/** Row numbers kept on the device: as many shuffled epochs as fit, at least one. */
const CAPACITY = 65_536;

/** An epoch takes every row once, in an order drawn from the seed and the epoch's number; steps take batches of it, one after
 *  the other, the last of which may be short. Any step's batch is known without those before it. */
export class SampleOrder {
  readonly stepsPerEpoch: number;
  /** Row numbers there is place for on the device. */
  readonly capacity: number;
  readonly #rows: Uint32Array;
  readonly #batchSize: number;
  readonly #seed: number;
  readonly #shuffle: boolean;
  /** Epochs on the device at a time, and the first of those that are there. */
  readonly #epochs: number;
  #from = -1;

  /** @param rows of the training set that are trained on  @param options `shuffle`: false to take them in their own order */
  constructor(
    rows: Uint32Array,
    {
      batchSize,
      seed,
      shuffle = true,
    }: { readonly batchSize: number; readonly seed: number; readonly shuffle?: boolean },
  ) {
    this.#rows = rows;
    this.#batchSize = batchSize;
    this.#seed = seed;
    this.#shuffle = shuffle;
    this.#epochs = Math.max(1, Math.floor(CAPACITY / rows.length));
    this.stepsPerEpoch = Math.ceil(rows.length / batchSize);
    this.capacity = this.#epochs * rows.length;
  }

  /** Steps from `step` on whose samples are on the device together. */
  stepsAvailable(step: number): number {
    const span = this.#epochs * this.stepsPerEpoch;
    return span - (step % span);
  }

  /** Puts the epochs of a step on the device, unless they are there. @param order `[capacity]` u32 */
  place(step: number, order: Tensor): void {
    const from = this.#firstEpoch(step);
    if (from === this.#from) return;
    for (let slot = 0; slot < this.#epochs; slot++) {
      order.write(this.#shuffled(from + slot), slot * this.#rows.length);
    }
    this.#from = from;
  }

  /** Where in the order on the device the samples of a step begin, and how many they are. */
  batchOf(step: number): { readonly offset: number; readonly count: number } {
    const epoch = Math.floor(step / this.stepsPerEpoch);
    const within = (step % this.stepsPerEpoch) * this.#batchSize;
    return {
      offset: (epoch - this.#firstEpoch(step)) * this.#rows.length + within,
      count: Math.min(this.#batchSize, this.#rows.length - within),
    };
  }

  /** The first of the epochs that are on the device together with that of a step. */
  #firstEpoch(step: number): number {
    const epoch = Math.floor(step / this.stepsPerEpoch);
    return epoch - (epoch % this.#epochs);
  }

  #shuffled(epoch: number): Uint32Array {
    if (!this.#shuffle) return this.#rows;
    return permutation(this.#rows.length, this.#seed, epoch, STREAM.shuffle).map((i) => this.#rows[i]!);
  }
}
