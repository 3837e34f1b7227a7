// Plans that are made on one GPU at the same time, as the tuner has it on a card: each hears of its own faults only.
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Backend } from "../../src/engine/backend/backend";
import { createWebGpuBackend } from "../../src/engine/backend/webgpu/webgpuBackend";
import { compile } from "../../src/engine/compile/compile";
import { KernelError } from "../../src/engine/errors";
import { apply, type Node, type Op } from "../../src/engine/graph/node";
import { input } from "../../src/engine/ops/leaf";
import { exp, neg } from "../../src/engine/ops/pointwise";
import { testGpu } from "../support/gpu";

let backend: Backend;
beforeAll(async () => {
  backend = await createWebGpuBackend({ gpu: await testGpu() });
});
afterAll(() => backend.dispose());

/** An op whose shader is wrong in one way or another. */
function opWith(text: string, threads = 64): Op {
  return {
    name: "mine",
    type: ([first]) => ({ shape: first!.shape, dtype: "f32" }),
    gradient: "none",
    cpu: () => () => {},
    wgsl: () => ({
      inputs: [{ name: "x" }],
      outputs: [{ name: "y" }],
      constants: {},
      parts: [{ file: "mine.wgsl", text: `fn run(workgroup: u32, lane: u32) {\n${text}\n}\n` }],
      workgroups: 1,
      threads,
    }),
  };
}

const x = input("x", [100]);

test.each([
  ["does not compile", opWith("  set_y(lane, nonsense);")],
  ["asks for too many threads", opWith("  set_y(lane, x(lane));", 262_144)],
])("one that %s is refused, and nothing else", async (_, op) => {
  const [before, after] = [neg(x), exp(x)];
  const leaves = new Map([[x, backend.createTensor(x, new Float32Array(100).fill(2))]]);
  const prepare = (output: Node) => backend.prepare(compile({ outputs: [output] }), leaves);
  const [first, refused, last] = await Promise.allSettled([before, apply(op, [x], {}), after].map(prepare));
  expect(refused).toMatchObject({ status: "rejected", reason: expect.any(KernelError) });
  if (first?.status !== "fulfilled" || last?.status !== "fulfilled") throw new Error("expected the other two");
  first.value.run([{}]);
  last.value.run([{}]);
  expect((await first.value.read(before))[99]).toBe(-2);
  expect((await last.value.read(after))[99]).toBeCloseTo(Math.exp(2), 4);
});
