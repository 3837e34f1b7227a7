/** Gives every value of a plan its place: updates in the state they replace, parts of a pack inside it, everything
 *  else in arenas that are reused as values die. */
import { ArgumentError } from "../errors";
import type { Node } from "../graph/node";
import { topologicalOrder } from "../graph/traverse";
import { copyKernel } from "../ops/layout";
import { isStepScalar } from "../ops/leaf";
import { sizeOf } from "../shape";
import { ArenaAllocator } from "./arena";
import type { Computation, Placement, Plan, Launch } from "./plan";
import { resultOf } from "./plan";

/** Where views lead: the node that owns the memory, and how far into it. */
export function owner(node: Node): { base: Node; offset: number } {
  let base = node;
  let offset = 0;
  while (base.op.storage === "view" && base.inputs[0]) {
    offset += Number(base.attrs["offset"] ?? 0);
    base = base.inputs[0];
  }
  return { base, offset };
}

/** The values that outlive a computation, by who owns their memory. */
export function rootsOf({ outputs, updates = [] }: Computation): ReadonlySet<Node> {
  return new Set([...outputs, ...updates.map(({ value }) => value)].map((root) => owner(root).base));
}

/** The values that must be in memory even where readers compute them again: roots, and parts of packs, which no launch reads by themselves. */
export function storedBy(computation: Computation): ReadonlySet<Node> {
  const roots = [...rootsOf(computation)];
  const packs = topologicalOrder(roots).filter(({ op }) => op.storage === "pack");
  return new Set([...roots, ...packs.flatMap(({ inputs }) => inputs.map((input) => owner(input).base))]);
}

const copyStep = (from: Node, to: Node): Launch => ({
  kernel: copyKernel,
  attrs: {},
  inputs: [from],
  outputs: [to],
  label: "",
});

/** Inputs from which on they hardly all fit what a launch may bind, were each in an arena of its own. */
const MANY_INPUTS = 8;

