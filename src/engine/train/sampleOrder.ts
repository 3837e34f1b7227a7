/** Which samples each training step takes: row numbers on the device, a few shuffled epochs at a time. */
import type { Tensor } from "../backend/backend";
import type { Split } from "../data";
import { permutation, STREAM } from "../random";

/** Row numbers kept on the device: as many shuffled epochs as fit, at least one. */
const CAPACITY = 65_536;

/** How an order is drawn. */
export interface OrderOptions {
  readonly batchSize: number;
  readonly seed: number;
  /** False to take rows in their own order. */
  readonly shuffle?: boolean;
  /** Whether every epoch has samples of its own, made when it begins: then no more than one is there at a time. */
  readonly isPlayed?: boolean;
}

/** What of a split decides when its samples are taken. */
type Arriving = Pick<Split, "count" | "bounds" | "arrival">;

/** An epoch takes every row once, in an order drawn from the seed and the epoch's number; steps take batches of it, one after
 *  the other, the last of which may be short. Any step's batch is known without those before it. Where the dataset has parts, the
 *  first epoch begins with a quarter of the first, a quarter of the second, and so on, each in the drawn order, so that steps need
 *  only the parts up to their last sample. All the rest comes together at the end, since a model that ends on one part alone is
 *  worse for it. That holds on every line and on every visit: when samples arrive changes nothing but when steps are
 *  made. */
export class SampleOrder {
  readonly stepsPerEpoch: number;
  /** Row numbers there is place for on the device. */
  readonly capacity: number;
  readonly #rows: Uint32Array;
  readonly #batchSize: number;
  readonly #seed: number;
  readonly #shuffle: boolean;
  readonly #split: Arriving;
  readonly #bounds: readonly number[];
  /** How many rows the first epoch takes before it needs more than the parts up to each of the bounds. */
  readonly #rowsUpTo: readonly number[];
  /** Epochs on the device at a time, and the first of those that are there. */
  readonly #epochs: number;
  #from = -1;

  /** @param rows of the training set that are trained on */
  constructor(rows: Uint32Array, split: Arriving, { batchSize, seed, shuffle = true, isPlayed = false }: OrderOptions) {
    this.#rows = rows;
    this.#batchSize = batchSize;
    this.#seed = seed;
    this.#shuffle = shuffle && !isPlayed;
    this.#split = split;
    this.#bounds = split.bounds ?? [split.count];
    let taken = 0;
    this.#rowsUpTo = partsOf(rows, this.#bounds).map(({ length }, i, { length: parts }) => {
      taken += shuffle ? quarterOf(length) : length;
      return i === parts - 1 ? rows.length : taken;
    });
    this.#epochs = isPlayed ? 1 : Math.max(1, Math.floor(CAPACITY / rows.length));
    this.stepsPerEpoch = Math.ceil(rows.length / batchSize);
    this.capacity = this.#epochs * rows.length;
  }

  /** Samples that a step takes: an epoch's last may be short. */
  countOf(step: number): number {
    const from = (step % this.stepsPerEpoch) * this.#batchSize;
    return Math.min(this.#batchSize, this.#rows.length - from);
  }

  /** Steps from `step` on whose samples have arrived, and are on the device together. */
  stepsAvailable(step: number): number {
    const span = this.#epochs * this.stepsPerEpoch;
    return Math.min(span - (step % span), this.#stepsAmong(step, this.#split.arrival?.ready ?? Infinity));
  }

  /** Resolves once the samples of a step have arrived. @throws DatasetError when they do not */
  async samplesOf(step: number): Promise<void> {
    const bound = this.#bounds.find((end) => this.#stepsAmong(step, end) > 0);
    await this.#split.arrival?.until(bound ?? this.#split.count);
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

  /** Which rows a step takes, in their order. */
  rowsOf(step: number): Uint32Array {
    const from = (step % this.stepsPerEpoch) * this.#batchSize;
    return this.#shuffled(Math.floor(step / this.stepsPerEpoch)).slice(from, from + this.#batchSize);
  }

  /** Steps from `step` on that need only the first `ready` samples of the split. */
  #stepsAmong(step: number, ready: number): number {
    const rows = this.#rowsUpTo[this.#bounds.findLastIndex((bound) => bound <= ready)] ?? 0;
    return rows === this.#rows.length ? Infinity : Math.max(0, Math.floor(rows / this.#batchSize) - step);
  }

  /** The first of the epochs that are on the device together with that of a step. */
  #firstEpoch(step: number): number {
    const epoch = Math.floor(step / this.stepsPerEpoch);
    return epoch - (epoch % this.#epochs);
  }

  #shuffled(epoch: number): Uint32Array {
    if (!this.#shuffle) return this.#rows;
    const drawn = permutation(this.#rows.length, this.#seed, epoch, STREAM.shuffle).map((i) => this.#rows[i]!);
    return epoch === 0 ? inParts(drawn, this.#bounds) : drawn;
  }
}

/** How many of a part's rows are taken early. */
const quarterOf = (count: number): number => Math.ceil(count / 4);

/** Which of the rows are in each part, in their order. */
function partsOf(rows: Uint32Array, bounds: readonly number[]): Uint32Array[] {
  return bounds.map((end, i) => {
    const start = bounds[i - 1] ?? 0;
    return rows.filter((row) => row >= start && row < end);
  });
}

/** A quarter of each part but the last, part after part; then all others. */
function inParts(rows: Uint32Array, bounds: readonly number[]): Uint32Array {
  const early = partsOf(rows, bounds)
    .slice(0, -1)
    .flatMap((part) => [...part.subarray(0, quarterOf(part.length))]);
  const isEarly = new Set(early);
  return Uint32Array.from([...early, ...rows.filter((row) => !isEarly.has(row))]);
}
