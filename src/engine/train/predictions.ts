/** Test samples with what a model says of them. */
import type { Dataset } from "../data/dataset";
import { sizeOf } from "../shape";
import type { Predictions } from "./protocol";
import type { Session } from "./session";

/** Predicts `count` test samples from the `first`; fewer at the end of the set. */
export async function samplePredictions(
  session: Session,
  dataset: Dataset,
  first: number,
  count: number,
): Promise<Predictions> {
  const { test, inputShape, inputScale, classNames } = dataset;
  const length = sizeOf(inputShape);
  const from = Math.max(0, Math.min(first, test.count));
  const to = Math.max(from, Math.min(from + count, test.count));
  const inputs = Float32Array.from(test.inputs.subarray(from * length, to * length), (value) => value * inputScale);
  const outputs = await session.predict(inputs, to - from);
  const probabilities = outputs.length === to - from ? bothClasses(outputs) : outputs;
  return { inputShape, inputs, labels: [...test.labels.subarray(from, to)], probabilities, classNames };
}

/** A single unit's p as the pair `1 - p, p`. */
function bothClasses(outputs: Float32Array): Float32Array {
  return Float32Array.from({ length: 2 * outputs.length }, (_, i) => {
    const p = outputs[i >> 1] ?? 0;
    return i % 2 === 0 ? 1 - p : p;
  });
}
