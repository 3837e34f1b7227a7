/** Asking a model, a batch at a time. */
import type { Executable, Tensor } from "../backend/backend";
import type { Node } from "../graph/node";
import { sizeOf } from "../shape";

/** Samples predicted at a time. */
export const PREDICT_BATCH = 32;

/** A prediction program, ready to run. */
export interface Predictor {
  readonly executable: Executable;
  readonly x: Tensor;
  readonly output: Node;
}

/** The model's output. @param inputs `[count, ...inputShape]`, scaled @returns `[count, outputs]` */
export async function runPredictor(
  { executable, x, output }: Predictor,
  inputs: Float32Array,
  count: number,
): Promise<Float32Array> {
  const width = sizeOf(output.shape) / PREDICT_BATCH;
  const length = sizeOf(x.shape) / PREDICT_BATCH;
  const result = new Float32Array(count * width);
  for (let from = 0; from < count; from += PREDICT_BATCH) {
    const part = Math.min(PREDICT_BATCH, count - from);
    x.write(inputs.subarray(from * length, (from + part) * length));
    executable.run([{}]);
    const values = await executable.read(output);
    result.set(values.subarray(0, part * width), from * width);
  }
  return result;
}
