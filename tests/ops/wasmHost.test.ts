// Which ops the CPU backend has no WebAssembly kernel for, and why: such a step runs the op's TypeScript, several times slower.
import { afterAll, beforeAll, expect, test } from "vitest";
import { tensorsOf } from "../support/plans";
import type { Backend } from "../../src/engine/backend/backend";
import { createWasmBackend } from "../../src/engine/backend/cpu/wasm/wasmBackend";
import { compile } from "../../src/engine/compile/compile";
import type { Plan } from "../../src/engine/compile/plan";
import { reshape } from "../../src/engine/ops/layout";
import { input } from "../../src/engine/ops/leaf";
import { matmul } from "../../src/engine/ops/matmul";
import { recurrent } from "../../src/engine/ops/recurrent";
import { rowsOfTable } from "../../src/engine/selftest/cases";
import { plant, type Sample } from "../../src/engine/selftest/sample";

/** The ops that run in TypeScript, each with the reason. */
const inTypeScript: Readonly<Record<string, string>> = {
  sortReaders: "only plans for GPUs have it: the CPU backend counts the readers of each row instead",
  mergeReaders: "as sortReaders",
  runStarts: "as sortReaders",
  sumRuns: "as sortReaders",
};

let backend: Backend;
beforeAll(async () => {
  const opened = await createWasmBackend({ variant: "simd" });
  if (!opened) throw new Error("WebAssembly: expected SIMD kernels to be valid here, got none that are.");
  backend = opened;
});
afterAll(() => backend.dispose());

/** The kernels of a sample that are left to the host, when every op is a launch of its own. */
async function hostKernels(sample: Sample): Promise<string[]> {
  const { inputs, result } = plant(sample);
  const updates = sample.replacesFirst ? [{ state: inputs[0]!, value: result }] : [];
  return leftToHost(compile({ outputs: [result], updates }, { fuse: false }));
}

async function leftToHost(plan: Plan): Promise<string[]> {
  const tensors = tensorsOf(backend, plan.leaves);
  const executable = await backend.prepare(plan, tensors);
  const names = plan.launches.filter((_, i) => executable.launches[i]?.variant === "JavaScript");
  executable.dispose();
  for (const tensor of tensors.values()) tensor.dispose();
  return names.map(({ kernel }) => kernel.name);
}

test("the ops that run in TypeScript are those listed, whatever their types and shapes", async () => {
  const found = new Set<string>();
  for (const [, { hand, sized }] of rowsOfTable) {
    for (const sample of [...hand, ...sized(7)]) for (const name of await hostKernels(sample)) found.add(name);
  }
  expect([...found].toSorted()).toEqual(Object.keys(inTypeScript).toSorted());
});

test("walks that make the sums of their input themselves run in WebAssembly", async () => {
  const options = {
    cell: "lstm",
    activation: "tanh",
    recurrentActivation: "sigmoid",
    reverse: false,
    sequences: true,
  } as const;
  const sums = matmul(input("x", [6, 5]), input("w", [5, 16]));
  const walk = recurrent(reshape(sums, [2, 3, 16]), input("u", [4, 16]), options);
  const plan = compile({ outputs: [walk] }, { fuse: true, merging: backend.merging });
  expect(plan.launches.map(({ kernel }) => kernel.name)).toEqual(["recurrent"]);
  expect(await leftToHost(plan)).toEqual([]);
});
