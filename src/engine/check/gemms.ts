/** The matrix products of a plan, each by itself, so that variants for them can be compared. Measures nothing. */
import type { Backend, Tensor } from "../backend/backend";
import type { Placement, Plan, Launch } from "../compile/plan";
import { isSumOfParts, gemmIn, sumOfParts } from "../compile/splitK";
import type { Gemm } from "../graph/kernel";
import type { Node } from "../graph/node";
import { SEGMENT_ALIGNMENT } from "../ops/packing";
import { state } from "../ops/leaf";
import { uniform } from "../random";
import { sizeOf } from "../shape";

/** A product, and the step that computes it in a plan. */
export interface GemmLaunch {
  readonly product: Gemm;
  readonly step: Launch;
  readonly plan: Plan;
}

/** `2 batch m n k`: a multiply-add counts two. */
const flopsOf = ({ batch, m, n, k }: Gemm): number => 2 * batch * m * n * k;

/** The different products of a plan, those in merged launches too, the costliest first. */
export function gemmsOf(plan: Plan): readonly GemmLaunch[] {
  const found = new Map<string, GemmLaunch>();
  for (const step of plan.launches.flatMap(singleSteps)) {
    const product = gemmIn(step);
    if (product && !found.has(product.key)) found.set(product.key, { product, step, plan });
  }
  return [...found.values()].toSorted((a, b) => flopsOf(b.product) - flopsOf(a.product));
}

/** A step, or those that it is made of, end to end. */
export const singleSteps = (step: Launch): readonly Launch[] => step.members?.flatMap(singleSteps) ?? [step];

/** Whether the parts of a product are added up by their reader, and not by a step that does nothing else. */
export function isSummedWhereRead({ product, step, plan }: GemmLaunch): boolean {
  const sums = plan.launches.flatMap(singleSteps).filter((other) => isSumOfParts(other, step));
  return product.parts > 1 && sums.length === 0;
}

/** What the results of a product in parts are summed to by their reader, as values by themselves. */
export function totalsOf({ product, step }: GemmLaunch): readonly Node[] {
  return step.outputs.map(({ shape, ...output }) => {
    return { ...output, shape: product.parts > 1 ? shape.slice(1) : shape, inputs: [], attrs: {} };
  });
}

/** A product with the sums of its parts, even of one: they stand in for its reader, to whom each part is one more value to
 *  read. @param totals from {@link totalsOf} */
export function withSums({ product, step }: GemmLaunch, totals: readonly Node[]): readonly Launch[] {
  const partials = totals.map(({ shape, ...total }): Node => ({ ...total, shape: [product.parts, ...shape] }));
  const sums = partials.map((partial, i) => sumOfParts(partial, totals[i]!, step.label));
  return [{ ...step, outputs: partials }, ...sums];
}

/** A few launches as a plan of their own with what it is run on. */
export interface IsolatedLaunches {
  readonly plan: Plan;
  readonly leaves: ReadonlyMap<Node, Tensor>;
  /** Frees the memory that was made for it. */
  dispose(): void;
}

/** Steps of a plan as a plan of their own, whose outputs are what none of them reads. What lies in tensors they read
 *  where it is; in place of what other launches make, they read noise. What they write goes to memory of their own, so that
 *  whatever runs beside them never notices.
 *  @param leaves the tensors of the whole plan  @throws BackendError when there is no room for it */
export function isolate(
  backend: Backend,
  whole: Plan,
  launches: readonly Launch[],
  leaves: ReadonlyMap<Node, Tensor>,
): IsolatedLaunches {
  const placements = new Map<Node, Placement>();
  const made: Node[] = [];
  const written = launches.flatMap(({ outputs }) => outputs);
  const read = launches.flatMap(({ inputs }) => inputs).filter((node) => !written.includes(node));
  for (const input of new Set(read.filter((node) => !whole.scalars.includes(node)))) {
    const place = whole.placements.get(input);
    if (place?.kind === "leaf") placements.set(input, place);
    else made.push(input);
  }
  const offsets = offsetsOf(made);
  // Of at least one element, as shapes must be.
  const operands = state("operands", [Math.max(1, offsets.at(-1) ?? 0)]);
  made.forEach((node, i) => placements.set(node, { kind: "leaf", leaf: operands, offset: offsets[i] ?? 0 }));
  written.forEach((node, arena) => placements.set(node, { kind: "arena", arena, offset: 0 }));

  const used = new Set([...placements.values()].flatMap((place) => (place.kind === "leaf" ? [place.leaf] : [])));
  const own = made.length > 0 ? backend.createTensor(operands, noise(sizeOf(operands.shape))) : undefined;
  return {
    plan: {
      launches,
      leaves: [...used],
      scalars: whole.scalars,
      placements,
      arenas: written.map(({ shape }) => sizeOf(shape)),
      outputs: written.filter((node) => !launches.some(({ inputs }) => inputs.includes(node))),
    },
    leaves: own ? new Map([...leaves, [operands, own]]) : leaves,
    dispose: () => own?.dispose(),
  };
}

/** Where each of some values begins when they lie one behind the other, and where the last ends. */
function offsetsOf(nodes: readonly Node[]): number[] {
  const offsets = [0];
  for (const { shape } of nodes) {
    const end = (offsets.at(-1) ?? 0) + sizeOf(shape);
    offsets.push(Math.ceil(end / SEGMENT_ALIGNMENT) * SEGMENT_ALIGNMENT);
  }
  return offsets;
}

/** A prime, so that no two rows of a matrix are the same. */
const PERIOD = 8191;

/** Numbers from -1 to 1, over and over. */
function noise(length: number): Float32Array {
  const values = new Float32Array(length);
  for (let i = 0; i < Math.min(length, PERIOD); i++) values[i] = 2 * uniform(0, 0, 0, i) - 1;
  for (let done = PERIOD; done < length; done += PERIOD) values.copyWithin(done, 0, Math.min(PERIOD, length - done));
  return values;
}
