/** Fewer launches from the same steps, for machines on which a launch costs more than a little arithmetic:
 *  small values are computed where they are read, small steps follow each other in one workgroup, and steps that do not
 *  depend on each other share a launch. */
import type { Node } from "../graph/node";
import { isStepScalar } from "../ops/leaf";
import { onlyOutput, programKernel } from "../ops/program";
import { sizeOf } from "../shape";
import { inSequence, sideBySide, withInlined } from "./combine";
import { owner } from "./memory";
import type { Computation, Step } from "./plan";
import { MAX_BINDINGS } from "./plan";

/** Up to this many elements, computing a value again where it is read costs less than a launch. */
const MAX_INLINED = 4096;

/** What one workgroup does on its own without the rest of the machine being missed, in elements read and written. */
const MAX_SEQUENTIAL = 4096;

/** All three passes. */
export function mergeLaunches(computation: Computation, steps: readonly Step[]): Step[] {
  const homes = new Homes(computation, steps);
  return shareLaunches(chainSmallSteps(inlineSmallValues(computation, steps), homes), homes);
}

/** The memory that values will end up in, as far as it is known before planning: a state they replace, or a pack they
 *  are part of. Two values in one home need one binding. */
class Homes {
  readonly #home = new Map<Node, Node>();

  constructor({ outputs, updates = [] }: Computation, steps: readonly Step[]) {
    const read = [...steps.flatMap(({ inputs }) => inputs), ...outputs, ...updates.map(({ value }) => value)];
    for (const { base } of read.map(owner)) {
      if (base.op.storage === "pack") for (const source of base.inputs) this.#home.set(owner(source).base, base);
    }
    for (const { state, value } of updates) this.#home.set(value, state);
  }

  of(node: Node): Node {
    const { base } = owner(node);
    return this.#home.get(base) ?? base;
  }

  /** Buffers that a launch of these steps binds, at most. */
  bindings(steps: readonly Step[]): number {
    return new Set(steps.flatMap((step) => [...this.reads(step), ...this.writes(step)])).size;
  }

  reads({ inputs }: Step): Node[] {
    return inputs.filter((input) => !isStepScalar(input)).map((input) => this.of(input));
  }

  writes({ outputs }: Step): Node[] {
    return outputs.map((output) => this.of(output));
  }

  /** Whether one of two independent steps reads memory that the other writes. */
  collide(a: Step, b: Step): boolean {
    const written = (by: Step, from: Step): boolean => {
      const read = new Set(this.reads(from));
      return this.writes(by).some((home) => read.has(home));
    };
    return written(a, b) || written(b, a);
  }
}

const isProduct = ({ kernel, inputs, attrs }: Step): boolean => kernel.form?.(inputs, attrs).kind === "gemm";

/** Who depends on whom, among steps that are kept in groups. */
class Dependencies {
  readonly #maker = new Map<Node, Step>();
  readonly #group = new Map<Step, readonly Step[]>();
  readonly #steps: readonly Step[];

  constructor(steps: readonly Step[]) {
    this.#steps = steps;
    for (const step of steps) {
      this.#group.set(step, [step]);
      for (const output of step.outputs) this.#maker.set(output, step);
    }
  }

  /** The steps that make what this one reads, through views and packs. */
  needs(reader: Step): Step[] {
    const found = new Set<Step>();
    const visit = (node: Node): void => {
      const { base } = owner(node);
      if (base.op.storage === "pack") base.inputs.forEach(visit);
      const step = this.#maker.get(base);
      if (step && step !== reader) found.add(step);
    };
    reader.inputs.forEach(visit);
    return [...found];
  }

  groupOf(step: Step): readonly Step[] {
    return this.#group.get(step) ?? [step];
  }

  /** Makes the steps one group, unless some path leads out of it and back in. */
  tryJoin(members: readonly Step[]): boolean {
    const inside = new Set(members);
    const seen = new Set<Step>();
    const stack = members.flatMap((member) => this.needs(member).filter((step) => !inside.has(step)));
    for (let step = stack.pop(); step; step = stack.pop()) {
      if (seen.has(step)) continue;
      seen.add(step);
      for (const need of this.groupOf(step).flatMap((member) => this.needs(member))) {
        if (inside.has(need)) return false;
        stack.push(need);
      }
    }
    const joined = this.#steps.filter((step) => inside.has(step));
    for (const member of joined) this.#group.set(member, joined);
    return true;
  }

