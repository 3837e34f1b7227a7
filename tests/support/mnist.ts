// Real MNIST for tests, whole or cut short; refuses to make digits up.
import { fileSource } from "../../scripts/support/fileSource";
import type { Dataset, Split } from "../../src/engine/data";
import { mnist } from "../../src/engine/data/mnist";

let loading: Promise<Dataset> | undefined;

/** All of it, loaded once per test file. */
export function loadMnist(): Promise<Dataset> {
  loading ??= mnist.load(fileSource);
  return loading;
}

/** The first digits of both splits. */
export async function firstDigits(trainCount: number, testCount = trainCount): Promise<Dataset> {
  const { train, test, ...rest } = await loadMnist();
  return { ...rest, trainCount, train: firstOf(train, trainCount), test: firstOf(test, testCount) };
}

function firstOf({ columns, count: all }: Split, count: number): Split {
  const first = Object.entries(columns).map(([name, values]) => [name, values.slice(0, (count * values.length) / all)]);
  return { count, columns: Object.fromEntries(first) };
}
