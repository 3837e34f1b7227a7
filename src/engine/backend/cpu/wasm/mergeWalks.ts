/** What pays on the CPU of all merging, since memory is what costs there: recurrent walks that make the sums of their input themselves,
 *  in the product of each step, and gradients of a walk's weights as one product, which reads slopes once. */
import { sideBySide, withInlined } from "../../../compile/combine";
import { Dependencies } from "../../../compile/dependencies";
import { owner, storedBy } from "../../../compile/memory";
import type { Computation, Launch, Merging } from "../../../compile/plan";
import { resultOf } from "../../../compile/plan";
import { simplify } from "../../../compile/simplify";
import type { Node } from "../../../graph/node";
import { matmulOps, type MatmulOptions } from "../../../ops/matmul";
import { recurrentOps } from "../../../ops/recurrent";
import { cells } from "../../../ops/recurrentCells";
import type { Columns } from "../../../ops/recurrentProduct";
import type { GradAttrs, RecurrentOptions } from "../../../ops/recurrentWalk";
import { dimensionOf, sizeOf } from "../../../shape";
import { paysInBlocks } from "./lowerGemm";

/** The passes of this file. */
export const mergingWalks: Merging = {
  limitsBuffers: false,
  simplify,
  mergeLaunches: (computation, launches) => withJointGradients(withOwnInputs(computation, launches)),
};

/** The launches with products that a walk alone reads as part of it. */
function withOwnInputs(computation: Computation, launches: readonly Launch[]): Launch[] {
  const stored = storedBy(computation);
  const walks = new Map<Launch, Launch>();
  const gone = new Set<Launch>();
  for (const product of launches) {
    if (!isPlainProduct(product, false) || stored.has(resultOf(product))) continue;
    const [walk, ...others] = launches.filter(({ inputs }) => inputs.some((input) => isAllOf(input, product)));
    if (!walk || others.length > 0 || !addsSums(walk) || !isAllOf(walk.inputs[0]!, product)) continue;
    walks.set(walk, withInlined(walk, 0, product));
    gone.add(product);
  }
  return launches.filter((launch) => !gone.has(launch)).map((launch) => walks.get(launch) ?? launch);
}

/** Whether a value is that of a launch, whatever its shape. */
const isAllOf = (value: Node, launch: Launch): boolean => owner(value).base === resultOf(launch);

/** A product of two matrices as they lie, the first of them as it is or transposed. */
function isPlainProduct({ kernel, attrs, inputs }: Launch, isTransposed: boolean): boolean {
  const { transposeA, transposeB } = attrs as MatmulOptions;
  const isOne = inputs.length === 2 && inputs.every(({ shape }) => shape.length === 2);
  return kernel.name === matmulOps.matmul.name && isOne && transposeA === isTransposed && !transposeB;
}

/** Whether a launch walks by a cell that takes the sums of input and state together. */
function addsSums({ kernel, attrs, fuses }: Launch): boolean {
  if (kernel.name !== recurrentOps.recurrent.name || fuses) return false;
  const { slopes, gates } = cells[(attrs as RecurrentOptions).cell];
  return slopes === gates;
}

/** The launches with the gradients of a walk's two kernels, and of its bias if it has one, side by side in one launch. */
function withJointGradients(launches: readonly Launch[]): Launch[] {
  const graph = new Dependencies(launches);
  const joint = new Map<Launch, Launch>();
  for (const own of launches) {
    const parts = jointParts(own, launches);
    if (parts && graph.tryJoin(parts)) for (const part of parts) joint.set(part, sideBySide(parts));
  }
  return graph.groups().flatMap((group) => joint.get(group[0]!) ?? group);
}

/** Whether launches are such gradients, and no others. */
export function areWalkGradients(launches: readonly Launch[]): boolean {
  const parts = launches[1] && jointParts(launches[1], launches);
  return parts?.length === launches.length && parts.every((part, i) => part === launches[i]);
}

/** The gradient of a recurrent kernel, that of the kernel of its input, and that of their bias, where all are of the same slopes. */
function jointParts(own: Launch, launches: readonly Launch[]): Launch[] | undefined {
  const { at, width, count, samples, steps } = own.attrs as GradAttrs & Columns;
  const isWhole = at === 0 && width === count;
  if (own.kernel.name !== recurrentOps.recurrentKernelGrad.name || !isWhole || own.inputs.length > 2) return undefined;
  const slopes = owner(own.inputs[1]!).base;
  const rows = samples * steps;
  const isOfSlopes = (value: Node): boolean => {
    const { base, offset } = owner(value);
    return base === slopes && offset === 0 && sizeOf(value.shape) === rows * width && value.shape.at(-1) === width;
  };
  const ofInput = launches.find((launch) => isPlainProduct(launch, true) && isOfSlopes(launch.inputs[1]!));
  if (!ofInput) return undefined;
  const m = dimensionOf(resultOf(ofInput).shape, 0) + dimensionOf(resultOf(own).shape, 0);
  if (!paysInBlocks({ batch: 1, m, n: width, k: rows })) return undefined;
  const ofBias = launches.find((launch) => addsRows(launch) && isOfSlopes(launch.inputs[0]!));
  return [ofInput, own, ...(ofBias ? [ofBias] : [])];
}

/** Whether a launch adds up rows, whatever axes these have. */
function addsRows({ kernel, attrs, inputs }: Launch): boolean {
  const form = kernel.form?.(inputs, attrs);
  if (form?.kind !== "reduction" || form.combine !== "sum") return false;
  return form.axes.length === inputs[0]!.shape.length - 1 && form.axes.every((axis, i) => axis === i);
}
