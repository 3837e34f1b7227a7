/** What plans take, and whether there is room for it: arithmetic on plans and limits, before anything is allocated. */
import type { Plan } from "../compile/plan";
import { BackendError } from "../errors";
import { elementBytes, type TensorType } from "../graph/type";
import { isStepScalar } from "../ops/leaf";
import { showShape, sizeOf } from "../shape";
import { type EngineKey, say } from "../words/said";

/** What a machine has room for, in bytes. */
export interface MemoryLimits {
  /** A value, as one kernel sees it. */
  readonly valueBytes: number;
  /** A block of memory: a tensor, or an arena of many values. */
  readonly blockBytes: number;
  /** All blocks of a plan together, bound tensors included. */
  readonly totalBytes: number;
}

/** Which limit a plan exceeds, and by how much. */
export interface Shortage {
  readonly limit: "value" | "block" | "total";
  readonly neededBytes: number;
  readonly allowedBytes: number;
  /** What is too large: `[32, 784] in dense`, `arena 0`, `the plan`. */
  readonly subject: string;
}

/** Bytes of a tensor. @param floatBytes of one f32 element: 8 on the float64 backend */
export function tensorBytes({ dtype, shape }: TensorType, floatBytes = 4): number {
  return sizeOf(shape) * (dtype === "f32" ? floatBytes : elementBytes(dtype));
}

/** Bytes of all leaves that are tensors. */
export function leafBytes(plan: Plan, floatBytes = 4): number {
  return plan.leaves.reduce((total, leaf) => total + tensorBytes(leaf, floatBytes), 0);
}

/** The first limit that the plan exceeds, if any. Working memory is the arenas unless the backend knows better.
 *  @param heldBytes held beside the plan and its leaves */
export function findShortage(
  plan: Plan,
  { valueBytes, blockBytes, totalBytes }: MemoryLimits,
  heldBytes: number,
  { floatBytes = 4, workingBytes }: { readonly floatBytes?: number; readonly workingBytes?: number } = {},
): Shortage | undefined {
  const exceeds = (limit: Shortage["limit"], neededBytes: number, allowedBytes: number, subject: string) =>
    neededBytes > allowedBytes ? { limit, neededBytes, allowedBytes, subject } : undefined;
  const arenas = plan.arenas.map((size) => size * floatBytes);
  for (const [i, byteLength] of arenas.entries()) {
    const found = exceeds("block", byteLength, blockBytes, `arena ${i}`);
    if (found) return found;
  }
  const values = new Set(plan.launches.flatMap(({ inputs, outputs }) => [...inputs, ...outputs]));
  for (const node of values) {
    if (isStepScalar(node)) continue;
    const subject = `${showShape(node.shape)}${node.label ? ` in ${node.label}` : ""}`;
    const found = exceeds("value", tensorBytes(node, floatBytes), valueBytes, subject);
    if (found) return found;
  }
  const working = workingBytes ?? arenas.reduce((total, byteLength) => total + byteLength, 0);
  const needed = working + leafBytes(plan, floatBytes);
  return exceeds("total", needed, totalBytes - heldBytes, "the plan");
}

const refusals = {
  value: "memory.largeValue",
  block: "memory.largeBlock",
  total: "memory.largePlan",
} as const satisfies Record<Shortage["limit"], EngineKey>;

/** @throws BackendError when there is a shortage. @param where opens the message, for example `WebGPU` */
export function refuseShortage(where: string, shortage: Shortage | undefined): void {
  if (!shortage) return;
  const { limit, allowedBytes: most, neededBytes: got, subject } = shortage;
  throw new BackendError(say(refusals[limit], { where, most, got, subject }));
}
