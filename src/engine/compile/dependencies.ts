/** Which steps depend on which, and what it takes to run several of them as one. */
import type { CpuArgs, CpuKernel, NumericArray } from "../graph/kernel";
import type { Node } from "../graph/node";
import { sizeOf } from "../shape";
import { owner } from "./memory";
import type { Step } from "./plan";

/** Who depends on whom, among steps that are kept in groups. */
export class Dependencies {
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

/** The CPU half of a launch of several steps: they run in order. What they make for each other only is in working memory;
 *  so is a pack that none but they read, all parts of which they make.
 *  @param inputs what the launch reads  @param outputs what others read of it */
export function runInOrder(members: readonly Step[], inputs: readonly Node[], outputs: readonly Node[]) {
  return (args: CpuArgs): CpuKernel => {
    const arrays = new Map<Node, NumericArray>();
    inputs.forEach((node, i) => arrays.set(node, args.inputs[i]!));
    outputs.forEach((node, i) => arrays.set(node, args.outputs[i]!));
    for (const pack of members.flatMap((member) => member.inputs).filter(({ op }) => op.storage === "pack")) {
      if (arrays.has(pack)) continue;
      const whole = args.scratch(sizeOf(pack.shape));
      arrays.set(pack, whole);
      const offsets = pack.attrs["offsets"] as readonly number[];
      pack.inputs.forEach((input, i) => {
        arrays.set(owner(input).base, whole.subarray(offsets[i], offsets[i]! + sizeOf(input.shape)));
      });
    }
    const arrayOf = (node: Node): NumericArray => {
      const { base, offset } = owner(node);
      return arrays.get(node) ?? arrays.get(base)!.subarray(offset, offset + sizeOf(node.shape));
    };
    const runs = members.map(({ kernel, attrs, inputs: read, outputs: made }) => {
      for (const node of made) {
        const size = sizeOf(node.shape);
        if (!arrays.has(node)) arrays.set(node, node.dtype === "f32" ? args.scratch(size) : new Uint32Array(size));
      }
      const operands = { inputs: read.map(arrayOf), outputs: made.map(arrayOf) };
      return kernel.cpu({ ...args, ...operands, attrs, inputTypes: read, outputTypes: made });
    });
    return () => {
      for (const run of runs) run();
    };
  };
}
