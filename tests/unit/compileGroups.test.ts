// Groups: which nodes may share a launch without waiting for themselves.
import { describe, expect, it } from "vitest";
import { Groups } from "../../src/engine/compile/groups";
import { sum } from "../../src/engine/ops/broadcast";
import { constant } from "../../src/engine/ops/constant";
import { reshape } from "../../src/engine/ops/layout";
import { input } from "../../src/engine/ops/leaf";
import { add, exp, mul, neg, relu } from "../../src/engine/ops/pointwise";
import type { Node } from "../../src/engine/graph/node";

const x = input("x", [4]);

/** Fails unless each group comes after all it reads. */
function expectInOrder(groups: Groups): void {
  const done = new Set<Node>();
  for (const members of groups.scheduled()) {
    for (const member of members) {
      const reads = member.inputs.filter((node) => node.op.storage === undefined && node.op.name !== "constant");
      for (const read of reads.filter((node) => !members.includes(node))) {
        expect(done.has(read), `${member.op.name} reads ${read.op.name} of a later group`).toBe(true);
      }
    }
    for (const member of members) done.add(member);
  }
}

describe("merging", () => {
  it("joins a chain, in graph order whichever way round it is asked for", () => {
    const [a, b, c] = [exp(x), neg(exp(x)), relu(x)];
    const chain = neg(a);
    const groups = new Groups([chain, b, c]);
    expect(groups.tryMerge(chain, a)).toBe(true);
    expect(groups.membersOf(a)).toEqual([a, chain]);
    expect(groups.membersOf(a)).toBe(groups.membersOf(chain));
    expect(groups.tryMerge(a, chain)).toBe(true);
  });

  it("joins siblings that do not know each other", () => {
    const [a, b] = [exp(x), neg(x)];
    const groups = new Groups([a, b]);
    expect(groups.tryMerge(a, b)).toBe(true);
    expect(groups.scheduled()).toHaveLength(1);
  });

  it("refuses what would have to wait for a launch that waits for it", () => {
    // a -> total -> c, and a -> c: c needs the total of all of a.
    const a = exp(x);
    const total = sum(a);
    const c = add(a, total);
    const groups = new Groups([c]);
    expect(groups.tryMerge(a, c)).toBe(false);
    expect(groups.tryMerge(a, total)).toBe(true);
    expect(groups.tryMerge(a, c)).toBe(true);
  });

  it("sees the way round through views", () => {
    const a = exp(x);
    const c = add(a, reshape(sum(a, [0], true), [1]));
    expect(new Groups([c]).tryMerge(a, c)).toBe(false);
  });

  it("sees the way round through other groups", () => {
    // first -> total -> late, and early -> other -> last. Joining first with last is fine, until early joined late.
    const first = exp(x);
    const early = neg(x);
    const late = add(early, sum(first));
    const last = add(first, sum(early));
    const groups = new Groups([late, last]);
    expect(groups.tryMerge(early, late)).toBe(true);
    expect(groups.tryMerge(first, last)).toBe(false);
    expectInOrder(groups);
  });

  it("sees the way round even where it starts with nodes from before the group", () => {
    // early -> one -> two -> last lies wholly before `first` in graph order; only the group of early and late leads on.
    const early = add(x, 1);
    const two = sum(exp(reshape(sum(early), [1])));
    const first = neg(x);
    const last = add(first, two);
    const late = add(early, sum(first));
    const groups = new Groups([two, first, last, late]);
    expect(groups.order.indexOf(two)).toBeLessThan(groups.order.indexOf(first));
    expect(groups.tryMerge(early, late)).toBe(true);
    expect(groups.tryMerge(first, last)).toBe(false);
    expectInOrder(groups);
  });
});

describe("what leaves a group", () => {
  it("is what is handed out or read outside, in order", () => {
    const a = exp(x);
    const b = neg(a);
    const c = relu(b);
    const outside = sum(b);
    const groups = new Groups([c, outside]);
    expect(groups.escaping([a, b, c])).toEqual([b, c]);
    expect(groups.escaping([a])).toEqual([a]);
    expect(groups.isRoot(c)).toBe(true);
    expect(groups.isRoot(b)).toBe(false);
    expect(groups.usersOf(b)).toEqual([c, outside]);
    expect(groups.usersOf(c)).toEqual([]);
  });

  it("counts a user that reads twice once", () => {
    const a = exp(x);
    const twice = mul(a, a);
    expect(new Groups([twice]).usersOf(a)).toEqual([twice]);
  });
});

describe("scheduling", () => {
  it("comes after what is read, runs nothing twice and nothing that nobody needs", () => {
    const a = exp(x);
    const total = sum(a);
    const c = add(a, total);
    const groups = new Groups([c, a]);
    expect(groups.scheduled()).toEqual([[a], [total], [c]]);
  });

  it("leaves out constants and stretching, which element-wise programs load themselves", () => {
    const c = add(x, constant(3, [4]));
    expect(new Groups([c]).scheduled()).toEqual([[c]]);
    // A reduction cannot: there the constant is made.
    const filled = constant(3, [4]);
    const total = sum(filled);
    expect(new Groups([total]).scheduled()).toEqual([[filled], [total]]);
  });

  it("leaves out leaves and views", () => {
    const view = reshape(x, [2, 2]);
    expect(new Groups([view, x]).scheduled()).toEqual([]);
  });
});