/** Places the values of `launches`, adding copies where a value cannot be made where it is wanted. */
export function planMemory({ outputs, updates = [] }: Computation, lowered: readonly Launch[]): Plan {
  const roots = [...outputs, ...updates.map(({ value }) => value)];
  const placements = new Map<Node, Placement>();
  const leaves = new Set<Node>();
  const scalars = new Set<Node>();
  for (const { inputs } of lowered) inputs.forEach((input) => note(owner(input).base));
  for (const root of roots) note(owner(root).base);
  for (const { state } of updates) note(state);

  function note(base: Node): void {
    if (base.op.storage !== "leaf") return;
    if (isStepScalar(base)) {
      scalars.add(base);
    } else {
      leaves.add(base);
      placements.set(base, { kind: "leaf", leaf: base, offset: 0 });
    }
  }

  const packed = insertPacks(lowered, roots);
  const launches = [...packed.launches];
  // Parts copied into a pack may be leaves that no other launch reads.
  for (const { inputs } of launches) inputs.forEach((input) => note(owner(input).base));
  const madeAt = new Map<Node, number>();
  launches.forEach((launch, i) => launch.outputs.forEach((output) => madeAt.set(output, i)));

  // Updates whose value can be written straight over the state; the others are copied at the end. State that becomes
  // other state's old value is set aside first, before anything overwrites it.
  const updated = new Set(updates.map(({ state }) => state));
  const setAside: Launch[] = [];
  for (const { state, value } of updates) {
    const at = madeAt.get(value);
    const isFree = !placements.has(value) && !packed.inPlace.has(value);
    const steps = stepsInPlace(state, value);
    // Of several writes into the state, one after the other, the first must be free to begin.
    const first = steps.at(-1) ?? value;
    if (at !== undefined && isFree && canOverwrite(launches, state, first, madeAt.get(first) ?? at)) {
      for (const made of [value, ...steps]) placements.set(made, { kind: "leaf", leaf: state, offset: 0 });
    } else if (value !== state) {
      const to: Node = { ...state };
      placements.set(to, { kind: "leaf", leaf: state, offset: 0 });
      const isOldState = updated.has(owner(value).base);
      const source: Node = isOldState ? { ...value, inputs: [] } : value;
      if (isOldState) setAside.push(copyStep(value, source));
      launches.push(copyStep(source, to));
    }
  }
  launches.unshift(...setAside);

  for (const launch of launches.flatMap(leafSteps)) {
    const { kernel, inputs } = launch;
    if (typeof kernel.inPlace !== "number") continue;
    const place = placements.get(resultOf(launch));
    const written = inputs[kernel.inPlace];
    const home = written && placements.get(written);
    if (place?.kind !== "leaf" || home?.kind !== "leaf" || home.leaf !== place.leaf) {
      throw new ArgumentError(
        `${kernel.name}: expected to be the update of the state it writes into, last of all that read it, ` +
          `got a value that is not, or an old state that is read later. List it in the updates, and read the new value.`,
      );
    }
  }

  const arenas = new ArenaAllocator();
  const lastUse = lastUses(launches, roots);
  for (const [part, { pack, offset }] of packed.inPlace) {
    if (!placements.has(part)) {
      const home = arenas.dedicated(pack, sizeOf(pack.shape));
      placements.set(part, { kind: "arena", arena: home.arena, offset: home.offset + offset });
    }
  }
  for (const pack of packed.packs) placements.set(pack, arenas.dedicated(pack, sizeOf(pack.shape)));
  const arenasOf = (nodes: readonly Node[]): number[] =>
    nodes.flatMap((node) => {
      const place = placements.get(owner(node).base);
      return place?.kind === "arena" ? [place.arena] : [];
    });
  // Who reads many values, as an optimizer does the parts of gradients, had better find them in few arenas.
  const gathering = new Map(
    launches
      .filter(({ inputs }) => inputs.length > MANY_INPUTS)
      .flatMap((launch) => launch.inputs.map((input) => [owner(input).base, launch] as const)),
  );
  launches.forEach((launch, i) => {
    const reads = arenasOf(launch.inputs);
    const gatherer = launch.outputs.flatMap((output) => gathering.get(output) ?? [])[0];
    const preferred = new Set(gatherer && arenasOf(gatherer.inputs));
    // All in one arena, so that a launch binds one buffer for whatever it makes.
    let shared: number | undefined;
    for (const output of launch.outputs) {
      if (placements.has(output)) continue;
      const place = arenas.place(sizeOf(output.shape), i, lastUse.get(output) ?? i, reads, shared, preferred);
      shared = place.arena;
      placements.set(output, place);
    }
  });

  for (const node of new Set([...launches.flatMap(({ inputs }) => inputs), ...roots])) {
    const { base, offset } = owner(node);
    const home = placements.get(base);
    if (home && !placements.has(node)) placements.set(node, { ...home, offset: home.offset + offset });
  }
  return {
    launches,
    leaves: [...leaves],
    scalars: [...scalars],
    placements,
    arenas: arenas.sizes(),
    outputs,
  };
}

/** The most buffers that a launch of the plan binds. */
export function mostBuffers({ launches, placements }: Plan): number {
  const buffersOf = ({ inputs, outputs }: Launch): ReadonlySet<unknown> =>
    new Set(
      [...inputs, ...outputs].flatMap((node) => {
        const place = placements.get(node);
        return place ? [place.kind === "arena" ? place.arena : place.leaf] : [];
      }),
    );
  return Math.max(0, ...launches.map((launch) => buffersOf(launch).size));
}

/** What a state goes through on its way to its new value where several kernels write into it one after the other, from the last
 *  to the first; nothing where one does. */
export function stepsInPlace(state: Node, value: Node): readonly Node[] {
  const { inPlace } = value.op;
  const before = typeof inPlace === "number" ? value.inputs[inPlace] : undefined;
  if (before === undefined || before === state || before.op.storage !== undefined) return [];
  return [before, ...stepsInPlace(state, before)];
}

