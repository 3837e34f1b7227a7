/** Makes 2x2 max pooling an epilogue of the convolution before it, so that positions that no window covers are not computed
 *  and only maxima reach memory; and, going back, part of how the gradients of its operands read. */
import type { Kernel, Node } from "../graph/node";
import type { Attrs } from "../graph/type";
import { REPORT_BUG } from "../errors";
import type { ConvOptions } from "../ops/conv2d";
import { pooledConvProgram } from "../ops/conv2d";
import { unpooledInputGrad, unpooledKernelGrad } from "../ops/convUnpooled";
import type { GemmInputs } from "../ops/gemmSpec";
import type { PoolOptions } from "../ops/pool";
import { operationNames } from "../ops/program";
import { dimensionOf, sizeOf } from "../shape";
import { runInOrder } from "./dependencies";
import { owner, storedBy } from "./memory";
import type { Computation, Launch } from "./plan";
import { resultOf } from "./plan";

/** The same launches with every such pair as one. */
export function fusePooling(computation: Computation, launches: readonly Launch[]): Launch[] {
  const kept = storedBy(computation);
  const fused = new Map<Launch, Launch>();
  const gone = new Set<Launch>();
  for (const pool of launches.filter(isPooling)) {
    const image = pool.inputs[0]!;
    const conv = launches.find(({ outputs }) => outputs[0] === image);
    const readers = launches.filter(({ inputs }) => inputs.some((input) => owner(input).base === image));
    if (!conv || kept.has(image) || readers.length > 1 || !canPool(conv, pool)) continue;
    fused.set(pool, pooledStep(conv, pool));
    gone.add(conv);
  }
  return launches.flatMap((launch) => (gone.has(launch) ? [] : [fused.get(launch) ?? launch]));
}

const isPooling = ({ kernel }: Launch): boolean =>
  kernel.name === "maxPool2d" || kernel.name === "maxPool2dArg" || kernel.name === "maxPool2dWithArg";

/** Whether windows are as they must be, and the convolution's epilogue is the same everywhere. */
function canPool({ kernel, inputs, attrs }: Launch, pool: Launch): boolean {
  const form = kernel.form?.(inputs, attrs);
  if (kernel.name !== "conv2d" || form?.kind !== "gemm" || resultOf(pool).dtype !== "f32") return false;
  const channels = pool.inputs[0]!.shape.at(-1);
  const perChannel = ({ shape }: Node): boolean =>
    sizeOf(shape) === 1 || (sizeOf(shape) === channels && shape.at(-1) === channels);
  return (
    isTiledByFours(pool.attrs as PoolOptions, pool.inputs[0]!, resultOf(pool)) && inputs.slice(2).every(perChannel)
  );
}

/** Whether windows are 2x2, side by side and inside the image. */
function isTiledByFours({ poolSize, strides }: PoolOptions, image: Node, pooled: Node): boolean {
  const isInside = [1, 2].every((axis) => 2 * dimensionOf(pooled.shape, axis) <= dimensionOf(image.shape, axis));
  return [...poolSize, ...strides].every((size) => size === 2) && isInside;
}

function pooledStep(conv: Launch, pool: Launch): Launch {
  const { kernel, inputs, attrs, label } = conv;
  const form = kernel.form?.(inputs, attrs);
  if (form?.kind !== "gemm") throw new Error(`pooling: expected a product, got ${kernel.name}. ${REPORT_BUG}`);
  const program = form.epilogue;
  // Of each result that a window covers: its sum, what follows that, and a comparison.
  const flopsOfCovered = 2 * form.size.k + (program ? operationNames(program).length : 0) + 1;
  const pooled: Kernel<Attrs, GemmInputs, ["pooled", ...string[]]> = {
    name: "conv2dPooled",
    rereads: true,
    cpu: runInOrder([conv, pool], inputs, pool.outputs),
    cost: (_, [maxima]) => ({ flops: 4 * sizeOf(maxima.shape) * flopsOfCovered }),
    wgsl: (args) => pooledConvProgram({ ...args, attrs: attrs as ConvOptions }, program),
  };
  return { kernel: pooled, attrs: {}, inputs, outputs: pool.outputs, label, fuses: [conv, pool] };
}

/** Lets the gradients of a kernel and of an image be computed from the gradient of what was pooled, where nothing else wants
 *  the gradient in between. */
export function readThroughPooling(computation: Computation, launches: readonly Launch[]): Launch[] {
  const kept = storedBy(computation);
  let current = [...launches];
  for (const grad of launches.filter(({ kernel }) => kernel.name === "maxPool2dGrad")) {
    const image = resultOf(grad);
    const readers = current.filter(({ inputs }) => inputs.some((input) => owner(input).base === image));
    if (kept.has(image) || !isTiledByFours(grad.attrs as PoolOptions, image, grad.inputs[1]!)) continue;
    const through = new Map(readers.map((reader) => [reader, readThrough(reader, grad)]));
    if ([...through.values()].includes(undefined)) continue;
    current = current.filter((launch) => launch !== grad).map((launch) => through.get(launch) ?? launch);
  }
  return current;
}

/** A gradient of a convolution with the gradient of its result read through pooling, if it is one. */
function readThrough(reader: Launch, grad: Launch): Launch | undefined {
  const { kernel, attrs, inputs } = reader;
  const [place, dy] = grad.inputs as [Node, Node];
  const image = resultOf(grad);
  const [first, second, ...operands] = inputs as [Node, Node, ...Node[]];
  const fuses = [grad, ...(reader.fuses ?? [reader])];
  const { strides } = attrs as Partial<ConvOptions>;
  const isByOne = strides?.every((stride) => stride === 1);
  if (kernel.name === "conv2dInputGrad" && first === image && isByOne && !operands.includes(image)) {
    const form = kernel.form?.(inputs, attrs);
    const epilogue = form?.kind === "gemm" ? form.epilogue : undefined;
    const through = epilogue ? unpooledInputGrad.withEpilogue(epilogue) : unpooledInputGrad;
    return { ...reader, kernel: through as Kernel, inputs: [dy, second, place, ...operands], fuses };
  }
  const isKernelGrad = kernel.name === "conv2dKernelGrad" || kernel.name === "conv2dKernelGradWithSums";
  if (!isKernelGrad || second !== image || owner(first).base === image || operands.length > 0) return undefined;
  const through = reader.outputs.length > 1 ? unpooledKernelGrad.withColumnSums() : unpooledKernelGrad;
  return { ...reader, kernel: through as Kernel, inputs: [first, dy, place], fuses };
}
