/** Which launches depend on which, and what it takes to run several of them as one. */
import type { CpuArgs, CpuKernel, NumericArray } from "../graph/kernel";
import type { Node } from "../graph/node";
import { sizeOf } from "../shape";
import { owner } from "./memory";
import type { Launch } from "./plan";

/** Who depends on whom, among launches that are kept in groups. */
export class Dependencies {
  readonly #maker = new Map<Node, Launch>();
  readonly #group = new Map<Launch, readonly Launch[]>();
  readonly #launches: readonly Launch[];

  constructor(launches: readonly Launch[]) {
    this.#launches = launches;
    for (const launch of launches) {
      this.#group.set(launch, [launch]);
      for (const output of launch.outputs) this.#maker.set(output, launch);
    }
  }

  /** The launches that make what this one reads, through views and packs. */
  needs(reader: Launch): Launch[] {
    const found = new Set<Launch>();
    const visit = (node: Node): void => {
      const { base } = owner(node);
      if (base.op.storage === "pack") base.inputs.forEach(visit);
      const launch = this.#maker.get(base);
      if (launch && launch !== reader) found.add(launch);
    };
    reader.inputs.forEach(visit);
    return [...found];
  }

  groupOf(launch: Launch): readonly Launch[] {
    return this.#group.get(launch) ?? [launch];
  }

  /** Groups on the longest path. */
  depth(): number {
    const levels = new Map<readonly Launch[], number>();
    for (const group of this.groups()) {
      const below = group.flatMap((launch) => this.needs(launch).map((need) => this.groupOf(need)));
      levels.set(group, 1 + Math.max(0, ...below.map((other) => (other === group ? 0 : levels.get(other)!))));
    }
    return Math.max(0, ...levels.values());
  }

  /** Makes the launches one group, unless some path leads out of it and back in, or the longest path would have more than so many
   *  groups. */
  tryJoin(members: readonly Launch[], mostDeep = Infinity): boolean {
    const inside = new Set(members);
    const seen = new Set<Launch>();
    const stack = members.flatMap((member) => this.needs(member).filter((launch) => !inside.has(launch)));
    for (let launch = stack.pop(); launch; launch = stack.pop()) {
      if (seen.has(launch)) continue;
      seen.add(launch);
      for (const need of this.groupOf(launch).flatMap((member) => this.needs(member))) {
        if (inside.has(need)) return false;
        stack.push(need);
      }
    }
    const joined = this.#launches.filter((launch) => inside.has(launch));
    const before = joined.map((member) => [member, this.groupOf(member)] as const);
    for (const member of joined) this.#group.set(member, joined);
    if (mostDeep === Infinity || this.depth() <= mostDeep) return true;
    for (const [member, group] of before) this.#group.set(member, group);
    return false;
  }

  /** All groups, each after those it needs. */
  groups(): (readonly Launch[])[] {
    const result: (readonly Launch[])[] = [];
    const seen = new Set<readonly Launch[]>();
    const visit = (group: readonly Launch[]): void => {
      if (seen.has(group)) return;
      seen.add(group);
      for (const need of group.flatMap((launch) => this.needs(launch))) visit(this.groupOf(need));
      result.push(group);
    };
    for (const launch of this.#launches) visit(this.groupOf(launch));
    return result;
  }
}

/** The CPU half of a merged launch: its members run in order. What they make for each other only is in working memory;
 *  so is a pack that none but they read, all parts of which they make.
 *  @param inputs what the launch reads  @param outputs what others read of it */
export function runInOrder(members: readonly Launch[], inputs: readonly Node[], outputs: readonly Node[]) {
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
