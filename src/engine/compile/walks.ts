/** What pays on the CPU of all merging: recurrent walks that make the sums of their input themselves, step by step, in the product that
 *  they make anyway. These sums are several times as large as the input, and need not go through memory. */
import { cells } from "../ops/recurrentCells";
import { recurrentOps } from "../ops/recurrent";
import type { RecurrentOptions } from "../ops/recurrentWalk";
import { matmulOps, type MatmulOptions } from "../ops/matmul";
import { withInlined } from "./combine";
import { owner, storedBy } from "./memory";
import type { Computation, Launch, Merging } from "./plan";
import { resultOf } from "./plan";
import { simplify } from "./simplify";

/** The passes of this file. */
export const mergingWalks: Merging = {
  simplify,
  mergeLaunches: withOwnInputs,
};

/** The launches with products that a walk alone reads as part of it. */
function withOwnInputs(computation: Computation, launches: readonly Launch[]): Launch[] {
  const stored = storedBy(computation);
  const readersOf = (product: Launch): Launch[] =>
    launches.filter(({ inputs }) => inputs.some((input) => owner(input).base === resultOf(product)));
  const walks = new Map<Launch, Launch>();
  const gone = new Set<Launch>();
  for (const product of launches) {
    if (!isPlainProduct(product) || stored.has(resultOf(product))) continue;
    const [walk, ...others] = readersOf(product);
    if (!walk || others.length > 0 || !addsSums(walk) || owner(walk.inputs[0]!).base !== resultOf(product)) continue;
    walks.set(walk, withInlined(walk, 0, product));
    gone.add(product);
  }
  return launches.filter((launch) => !gone.has(launch)).map((launch) => walks.get(launch) ?? launch);
}

/** A product of two matrices as they lie. */
function isPlainProduct({ kernel, attrs, inputs }: Launch): boolean {
  const { transposeA, transposeB } = attrs as MatmulOptions;
  const isOne = inputs.length === 2 && inputs.every(({ shape }) => shape.length === 2);
  return kernel.name === matmulOps.matmul.name && isOne && !transposeA && !transposeB;
}

/** Whether a launch walks by a cell that takes the sums of input and state together. */
function addsSums({ kernel, attrs, fuses }: Launch): boolean {
  if (kernel.name !== recurrentOps.recurrent.name || fuses) return false;
  const { slopes, gates } = cells[(attrs as RecurrentOptions).cell];
  return slopes === gates;
}
