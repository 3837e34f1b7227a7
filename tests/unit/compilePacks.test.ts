// Packs of gradients in plans for GPUs: what their reader computes, and what is made before.
import { describe, expect, it } from "vitest";
import { compile } from "../../src/engine/compile/compile";
import { mostBuffers } from "../../src/engine/compile/memory";
import { merging } from "../../src/engine/compile/merging";
import type { Computation } from "../../src/engine/compile/plan";
import type { Node } from "../../src/engine/graph/node";
import { sum } from "../../src/engine/ops/broadcast";
import { gatherRows } from "../../src/engine/ops/gather";
import { gradients } from "../../src/engine/ops/gradients";
import { pack } from "../../src/engine/ops/layout";
import { input, state } from "../../src/engine/ops/leaf";
import { packOffsets } from "../../src/engine/ops/packing";
import { square, sub } from "../../src/engine/ops/pointwise";
import { sizeOf } from "../../src/engine/shape";
import { describeSteps, expectSoundPlan } from "../support/plans";

describe("packs", () => {
  const table = input("table", [4, 64]);
  const rows = (length: number): Node => sum(input("rows", [length, 8, 8]), [0]);
  const gathered = sum(square(gatherRows(table, input("indices", [100], "u32"))));
  const [scattered] = gradients(gathered, [table]) as [Node];
  const updateBy = (parts: readonly Node[], more: readonly Node[] = []): Computation => {
    const parameters = state("parameters", [512]);
    const offsets = packOffsets(parts.map(({ shape }) => sizeOf(shape))).offsets;
    return { outputs: more, updates: [{ state: parameters, value: sub(parameters, pack(parts, offsets, 512)) }] };
  };
  /** What a plan for a GPU does, and the buffers of its last launch. */
  const planned = (computation: Computation, by = merging): { names: string[]; buffers: number } => {
    const plan = compile(computation, { fuse: true, merging: by });
    expectSoundPlan(plan, by.limitsBuffers ? 8 : Infinity);
    return { names: describeSteps(plan.launches), buffers: mostBuffers(plan) };
  };

  it("are read as sums of a few arrays, and of what those read who gathered rows, without launches for either", () => {
    expect(planned(updateBy([rows(32)])).names).toEqual(["sub"]);
    expect(planned(updateBy([scattered])).names.join()).not.toContain("sumRuns");
  });

  const shared = rows(32);
  it.each<[string, Computation]>([
    ["are sums of many arrays", updateBy([rows(200)])],
    ["are read by somebody else", updateBy([shared], [square(shared)])],
  ])("have in them what is made before where they %s", (_, computation) => {
    expect(planned(computation).names.join()).toMatch(/sum/);
  });

  it("have all made before where their reader would bind more buffers than it may", () => {
    const sums = (count: number): Node[] =>
      Array.from({ length: count }, (_, i) => sum(input(`x${i}`, [2, 5, 5]), [0]));
    const [few, many] = [6, 7].map((count) => planned(updateBy(sums(count))));
    expect(few).toEqual({ names: ["sub"], buffers: 8 });
    expect(many!.names.join()).toContain("sum");
    expect(many!.buffers).toBeLessThanOrEqual(8);
    const unlimited = planned(updateBy(sums(7)), { ...merging, limitsBuffers: false });
    expect(unlimited).toEqual({ names: ["sub"], buffers: 9 });
  });
});
