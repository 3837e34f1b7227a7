/** Test samples with what a model says of them. */
import { givesProbabilities } from "../model/output";
import { sizeOf } from "../shape";
import type { Prepared } from "./prepared";
import type { Predictions } from "./protocol";

/** Predicts `count` test samples from the `first`; fewer at the end of the set. */
export async function samplePredictions(
  { session, dataset, description }: Pick<Prepared, "session" | "dataset" | "description">,
  first: number,
  count: number,
): Promise<Predictions> {
  const { test, inputShape, inputScale, classNames } = dataset;
  const length = sizeOf(inputShape);
  const from = Math.max(0, Math.min(first, test.count));
  const to = Math.max(from, Math.min(from + count, test.count));
  const inputs = Float32Array.from(test.inputs.subarray(from * length, to * length), (value) => value * inputScale);
  const given = await session.predict(inputs, to - from);
  return {
    inputShape,
    inputs,
    labels: [...test.labels.subarray(from, to)],
    outputs: given.length === to - from ? bothClasses(given) : given,
    areProbabilities: givesProbabilities(description.layers),
    classNames,
  };
}

/** A single unit's p as the pair `1 - p, p`. */
function bothClasses(given: Float32Array): Float32Array {
  return Float32Array.from({ length: 2 * given.length }, (_, i) => {
    const p = given[i >> 1] ?? 0;
    return i % 2 === 0 ? 1 - p : p;
  });
}
