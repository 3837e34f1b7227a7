/** When each validation sample was learnt and when it was forgotten: whether it was told right at each validation, in bounded memory.
 *  Source: Toneva et al. 2019, "An empirical study of example forgetting during deep neural network learning". */
import type { Answers } from "./answers";

/** Validations that are kept one by one: beyond, every second one is dropped. Counts stay those of all. */
const MAX_COLUMNS = 256;

/** What is known of `N` samples. */
export interface SampleHistory {
  /** Where the samples are in the training set, and their classes. `[N]` each */
  readonly rows: Uint32Array<ArrayBuffer>;
  readonly labels: Uint32Array<ArrayBuffer>;
  /** How many validations there were. */
  readonly validations: number;
  /** After which steps those were that are kept, `[K]`, and which samples were right then: bit `n % 8` of byte
   *  `k * ceil(N / 8) + n / 8`. */
  readonly steps: readonly number[];
  readonly right: Uint8Array<ArrayBuffer>;
  /** The step of the first validation at which each was right; -1 where none was yet. `[N]` */
  readonly learntAt: Int32Array<ArrayBuffer>;
  /** How often each was wrong after it had been right at the validation before: its forgetting events. `[N]` */
  readonly forgotten: Uint16Array<ArrayBuffer>;
  /** At the last validation: what each was taken for, how surely, and its loss. `[N]` each */
  readonly says: Uint32Array<ArrayBuffer>;
  readonly certainty: Float32Array<ArrayBuffer>;
  readonly losses: Float32Array<ArrayBuffer>;
  readonly areProbabilities: boolean;
}

interface Column {
  readonly step: number;
  readonly right: Uint8Array<ArrayBuffer>;
}

const isRightIn = ({ right }: Column, n: number): boolean => ((right[n >> 3] ?? 0) & (1 << (n & 7))) !== 0;

/** The history of one run. */
export class HistoryBook {
  #latest: Pick<Answers, "rows" | "labels" | "losses" | "areProbabilities"> | undefined;
  #says = new Uint32Array(0);
  #certainty = new Float32Array(0);
  #columns: Column[] = [];
  #validations = 0;
  #learntAt = new Int32Array(0);
  #forgotten = new Uint16Array(0);

  /** Notes a validation. One at an earlier step than those before makes them void, as after a reset; one of other samples is the
   *  first of another run. Answers to test samples are passed over. */
  note(step: number, answers: Answers): void {
    if (answers.split !== "validation") return;
    const { rows, labels } = answers;
    const before = this.#latest?.rows;
    if (before?.length !== rows.length || !rows.every((row, n) => row === before[n])) this.forget();
    if ((this.#columns.at(-1)?.step ?? -1) >= step) this.#rewind(step, rows.length);
    this.#judge(answers);
    const right = new Uint8Array(Math.ceil(rows.length / 8));
    for (let n = 0; n < rows.length; n++) if (this.#says[n] === labels[n]) right[n >> 3]! |= 1 << (n & 7);
    // Who is told of them next may take their memory away.
    const { areProbabilities, losses } = answers;
    this.#latest = { rows: rows.slice(), labels: labels.slice(), losses: losses.slice(), areProbabilities };
    this.#add({ step, right }, rows.length);
    if (this.#columns.length > MAX_COLUMNS) {
      // The last one is what the next is held against.
      this.#columns = this.#columns.filter((_, k) => k % 2 === 0 || k === this.#columns.length - 1);
    }
  }

  /** Nothing is known any more. */
  forget(): void {
    this.#latest = undefined;
    this.#columns = [];
    this.#validations = 0;
  }

  /** What is known, in memory of its own; null before the first validation. */
  told(): SampleHistory | null {
    const answers = this.#latest;
    if (!answers) return null;
    const width = Math.ceil(answers.rows.length / 8);
    const right = new Uint8Array(width * this.#columns.length);
    for (const [k, column] of this.#columns.entries()) right.set(column.right, k * width);
    return {
      rows: answers.rows.slice(),
      labels: answers.labels.slice(),
      validations: this.#validations,
      steps: this.#columns.map(({ step }) => step),
      right,
      learntAt: this.#learntAt.slice(),
      forgotten: this.#forgotten.slice(),
      says: this.#says.slice(),
      certainty: this.#certainty.slice(),
      losses: answers.losses.slice(),
      areProbabilities: answers.areProbabilities,
    };
  }

  #judge({ outputs, labels }: Answers): void {
    const count = labels.length;
    const width = count === 0 ? 1 : outputs.length / count;
    this.#says = new Uint32Array(count);
    this.#certainty = new Float32Array(count);
    for (let n = 0; n < count; n++) {
      let best = 0;
      for (let c = 1; c < width; c++) {
        if ((outputs[n * width + c] ?? 0) > (outputs[n * width + best] ?? 0)) best = c;
      }
      const output = outputs[n * width + best] ?? NaN;
      // A single unit speaks for the second of two classes.
      const isSecond = width === 1 && output > 0.5;
      this.#says[n] = isSecond ? 1 : best;
      this.#certainty[n] = width === 1 && !isSecond ? 1 - output : output;
    }
  }

  #rewind(step: number, count: number): void {
    const kept = this.#columns.filter((column) => column.step < step);
    this.#columns = [];
    this.#validations = 0;
    for (const column of kept) this.#add(column, count);
  }

  #add(column: Column, count: number): void {
    const last = this.#columns.at(-1);
    if (!last) {
      this.#learntAt = new Int32Array(count).fill(-1);
      this.#forgotten = new Uint16Array(count);
    }
    for (let n = 0; n < count; n++) {
      const isRight = isRightIn(column, n);
      if (isRight && this.#learntAt[n] === -1) this.#learntAt[n] = column.step;
      if (!isRight && last && isRightIn(last, n) && this.#forgotten[n]! < 65_535) this.#forgotten[n]!++;
    }
    this.#columns.push(column);
    this.#validations++;
  }
}
