/** What a model's memory on the device is for. */
import type { Executable } from "../backend/backend";
import type { Node } from "../graph/node";
import { sizeOf } from "../shape";
import type { ModelState } from "./programs";
import type { MemoryReport } from "./protocol";

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
const bytesOf = (nodes: Iterable<Node>): number => sum(Array.from(nodes, ({ shape }) => sizeOf(shape) * 4));

/** Counts the bytes of one model. Every byte is in one place only.
 *  @param own the leaves whose tensors are the session's  @param training the executable that trains */
export function reportMemory(
  model: ModelState,
  own: Iterable<Node>,
  executables: readonly Executable[],
  training: Executable | undefined,
  datasetBytes: number,
): MemoryReport {
  const parameters = bytesOf([model.parameters]);
  const optimizer = bytesOf(Object.values(model.slots));
  return {
    parameters,
    optimizer,
    training: training?.memoryBytes ?? 0,
    scoring: sum(executables.filter((one) => one !== training).map(({ memoryBytes }) => memoryBytes)),
    dataset: datasetBytes,
    bookkeeping: bytesOf(own) - parameters - optimizer,
  };
}
