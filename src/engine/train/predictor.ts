/** Asking a model about samples, a batch at a time. */
import type { Executable, StepRow, Tensor } from "../backend/backend";
import type { ColumnData, DataInfo } from "../data";
import { ArgumentError } from "../errors";
import { type Shape, sizeOf } from "../shape";
import type { Shown } from "../tasks/task";

/** Numbers in a sample that is asked about among many: a point of a plane, say. */
const SMALL = 16;

/** Texts without a class at a time: few, since what a model writes is asked for token by token. */
const TEXTS = 8;

/** Samples of a dataset that are asked about at a time. A map of a plane is some thousand small ones, each round to a GPU and back
 *  takes as long as thousands of them. */
export function predictBatch({ columns }: Pick<DataInfo, "columns">): number {
  const all = Object.values(columns);
  if (all.every(({ kind }) => kind === "text")) return TEXTS;
  return all.every(({ shape }) => sizeOf(shape) <= SMALL) ? 1024 : 32;
}

/** What is shown of samples, ready to be run. */
export interface Predictor {
  readonly executable: Executable;
  /** Samples that it is asked about at a time. */
  readonly batch: number;
  /** Of one batch, the columns that are read. */
  readonly columns: ReadonlyMap<string, Tensor>;
  readonly shown: Readonly<Record<string, Shown>>;
  /** Frees it. */
  readonly release: () => void;
}

/** One thing that is shown of every sample. */
export interface ShownValue extends Omit<Shown, "node"> {
  /** Of one sample. */
  readonly shape: Shape;
  /** `[count, ...shape]` */
  readonly data: Float32Array;
}

/** All that is shown, by name, in the task's order. */
export type ShownValues = Readonly<Record<string, ShownValue>>;

/** @param given values of the columns that are read, `[count, ...shape]` @param scalars for random numbers
 *  @throws ArgumentError when one is missing, of another length or not finite */
export async function runPredictor(
  { executable, batch, columns, shown }: Predictor,
  given: Readonly<Record<string, ColumnData>>,
  count: number,
  scalars: StepRow,
): Promise<ShownValues> {
  const sources = [...columns].map(([name, tensor]) => {
    const length = sizeOf(tensor.shape) / batch;
    const values = given[name];
    if (values?.length !== count * length) {
      throw new ArgumentError(
        `Column "${name}": expected ${count * length} numbers for ${count} samples, got ${values?.length ?? "none"}.`,
      );
    }
    const bad = tensor.dtype === "f32" ? values.findIndex((value) => !Number.isFinite(value)) : -1;
    if (bad >= 0) {
      throw new ArgumentError(
        `Column "${name}": expected finite numbers, got ${values[bad]} in sample ${Math.floor(bad / length)} at ${bad % length}. Mend or drop that sample.`,
      );
    }
    return { tensor, length, values };
  });
  const results = Object.entries(shown).map(([name, { node, ...rest }]) => {
    const shape = node.shape.slice(1);
    return { name, node, value: { ...rest, shape, data: new Float32Array(count * sizeOf(shape)) } };
  });
  const { step = 0, ...others } = scalars;
  for (let from = 0; from < count; from += batch) {
    const part = Math.min(batch, count - from);
    for (const { tensor, length, values } of sources) {
      tensor.write(values.subarray(from * length, (from + part) * length));
    }
    // Each batch draws numbers of its own.
    executable.run([{ ...others, step: step + from / batch }]);
    for (const { node, value } of results) {
      const width = sizeOf(value.shape);
      value.data.set((await executable.read(node)).subarray(0, part * width), from * width);
    }
  }
  return Object.fromEntries(results.map(({ name, value }) => [name, value]));
}
