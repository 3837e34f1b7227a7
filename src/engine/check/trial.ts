/** A trial: a plan with all that it is run on, so that any backend can be asked for the same thing. */
import type { Backend, StepRow, TensorData } from "../backend/backend";
import type { Plan } from "../compile/plan";
import type { Node } from "../graph/node";
import { arrayTypes, type DType } from "../graph/type";
import { sizeOf } from "../shape";
import { GPU_SILENCE_MS, within } from "../within";

/** A plan and its data. */
export interface Trial {
  readonly plan: Plan;
  /** What is in the leaves before each run; zeros where nothing is given. */
  readonly feeds: ReadonlyMap<Node, TensorData>;
  /** The step scalars, one row a step of the run. */
  readonly rows: readonly StepRow[];
}

/** Values in the array that holds a tensor of their type. */
export function typed(dtype: DType, values: ArrayLike<number>): TensorData {
  return arrayTypes[dtype].from(values);
}

/** Runs a trial, as often as asked, each time from the same start.
 *  @returns for each run the plan's outputs in order  @throws whatever the backend throws; LateError when it goes
 *  silent */
export async function runTrial(
  backend: Backend,
  { plan, feeds, rows }: Trial,
  times: number,
): Promise<readonly (readonly TensorData[])[]> {
  // A ring, for instance, which is written and not read.
  const blank = plan.leaves.filter((leaf) => !feeds.has(leaf));
  const starts = [
    ...feeds,
    ...blank.map((leaf) => [leaf, typed(leaf.dtype, new Uint8Array(sizeOf(leaf.shape)))] as const),
  ];
  const tensors = new Map(starts.map(([leaf]) => [leaf, backend.createTensor(leaf)]));
  try {
    const executable = await backend.prepare(plan, tensors);
    try {
      const runs: TensorData[][] = [];
      for (let run = 0; run < times; run++) {
        for (const [leaf, data] of starts) tensors.get(leaf)?.write(data);
        executable.run(rows);
        const reading = Promise.all(plan.outputs.map((output) => executable.read(output)));
        runs.push(await within(reading, GPU_SILENCE_MS, "Running kernels"));
      }
      return runs;
    } finally {
      executable.dispose();
    }
  } finally {
    for (const tensor of tensors.values()) tensor.dispose();
  }
}
