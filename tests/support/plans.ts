// Plans under test: runs them, describes them, and replays their memory element by element to see that nothing is read
// after it was overwritten.
import { expect } from "vitest";
import type { Backend, StepRow, Tensor, TensorData } from "../../src/engine/backend/backend";
import type { Placement, Plan, Launch } from "../../src/engine/compile/plan";
import type { Node } from "../../src/engine/graph/node";
import { isStepScalar } from "../../src/engine/ops/leaf";
import { sizeOf } from "../../src/engine/shape";

/** WebGPU's default limit, and its alignment of 256 bytes in elements. */
const MAX_BINDINGS = 8;
const ALIGNMENT = 64;
/** The number of no value. */
const NOTHING = -1;

/** One line a launch: the layer it is for, the kernel, and the op of each result, which for fused work is the last. */
export function describeSteps(steps: readonly Launch[]): string[] {
  return steps.map(({ label, kernel, outputs }) => {
    const made = outputs.map(({ op }) => op.name).join(", ");
    return `${label ? `${label}: ` : ""}${kernel.name}${made === kernel.name ? "" : ` -> ${made}`}`;
  });
}

/** A step and all that it is made of, which is made of others in its turn. */
export const stepsWithin = (step: Launch): Launch[] => [
  step,
  ...[...(step.members ?? []), ...(step.fuses ?? [])].flatMap(stepsWithin),
];

/** Tensors for some leaves, zeros where no data are given. */
export const tensorsOf = (
  backend: Pick<Backend, "createTensor">,
  leaves: Iterable<Node>,
  feeds: ReadonlyMap<Node, TensorData> = new Map(),
): ReadonlyMap<Node, Tensor> =>
  new Map(Array.from(new Set(leaves), (leaf) => [leaf, backend.createTensor(leaf, feeds.get(leaf))]));

/** Runs a plan on a backend and reads its outputs and the leaves asked for. Leaves without data are zeros. */
export async function runPlan(
  backend: Backend,
  plan: Plan,
  feeds: ReadonlyMap<Node, TensorData>,
  { rows = [{}], leaves = [] }: { readonly rows?: readonly StepRow[]; readonly leaves?: readonly Node[] } = {},
): Promise<{ outputs: number[][]; leaves: number[][] }> {
  const tensors = tensorsOf(backend, [...plan.leaves, ...feeds.keys(), ...leaves], feeds);
  const executable = await backend.prepare(plan, tensors);
  try {
    executable.run(rows);
    const outputs = await Promise.all(plan.outputs.map((output) => executable.read(output)));
    const state = await Promise.all(leaves.map((leaf) => tensors.get(leaf)?.read() ?? new Float32Array()));
    return { outputs: outputs.map((data) => [...data]), leaves: state.map((data) => [...data]) };
  } finally {
    executable.dispose();
    for (const tensor of tensors.values()) tensor.dispose();
  }
}

/** Where a view leads: the node whose bytes it shows, and how far into them. */
function sourceOf(node: Node): { base: Node; offset: number } {
  const [below] = node.inputs;
  if (node.op.storage !== "view" || !below) return { base: node, offset: 0 };
  const { base, offset } = sourceOf(below);
  return { base, offset: offset + Number(node.attrs["offset"] ?? 0) };
}

/** Which value each element of each buffer holds, by its number, as steps run. */
class Memory {
  readonly #cells = new Map<number | Node, Int32Array>();
  /** Values by their numbers. */
  readonly #made = new Map<number, Node>();
  readonly #plan: Plan;

  constructor(plan: Plan) {
    this.#plan = plan;
    plan.arenas.forEach((size, i) => this.#cells.set(i, new Int32Array(size).fill(NOTHING)));
    for (const leaf of plan.leaves) {
      this.#made.set(leaf.id, leaf);
      this.#cells.set(leaf, new Int32Array(sizeOf(leaf.shape)).fill(leaf.id));
    }
  }

  placeOf(node: Node): Placement {
    const place = this.#plan.placements.get(node);
    if (!place) return expect.fail(`${node.op.name}: expected a place in memory, got none`);
    return place;
  }

  #cellsOf(place: Placement): Int32Array {
    return this.#cells.get(place.kind === "arena" ? place.arena : place.leaf) ?? new Int32Array();
  }