/** Decides for every part of every pack whether its producer can write it in place; the rest are copied in, right
 *  before the first reader of the pack. */
function insertPacks(
  lowered: readonly Launch[],
  roots: readonly Node[],
): { launches: Launch[]; packs: Node[]; inPlace: Map<Node, { pack: Node; offset: number }> } {
  const maker = new Map(lowered.flatMap((launch) => launch.outputs.map((output) => [output, launch] as const)));
  const inPlace = new Map<Node, { pack: Node; offset: number }>();
  const packs: Node[] = [];
  const launches: Launch[] = [];
  // A launch may not read one part and write another: they would be in the same buffer.
  const dependsWithin = (source: Node, pack: Node): boolean => {
    const reads = (reader: Node, read: Node): boolean =>
      maker.get(reader)?.inputs.some((input) => owner(input).base === read) ?? false;
    return [...inPlace].some(([other, place]) => place.pack === pack && (reads(source, other) || reads(other, source)));
  };
  const open = (base: Node): void => {
    if (base.op.storage !== "pack" || packs.includes(base)) return;
    packs.push(base);
    const sources = base.inputs.map((part) => owner(part).base);
    base.inputs.forEach((part, i) => {
      const { base: source, offset: skipped } = owner(part);
      open(source);
      const offset = Number((base.attrs["offsets"] as readonly number[])[i]);
      const whole = skipped === 0 && sizeOf(source.shape) === sizeOf(part.shape);
      // A source of several parts stays outside: copying from one part to another would be within one buffer.
      const once = sources.indexOf(source) === sources.lastIndexOf(source);
      if (whole && once && maker.has(source) && !inPlace.has(source) && !dependsWithin(source, base)) {
        inPlace.set(source, { pack: base, offset });
      } else {
        const to: Node = { ...part };
        inPlace.set(to, { pack: base, offset });
        launches.push(copyStep(part, to));
      }
    });
  };
  for (const launch of lowered) {
    for (const input of launch.inputs) open(owner(input).base);
    launches.push(launch);
  }
  for (const root of roots) open(owner(root).base);
  return { launches, packs, inPlace };
}

/** Whether the launch that makes `value` may write it over `state`: nothing later reads the old state, and the launch
 *  itself reads it, if at all, element by element or because it works in place. */
function canOverwrite(launches: readonly Launch[], state: Node, value: Node, at: number): boolean {
  if (sizeOf(value.shape) !== sizeOf(state.shape) || value.dtype !== state.dtype) return false;
  const reads = (launch: Launch): number[] =>
    launch.inputs.flatMap((input, i) => (owner(input).base === state ? [i] : []));
  if (launches.some((launch, i) => i > at && reads(launch).length > 0)) return false;
  // In a launch of several, only the one that makes the value may read the state.
  const maker = leafSteps(launches[at]!).find(({ outputs }) => outputs.includes(value));
  if (!maker || reads(maker).length < reads(launches[at]!).length) return false;
  return reads(maker).every((i) => {
    const { inPlace } = maker.kernel;
    if (inPlace === "elementwise") return sizeOf(maker.inputs[i]!.shape) === sizeOf(state.shape);
    return inPlace === i;
  });
}

/** The members of a merged launch; others are their own. */
function leafSteps(launch: Launch): readonly Launch[] {
  return launch.members?.flatMap(leafSteps) ?? [launch];
}

/** For every value a launch makes, the last launch that reads it, through views and packs; roots live for ever. */
function lastUses(launches: readonly Launch[], roots: readonly Node[]): Map<Node, number> {
  const last = new Map<Node, number>();
  launches.forEach(({ inputs }, i) => {
    for (const input of inputs) last.set(owner(input).base, i);
  });
  for (const root of roots) last.set(owner(root).base, Number.MAX_SAFE_INTEGER);
  return last;
}
