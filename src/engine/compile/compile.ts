/** The compiler: a computation in, a plan out, by passes that each do one thing. */
import { ArgumentError } from "../errors";
import type { Node } from "../graph/node";
import { leafName } from "../ops/leaf";
import { showShape, sizeOf } from "../shape";
import { lowerEach, lowerFused } from "./fuse";
import { mostBuffers, planMemory } from "./memory";
import {
  type CompileOptions,
  type Computation,
  type Launch,
  MAX_BINDINGS,
  type MergeOptions,
  type Merging,
  type Plan,
} from "./plan";
import { withOwnSlopes } from "./ownSlopes";
import { joinProducts } from "./joinProducts";
import { simplify } from "./simplify";

/** Compiles a computation: simplify, fuse, merge launches, plan memory.
 *  @throws ArgumentError when an update does not fit its state, or a state has two. */
export function compile(computation: Computation, options: CompileOptions = { fuse: true }): Plan {
  const updated = new Set<Node>();
  for (const { state, value } of computation.updates ?? []) {
    if (updated.has(state)) {
      throw new ArgumentError(
        `compile: expected one update of ${leafName(state)} ${showShape(state.shape)}, got two. Combine their values.`,
      );
    }
    updated.add(state);
    if (state.dtype !== value.dtype || sizeOf(state.shape) !== sizeOf(value.shape)) {
      throw new ArgumentError(
        `compile: expected an update of ${state.dtype} ${showShape(state.shape)}, ` +
          `got ${value.dtype} ${showShape(value.shape)}.`,
      );
    }
  }
  if (!options.fuse) return withOwnNames(planMemory(computation, lowerEach(computation)));
  const { merging } = options;
  const simpler = withOwnSlopes(joinProducts((merging?.simplify ?? simplify)(computation)));
  const launches = lowerFused(simpler);
  const plan = withOwnNames(merging ? mergedPlan(merging, simpler, launches, options) : planMemory(simpler, launches));
  // Callers ask for values by the nodes they made.
  const placements = new Map(plan.placements);
  computation.outputs.forEach((output, i) => {
    const place = placements.get(simpler.outputs[i]!);
    if (place) placements.set(output, place);
  });
  return { ...plan, placements, outputs: computation.outputs };
}

/** The plan of merged launches. Who reads a pack and computes some of it binds what that is computed from: where that is more than the
 *  machine lets a launch bind, launches are merged once more, with all that is packed made before. */
function mergedPlan(
  merging: Merging,
  computation: Required<Computation>,
  launches: readonly Launch[],
  { storesPacked = false, bindings = MAX_BINDINGS, ...options }: MergeOptions,
): Plan {
  const planWith = (isStored: boolean): Plan =>
    planMemory(
      computation,
      merging.mergeLaunches(computation, launches, { ...options, bindings, storesPacked: isStored }),
    );
  const plan = planWith(storesPacked);
  if (storesPacked || !merging.limitsBuffers || mostBuffers(plan) <= bindings) return plan;
  return planWith(true);
}

/** The plan, if no two of its leaves have one name: values of step scalars are given by name, and so are checkpoints.
 *  @throws ArgumentError naming the leaves */
function withOwnNames(plan: Plan): Plan {
  const seen = new Map<string, Node>();
  for (const leaf of [...plan.leaves, ...plan.scalars]) {
    const name = leafName(leaf);
    const other = seen.get(name);
    if (other) {
      throw new ArgumentError(
        `compile: expected leaves of different names, got two called "${name}", ${showShape(other.shape)} and ` +
          `${showShape(leaf.shape)}. Make one and use it twice, or rename one.`,
      );
    }
    seen.set(name, leaf);
  }
  return plan;
}