  /** All groups, each after those it needs. */
  groups(): (readonly Step[])[] {
    const result: (readonly Step[])[] = [];
    const seen = new Set<readonly Step[]>();
    const visit = (group: readonly Step[]): void => {
      if (seen.has(group)) return;
      seen.add(group);
      for (const need of group.flatMap((step) => this.needs(step))) visit(this.groupOf(need));
      result.push(group);
    };
    for (const step of this.#steps) visit(this.groupOf(step));
    return result;
  }
}

/** Computes small values in the launches of those who read them, where nobody else needs them in memory. */
export function inlineSmallValues({ outputs, updates = [] }: Computation, steps: readonly Step[]): Step[] {
  const kept = new Set([...outputs, ...updates.map(({ value }) => value)].map((root) => owner(root).base));
  let current = steps.flatMap(oneByOne);
  // From the last to the first, so that a value that is computed elsewhere brings along what it is computed from.
  for (const producer of current.toReversed()) {
    const [output] = producer.outputs;
    if (!output || producer.outputs.length > 1 || kept.has(output) || !producer.kernel.element) continue;
    if (sizeOf(output.shape) > MAX_INLINED) continue;
    const reads = current.flatMap((step) => step.inputs.filter((input) => owner(input).base === output));
    const readers = current.filter((step) => step.inputs.some((input) => reads.includes(input)));
    if (readers.length === 0 || readers.some(isProduct) || reads.some((read) => owner(read).offset > 0)) continue;
    const inlined = new Map(readers.map((reader) => [reader, inlinedEverywhere(reader, output, producer)]));
    if ([...inlined.values()].some((step) => roughBindings(step) > MAX_BINDINGS)) continue;
    current = current.filter((step) => step !== producer).map((step) => inlined.get(step) ?? step);
  }
  return current;
}

const roughBindings = ({ inputs, outputs }: Step): number =>
  new Set(inputs.filter((input) => !isStepScalar(input)).map((input) => owner(input).base)).size + outputs.length;

function inlinedEverywhere(reader: Step, value: Node, producer: Step): Step {
  const index = reader.inputs.findIndex((input) => owner(input).base === value);
  return index < 0 ? reader : inlinedEverywhere(withInlined(reader, index, producer), value, producer);
}

/** An element-wise step of several small outputs as one step for each: alone they may be computed where they are read. */
function oneByOne(step: Step): Step[] {
  const { kernel, attrs, inputs, outputs } = step;
  const form = kernel.form?.(inputs, attrs);
  if (outputs.length === 1 || form?.kind !== "program" || sizeOf(outputs[0]!.shape) > MAX_INLINED) return [step];
  return outputs.map((output, i) => {
    const { program, used } = onlyOutput(form.program, i);
    const own = programKernel(output.op.name, () => program);
    return { ...step, kernel: own, attrs: {}, inputs: used.map((input) => inputs[input]!), outputs: [output] };
  });
}

/** Lets one workgroup do small steps one after another, where each feeds the next. */
export function chainSmallSteps(steps: readonly Step[], homes: Homes): Step[] {
  const graph = new Dependencies(steps);
  for (const step of steps.filter(isSmall)) {
    for (const need of graph.needs(step).filter(isSmall)) {
      if (graph.groupOf(need) === graph.groupOf(step)) continue;
      const joined = [...graph.groupOf(need), ...graph.groupOf(step)];
      if (homes.bindings(joined) <= MAX_BINDINGS) graph.tryJoin(joined);
    }
  }
  return graph.groups().map(inSequence);
}

function isSmall(step: Step): boolean {
  const touched = [...step.outputs, ...step.inputs.filter((input) => input.op.storage !== "leaf")];
  return !isProduct(step) && touched.reduce((sum, { shape }) => sum + sizeOf(shape), 0) <= MAX_SEQUENTIAL;
}

/** Puts launches that do not depend on each other into one. Those on the longest path set the number of rounds; the
 *  others join the first round in which they find room. */
export function shareLaunches(steps: readonly Step[], homes: Homes): Step[] {
  const graph = new Dependencies(steps);
  const earliest = new Map<Step, number>();
  for (const step of steps) earliest.set(step, after(graph.needs(step), earliest));
  const last = Math.max(...earliest.values());
  const latest = new Map<Step, number>();
  for (const step of steps.toReversed()) {
    const own = latest.get(step) ?? last;
    latest.set(step, own);
    for (const need of graph.needs(step)) latest.set(need, Math.min(latest.get(need) ?? last, own - 1));
  }
  const rounds: Step[][][] = Array.from({ length: last + 1 }, () => []);
  const placed = new Map<Step, number>();
  const place = (step: Step, from: number, to: number): void => {
    for (let round = from; round <= to; round++) {
      const launch = rounds[round]!.find((members) => fitsBeside(members, step, homes));
      if (!launch) continue;
      launch.push(step);
      placed.set(step, round);
      return;
    }
    rounds[from]!.push([step]);
    placed.set(step, from);
  };
  const isUrgent = (step: Step): boolean => earliest.get(step) === latest.get(step);
  for (const step of steps.filter(isUrgent)) place(step, earliest.get(step)!, earliest.get(step)!);
  for (const step of steps.filter((other) => !isUrgent(other))) {
    place(step, after(graph.needs(step), placed), latest.get(step)!);
  }
  return rounds.flat().map(sideBySide);
}

const after = (needs: readonly Step[], round: ReadonlyMap<Step, number>): number =>
  Math.max(0, ...needs.map((need) => round.get(need)! + 1));

function fitsBeside(members: readonly Step[], step: Step, homes: Homes): boolean {
  return homes.bindings([...members, step]) <= MAX_BINDINGS && !members.some((member) => homes.collide(member, step));
}
