// Real MNIST for tests, whole or cut short; refuses to make digits up.
import { fileSource } from "../../scripts/support/fileSource";
import { datasets } from "../../src/engine/data";
import type { Dataset, Split } from "../../src/engine/data";

let loading: Promise<Dataset> | undefined;

/** All of it, loaded once per test file. */
export function loadMnist(): Promise<Dataset> {
  loading ??= datasets.mnist.load(fileSource);
  return loading;
}

/** The first digits of both splits. */
export async function firstDigits(trainCount: number, testCount = trainCount): Promise<Dataset> {
  const mnist = await loadMnist();
  return { ...mnist, train: firstOf(mnist.train, trainCount), test: firstOf(mnist.test, testCount) };
}

function firstOf({ inputs, labels, count: all }: Split, count: number): Split {
  const length = inputs.length / all;
  return { count, inputs: inputs.slice(0, count * length), labels: labels.slice(0, count) };
}
