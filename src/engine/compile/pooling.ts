/** Makes 2x2 max pooling an epilogue of the convolution before it, so that positions that no window covers are not computed
 *  and only maxima reach memory; and, going back, part of how the gradient of the convolution's kernel reads. */
import type { Kernel, Node } from "../graph/node";
import type { ConvOptions } from "../ops/conv2d";
import { pooledConvProgram, unpooledKernelGrad } from "../ops/conv2d";
import type { PoolOptions } from "../ops/pool";
import { sizeOf } from "../shape";
import { runInOrder } from "./dependencies";
import { owner, rootsOf } from "./memory";
import type { Computation, Step } from "./plan";

/** The same steps with every such pair as one. */
export function fusePooling(computation: Computation, steps: readonly Step[]): Step[] {
  const kept = rootsOf(computation);
  const fused = new Map<Step, Step>();
  const gone = new Set<Step>();
  for (const pool of steps.filter(isPooling)) {
    const image = pool.inputs[0]!;
    const conv = steps.find(({ outputs }) => outputs[0] === image);
    const readers = steps.filter(({ inputs }) => inputs.some((input) => owner(input).base === image));
    if (!conv || kept.has(image) || readers.length > 1 || !canPool(conv, pool)) continue;
    fused.set(pool, pooledStep(conv, pool));
    gone.add(conv);
  }
  return steps.flatMap((step) => (gone.has(step) ? [] : [fused.get(step) ?? step]));
}

const isPooling = ({ kernel }: Step): boolean =>
  kernel.name === "maxPool2d" || kernel.name === "maxPool2dArg" || kernel.name === "maxPool2dWithArg";

/** Whether windows are as they must be, and the convolution's epilogue is the same everywhere. */
function canPool({ kernel, inputs, attrs }: Step, pool: Step): boolean {
  const form = kernel.form?.(inputs, attrs);
  if (kernel.name !== "conv2d" || form?.kind !== "gemm" || pool.outputs[0]!.dtype !== "f32") return false;
  const channels = pool.inputs[0]!.shape.at(-1);
  const perChannel = ({ shape }: Node): boolean =>
    sizeOf(shape) === 1 || (sizeOf(shape) === channels && shape.at(-1) === channels);
  return (
    isTiledByFours(pool.attrs as PoolOptions, pool.inputs[0]!, pool.outputs[0]!) && inputs.slice(2).every(perChannel)
  );
}

/** Whether windows are 2x2, side by side and inside the image. */
function isTiledByFours({ poolSize, strides }: PoolOptions, image: Node, pooled: Node): boolean {
  const isInside = [1, 2].every((axis) => 2 * pooled.shape[axis]! <= image.shape[axis]!);
  return [...poolSize, ...strides].every((size) => size === 2) && isInside;
}

function pooledStep(conv: Step, pool: Step): Step {
  const { kernel, inputs, attrs, label } = conv;
  const form = kernel.form?.(inputs, attrs);
  const program = form?.kind === "gemm" ? form.epilogue : undefined;
  const pooled: Kernel = {
    name: "conv2dPooled",
    rereads: true,
    cpu: runInOrder([conv, pool], inputs, pool.outputs),
    wgsl: (args) => pooledConvProgram({ ...args, attrs: attrs as ConvOptions }, program),
  };
  return { kernel: pooled, attrs: {}, inputs, outputs: pool.outputs, label, fuses: [conv, pool] };
}

/** Lets the gradient of a kernel be computed from the gradient of what was pooled, where nothing else wants the gradient in
 *  between. The gradient of an image would: but that reads each element once for every tap of the kernel, and what it
 *  would have to read instead is twice as much. */
export function readThroughPooling(computation: Computation, steps: readonly Step[]): Step[] {
  const kept = rootsOf(computation);
  let current = [...steps];
  for (const grad of steps.filter(({ kernel }) => kernel.name === "maxPool2dGrad")) {
    const [place, dy] = grad.inputs;
    const image = grad.outputs[0]!;
    const readers = current.filter(({ inputs }) => inputs.some((input) => owner(input).base === image));
    const [reader] = readers;
    if (!reader || readers.length > 1 || kept.has(image) || !readsAsGradient(reader, image)) continue;
    if (!isTiledByFours(grad.attrs as PoolOptions, image, dy!)) continue;
    const kernel = reader.outputs.length > 1 ? unpooledKernelGrad.withColumnSums() : unpooledKernelGrad;
    const inputs = [reader.inputs[0]!, dy!, place!];
    const fuses = [grad, ...(reader.fuses ?? [reader])];
    const read: Step = { ...reader, kernel: kernel as Kernel, inputs, fuses };
    current = current.filter((step) => step !== grad).map((step) => (step === reader ? read : step));
  }
  return current;
}

/** Whether a step makes the gradient of a convolution's kernel from this one of its result. */
function readsAsGradient({ kernel, inputs: [x, dy] }: Step, image: Node): boolean {
  const isProduct = kernel.name === "conv2dKernelGrad" || kernel.name === "conv2dKernelGradWithSums";
  return isProduct && dy === image && owner(x!).base !== image;
}
