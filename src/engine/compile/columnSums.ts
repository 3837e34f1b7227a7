/** Lets the product that makes the gradient of a layer's weights also make the gradient of its bias: the sums of the columns of
 *  an operand that it reads anyway. */
import type { GemmOperands, GemmSize } from "../graph/kernel";
import type { Node, Op } from "../graph/node";
import { sizeOf } from "../shape";
import { Dependencies } from "./dependencies";
import { owner } from "./memory";
import type { Launch } from "./plan";

/** The same launches with every such pair as one. */
export function fuseColumnSums(launches: readonly Launch[]): Launch[] {
  const graph = new Dependencies(launches);
  const fused = new Map<Launch, Launch>();
  const gone = new Set<Launch>();
  for (const product of launches) {
    const { kernel, inputs } = product;
    const withSums = (kernel as Partial<Op>).withColumnSums?.();
    const form = kernel.form?.(inputs, product.attrs);
    if (!withSums || form?.kind !== "gemm" || !form.operands) continue;
    const sum = launches.find((launch) => !gone.has(launch) && sumsColumns(launch, inputs[1]!, form.size));
    if (!sum || !isRowByRow(form.operands(), form.size) || !graph.tryJoin([product, sum])) continue;
    const outputs = [...product.outputs, ...sum.outputs];
    fused.set(product, { ...product, kernel: withSums, outputs, fuses: [product, sum] });
    gone.add(sum);
  }
  return graph
    .groups()
    .flatMap((group) => group.filter((launch) => !gone.has(launch)).map((launch) => fused.get(launch) ?? launch));
}

/** Whether B is one matrix that lies in memory as it is read. */
function isRowByRow({ b }: GemmOperands, { batch, n, k }: GemmSize): boolean {
  return batch === 1 && b.rows[k - 1] === (k - 1) * n && b.columns[n - 1] === n - 1;
}

/** Whether a launch adds up all rows of that matrix, whatever axes they have there. */
function sumsColumns({ kernel, attrs, inputs }: Launch, matrix: Node, { n, k }: GemmSize): boolean {
  const form = kernel.form?.(inputs, attrs);
  const [x] = inputs;
  if (form?.kind !== "reduction" || form.combine !== "sum" || !x || sizeOf(x.shape) !== n * k) return false;
  const [there, here] = [owner(x), owner(matrix)];
  const isOverRows = form.axes.length === x.shape.length - 1 && form.axes.every((axis, i) => axis === i);
  return there.base === here.base && there.offset === here.offset && isOverRows && x.shape.at(-1) === n;
}
