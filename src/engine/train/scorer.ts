/** Scoring a whole split, batch by batch. */
import type { Backend, Executable, StepRow, Tensor } from "../backend/backend";
import { ModelError } from "../errors";
import { InFlight } from "./inFlight";
import { RING_ROWS } from "./programs";
import { type Score, type ScoreLayout, scoreOfSums, sumsIn } from "./scores";
import { type AnswerNodes, type Answers, type HearAnswers, toldOf } from "./answers";
import { say } from "../words/said";

/** Samples scored at a time, where memory allows. */
const SCORE_BATCH = 500;

/** What scoring a batch may cost a machine that does it at one go, and hears of nothing meanwhile: half a second in JavaScript. */
export const MAX_FLOPS_AT_ONCE = 5e8;

/** The batches in which so many samples may be scored, the first that there is room for: each half of the one before, down to
 *  what the ring has rows for. */
export function scoreBatches(count: number): readonly [number, ...number[]] {
  const least = Math.ceil(count / RING_ROWS);
  const batches: [number, ...number[]] = [Math.min(SCORE_BATCH, count)];
  for (let batch = batches[0]; batch > least; batches.push(batch)) batch = Math.max(least, batch >> 1);
  return batches;
}

/** A scoring program, ready to run over `count` samples in batches of `batch`. */
export interface Scorer {
  readonly executable: Executable;
  readonly ring: Tensor;
  readonly layout: ScoreLayout;
  /** What tells what is said of each sample; undefined where no class is told. */
  readonly answers: (AnswerNodes & Pick<Answers, "split" | "rows" | "labels">) | undefined;
  /** What random numbers are drawn from, where the task draws any. */
  readonly scalars: StepRow;
  readonly count: number;
  readonly batch: number;
  readonly areWeightsFinite: () => Promise<boolean>;
  /** Frees it. */
  readonly release: () => void;
}

/** Losses and metrics over all samples. @param pause awaited between batches, so that messages get through
 *  @param hear hears what they are sums of, where a class is told
 *  @throws ModelError when weights are not finite: what such a model gives means nothing
 *  @throws DeviceLostError when the device goes away */
export async function runScorer(
  backend: Backend,
  { executable, ring, layout, answers, scalars, count, batch, areWeightsFinite }: Scorer,
  pause: () => Promise<void>,
  hear?: HearAnswers,
): Promise<Score> {
  const heard = hear && answers && new Heard(answers, count, batch);
  const batches = Math.ceil(count / batch);
  const inFlight = new InFlight();
  for (let row = 0; row < batches; row++) {
    executable.run([{ ...scalars, step: row, row, offset: row * batch, count: Math.min(batch, count - row * batch) }]);
    heard?.read(executable, row);
    if (backend.asynchronous) await inFlight.add(backend.idle());
    await pause();
  }
  // Read together: each reading by itself would wait for the device.
  const [values, areFinite] = await Promise.all([ring.read(), areWeightsFinite()]);
  if (!areFinite) {
    throw new ModelError(say("description.scoresNotFinite"));
  }
  if (heard) hear(await heard.all());
  const columns = ring.shape[1] ?? 1;
  const summed = sumsIn(layout);
  const sums = Array.from({ length: columns }, (_, column) => {
    // What comes after the sums is the same in every row.
    if (column >= summed) return values[column] ?? NaN;
    let total = 0;
    for (let row = 0; row < batches; row++) total += values[row * columns + column] ?? NaN;
    return total;
  });
  return scoreOfSums(layout, sums, count);
}

/** Answers as they are read batch by batch, each while the next is scored. */
class Heard {
  readonly #of: NonNullable<Scorer["answers"]>;
  readonly #batch: number;
  readonly #width: number;
  readonly #outputs: Float32Array<ArrayBuffer>;
  readonly #losses: Float32Array<ArrayBuffer>;
  readonly #reading: Promise<void>[] = [];

  constructor(of: NonNullable<Scorer["answers"]>, count: number, batch: number) {
    this.#of = of;
    this.#batch = batch;
    this.#width = of.output.shape[1] ?? 1;
    const told = toldOf(count, this.#width);
    this.#outputs = new Float32Array(told * this.#width);
    this.#losses = new Float32Array(told);
  }

  /** Reads what a batch has given, which is as it is now whatever runs afterwards. */
  read(executable: Executable, row: number): void {
    const { output, losses } = this.#of;
    const from = row * this.#batch;
    const count = Math.min(this.#batch, this.#losses.length - from);
    if (count <= 0) return;
    const width = this.#width;
    this.#reading.push(
      executable.read(output).then((values) => this.#outputs.set(values.subarray(0, count * width), from * width)),
      executable.read(losses).then((values) => this.#losses.set(values.subarray(0, count), from)),
    );
  }

  /** All of them, in memory of their own. */
  async all(): Promise<Answers> {
    await Promise.all(this.#reading);
    const { split, rows, labels, areProbabilities } = this.#of;
    const told = this.#losses.length;
    return {
      split,
      rows: rows.slice(0, told),
      labels: labels.slice(0, told),
      outputs: this.#outputs,
      areProbabilities,
      losses: this.#losses,
    };
  }
}
