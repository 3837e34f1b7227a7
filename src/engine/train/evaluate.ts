/** One-off evaluation: the values of any nodes of a graph on any backend. For trying things out and for tests; training
 *  compiles once and runs many times instead. */
import type { Backend, StepRow, Tensor, TensorData } from "../backend/backend";
import { compile } from "../compile/compile";
import type { CompileOptions } from "../compile/plan";
import type { Node } from "../graph/node";

/** Computes `nodes` and returns their values in order.
 *  @param feeds values for all leaves that the nodes depend on
 *  @param row values of step scalars, by name
 *  @throws ArgumentError for a leaf without a value, and whatever else compiling or the backend throws */
export async function evaluate(
  nodes: readonly Node[],
  feeds: ReadonlyMap<Node, TensorData>,
  backend: Backend,
  { row = {}, fuse = true }: { readonly row?: StepRow } & Partial<CompileOptions> = {},
): Promise<TensorData[]> {
  const tensors = new Map<Node, Tensor>();
  for (const [leaf, data] of feeds) tensors.set(leaf, backend.createTensor(leaf, data));
  const executable = await backend.prepare(compile({ outputs: nodes }, { fuse }), tensors);
  try {
    executable.run([row]);
    return await Promise.all(nodes.map((node) => executable.read(node)));
  } finally {
    executable.dispose();
    for (const tensor of tensors.values()) tensor.dispose();
  }
}
