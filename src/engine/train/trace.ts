/** One sample followed through every block of a model. It is computed on the CPU by the plain kernels, whatever trains the model: a GPU
 *  is asked for nothing that it has not been tested on, and no memory is held afterwards. */
import type { Tensor, TensorData } from "../backend/backend";
import { createCpuBackend } from "../backend/cpu/cpuBackend";
import { type ColumnData, typeOfColumn } from "../data/column";
import { ArgumentError } from "../errors";
import type { Node } from "../graph/node";
import { input } from "../ops/leaf";
import { type Shape, sizeOf } from "../shape";
import { tasks } from "../tasks";
import { construct, type ProgramModel } from "./batches";
import { evaluate } from "./evaluate";

/** What a block gives for one sample. */
export interface BlockOutput {
  /** The network that it is in, and its name there. */
  readonly network: string;
  readonly block: string;
  /** Of the sample, without the batch. */
  readonly shape: Shape;
  readonly data: Float32Array<ArrayBuffer>;
}

/** The outputs of all blocks for one sample, in the order in which they are computed.
 *  @param tensor the model's own, by node  @param given the columns that networks read, of the sample
 *  @throws ArgumentError when one is missing or of another length */
export async function traceSample(
  model: ProgramModel,
  tensor: (node: Node) => Tensor,
  given: Readonly<Record<string, ColumnData>>,
): Promise<BlockOutput[]> {
  const feeds = new Map<Node, TensorData>();
  const column = (name: string): Node => {
    const info = model.data.columns[name];
    const values = given[name];
    if (!info || values?.length !== sizeOf(info.shape)) {
      throw new ArgumentError(`Column "${name}": expected the numbers of one sample, got ${values?.length ?? "none"}.`);
    }
    const { shape, dtype } = typeOfColumn(info);
    const leaf = input(`sample/${name}`, [1, ...shape], dtype);
    feeds.set(leaf, values);
    return leaf;
  };
  const { graph, networks } = construct(model, 1, false, column, { mask: undefined, count: undefined });
  tasks[model.description.task.type].show(graph);
  for (const { trained, kept } of Object.values(model.state.networks)) {
    for (const node of [trained, kept]) if (node) feeds.set(node, await tensor(node).read());
  }
  const outputs = Object.entries(networks).flatMap(([network, own]) =>
    own.outputs.map(({ name, node }) => ({ network, block: name, node })),
  );
  const backend = createCpuBackend();
  try {
    const row = { seed: model.description.training.seed, step: 0 };
    const nodes = outputs.map(({ node }) => node);
    const values = await evaluate(nodes, feeds, backend, { row });
    return outputs.map(({ network, block, node }, i) => {
      return { network, block, shape: node.shape.slice(1), data: Float32Array.from(values[i] ?? []) };
    });
  } finally {
    backend.dispose();
  }
}
