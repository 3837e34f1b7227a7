/** Samples of the test set with what a model shows of them. */
import { type ColumnData, holdsIndices } from "../data/column";
import { unscaled } from "../data/cells";
import type { DataInfo, Split } from "../data";
import { readyOf } from "../data/dataset";
import { DatasetError } from "../errors";
import { analyzeModel } from "../model/analyze";
import { steadyNoise } from "../random";
import { sizeOf } from "../shape";
import { tasks } from "../tasks";
import type { Prepared } from "./prepared";
import type { Answers, Predictions, SampleColumn, SampleColumns, ScoredSplit, TakenModel } from "./protocol";
import { nextTask } from "../train/yielding";

/** Waits for all samples of a split. @returns whether they have arrived: who only wants to show them can do without */
export async function hasArrived({ arrival, count }: Split): Promise<boolean> {
  try {
    await arrival?.until(count);
    return true;
  } catch (error) {
    if (error instanceof DatasetError) return false;
    throw error;
  }
}

type Columns = Readonly<Record<string, ColumnData>>;

/** The most samples that are read at a time. */
const MAX_SAMPLES = 1024;

/** The columns of samples of a split, which must have arrived, as networks see them.
 *  @returns null where rows are none of the split's, or too many */
export function readSamples({ columns }: DataInfo, split: Split, rows: ArrayLike<number>): SampleColumns | null {
  const isThere = Array.from(rows).every((row) => Number.isInteger(row) && row >= 0 && row < split.count);
  return isThere && rows.length <= MAX_SAMPLES ? samplesAt(columns, split, rows) : null;
}

function samplesAt(columns: DataInfo["columns"], split: Split, rows: ArrayLike<number>): SampleColumns {
  const samples = Object.entries(columns).map(([name, info]): [string, SampleColumn] => {
    const length = sizeOf(info.shape);
    const stored = split.columns[name] ?? new Float32Array();
    const valueAt = (i: number): number => stored[(rows[Math.floor(i / length)] ?? 0) * length + (i % length)] ?? 0;
    const count = { length: rows.length * length };
    const values: ColumnData = holdsIndices(info)
      ? Uint32Array.from(count, (_, i) => valueAt(i))
      : Float32Array.from(count, (_, i) => valueAt(i) * info.scale);
    return [name, { info, values }];
  });
  return Object.fromEntries(samples);
}

/** `count` test samples from the `first`, which must have arrived; fewer at the end of the set. */
export async function samplePredictions(
  { session, dataset }: Pick<Prepared, "session" | "dataset">,
  first: number,
  count: number,
): Promise<Predictions> {
  const { test, columns } = dataset;
  const from = Math.max(0, Math.min(first, test.count));
  const to = Math.max(from, Math.min(from + count, test.count));
  const samples = samplesAt(
    columns,
    test,
    Array.from({ length: to - from }, (_, i) => from + i),
  );
  const read = Object.fromEntries(Object.entries(samples).map(([name, { values }]) => [name, values]));
  return { first: from, count: to - from, columns: samples, shown: await session.show(read, to - from) };
}

/** Numbers that are kept in standard deviations, and what a model says of them, in the units that they came in. */
export function inUnits(predictions: Predictions): Predictions {
  const { columns, shown } = predictions;
  const [name, measured] = Object.entries(columns).findLast(([, { info }]) => info.unit) ?? [];
  const unit = measured?.info.unit;
  if (name === undefined || !measured || !unit) return predictions;
  const told = (values: ColumnData): Float32Array => Float32Array.from(values, (value) => unscaled(unit, value));
  return {
    ...predictions,
    columns: { ...columns, [name]: { ...measured, values: told(measured.values) } },
    shown: Object.fromEntries(
      Object.entries(shown).map(([id, value]) => [
        id,
        value.kind === "value" ? { ...value, data: told(value.data) } : value,
      ]),
    ),
  };
}

/** What a model says of each sample of a split: between two steps, where it is being trained.
 *  @returns null where it tells no class, or samples are missing or have not arrived */
export async function answersTo(
  { session, dataset, run }: Pick<Prepared, "session" | "dataset" | "run">,
  name: ScoredSplit,
): Promise<{ readonly answers: Answers; readonly step: number } | null> {
  const split = name === "test" ? dataset.test : dataset.train;
  if (readyOf(split) < split.count || (name === "validation" && session.validationCount === 0)) return null;
  return await run.between(async () => {
    const { step } = run;
    const heard: Answers[] = [];
    const hear = (answers: Answers): void => void heard.push(answers);
    if (name === "test") await session.scoreTest(nextTask, hear);
    else await session.scoreValidation(nextTask, hear);
    const [answers] = heard;
    return answers ? { answers, step } : null;
  });
}

/** What each of several networks gives by itself. */
async function answersApart({ session, dataset, run }: Prepared, columns: Columns, count: number) {
  const apart: Record<string, ArrayLike<number>> = {};
  let code = {};
  const { networks } = analyzeModel(run.settings, dataset);
  for (const [question, { network }] of Object.entries(tasks[run.settings.task.type].asked ?? {})) {
    if (network === undefined) continue;
    const noise = steadyNoise(count * sizeOf(networks[network]?.input?.shape ?? []));
    const [answer] = Object.values(await session.show({ ...columns, ...code, noise }, count, 0, question));
    if (!answer) continue;
    apart[network] = answer.data;
    code = { code: Float32Array.from(answer.data) };
  }
  return apart;
}

/** A model between two steps, with the first `count` test samples, which must have arrived. */
export async function takenModel(prepared: Prepared, count: number, isApart: boolean): Promise<TakenModel> {
  const { session, run } = prepared;
  return await run.between(async () => {
    const weights = await session.weights();
    const { count: found, columns, shown } = await samplePredictions(prepared, 0, count);
    const read = Object.fromEntries(Object.entries(columns).map(([name, { values }]) => [name, values]));
    const apart = isApart ? await answersApart(prepared, read, found) : {};
    return { description: run.settings, step: run.step, weights, count: found, columns: read, shown, apart };
  });
}