  write(node: Node): void {
    const place = this.placeOf(node);
    const cells = this.#cellsOf(place);
    const end = place.offset + sizeOf(node.shape);
    expect(place.offset % ALIGNMENT, `${node.op.name}: alignment`).toBe(0);
    expect(end, `${node.op.name}: end of its range`).toBeLessThanOrEqual(cells.length);
    this.#made.set(node.id, node);
    cells.fill(node.id, place.offset, end);
  }

  /** Fails unless the elements where `node` is are those that were made for it. */
  expectHolds(node: Node, where: string, copies: ReadonlyMap<Node, Node>): void {
    const { base, offset } = sourceOf(node);
    if (base.op.storage === "pack") {
      const offsets = base.attrs["offsets"] as readonly number[];
      base.inputs.forEach((part, i) => this.#expectRange(part, this.placeOf(base), offsets[i] ?? 0, where, copies));
      return;
    }
    const place = this.placeOf(node);
    expect(place.offset - offset, `${where}: start of ${base.op.name}`).toBeGreaterThanOrEqual(0);
    this.#expectRange(node, place, 0, where, copies);
  }

  #expectRange(node: Node, place: Placement, skip: number, where: string, copies: ReadonlyMap<Node, Node>): void {
    const wanted = sourceOf(node).base;
    if (wanted.op.storage === "pack") return;
    const cells = this.#cellsOf(place);
    const from = place.offset + skip;
    const end = from + sizeOf(node.shape);
    for (let i = from; i < end; i++) {
      if (cells[i] === wanted.id) continue;
      const cell = this.#made.get(cells[i] ?? NOTHING);
      if (cell && copies.get(cell) === wanted) continue;
      expect.fail(
        `${where}: expected ${wanted.op.name} (${wanted.id}), found ${cell?.op.name ?? "nothing"} (${cell?.id ?? "-"})`,
      );
    }
  }
}

/** Fails unless, replayed step by step, every input still holds what was made for it when it is read; no step reads and
 *  writes one arena; all places are aligned and inside their buffers; and no step binds more buffers than any device
 *  allows, or than `mostBindings`. */
export function expectSoundPlan(plan: Plan, mostBindings = MAX_BINDINGS): void {
  const memory = new Memory(plan);
  const copies = new Map<Node, Node>();
  plan.launches.forEach((step, i) => {
    const where = `step ${i}, ${step.kernel.name}`;
    // What fused steps pass on never gets to memory.
    const isPassed = (node: Node): boolean => step.fuses !== undefined && !plan.placements.has(sourceOf(node).base);
    replay(step, where, isPassed);
    const made = new Set(step.outputs);
    const buffers = step.inputs.filter((input) => !isStepScalar(input));
    // What a launch of several makes on the way is read where it was written, and so is a pack with a part made here.
    const isMadeHere = (base: Node): boolean =>
      made.has(base) || (base.op.storage === "pack" && base.inputs.some((part) => isMadeHere(sourceOf(part).base)));
    const read = buffers.filter((input) => !isMadeHere(sourceOf(input).base)).map((input) => memory.placeOf(input));
    const written = step.outputs.map((output) => memory.placeOf(output));
    for (const to of written) {
      if (to.kind !== "arena") continue;
      expect(
        read.some((from) => from.kind === "arena" && from.arena === to.arena),
        `${where}: reads and writes one arena`,
      ).toBe(false);
    }
    // What lies in one buffer has one binding.
    const bound = new Set([...read, ...written].map((place) => (place.kind === "arena" ? place.arena : place.leaf)));
    expect(bound.size, `${where}: bindings`).toBeLessThanOrEqual(mostBindings);
  });

  function replay(
    { kernel, inputs, outputs, members }: Launch,
    where: string,
    isPassed: (node: Node) => boolean,
  ): void {
    if (members) return members.forEach((member) => replay(member, where, isPassed));
    for (const input of inputs) {
      if (!isStepScalar(input) && !isPassed(input)) memory.expectHolds(input, where, copies);
    }
    for (const output of outputs.filter((made) => !isPassed(made))) {
      memory.write(output);
      if (kernel.name === "copy" && inputs[0])
        copies.set(output, copies.get(sourceOf(inputs[0]).base) ?? sourceOf(inputs[0]).base);
    }
  }
}
