/** Makes 2x2 max pooling an epilogue of the convolution before it: positions that no window covers are not computed, and
 *  only maxima reach memory. */
import type { Kernel, Node } from "../graph/node";
import type { ConvOptions } from "../ops/conv2d";
import { pooledConvProgram } from "../ops/conv2d";
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

/** Whether windows are 2x2, side by side and inside the image, and the convolution's epilogue is the same everywhere. */
function canPool({ kernel, inputs, attrs }: Step, pool: Step): boolean {
  const form = kernel.form?.(inputs, attrs);
  if (kernel.name !== "conv2d" || form?.kind !== "gemm" || pool.outputs[0]!.dtype !== "f32") return false;
  const { poolSize, strides } = pool.attrs as PoolOptions;
  const [, height, width, channels] = pool.inputs[0]!.shape;
  const [, pooledHeight, pooledWidth] = pool.outputs[0]!.shape;
  const perChannel = ({ shape }: Node): boolean =>
    sizeOf(shape) === 1 || (sizeOf(shape) === channels && shape.at(-1) === channels);
  return (
    [...poolSize, ...strides].every((size) => size === 2) &&
    2 * pooledHeight! <= height! &&
    2 * pooledWidth! <= width! &&
    inputs.slice(2).every(perChannel)
  );
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
