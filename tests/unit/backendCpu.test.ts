// The CPU backend's interface: tensors, runs, what it refuses.
import { describe, expect, it } from "vitest";
import { createCpuBackend } from "../../src/engine/backend/cpu/cpuBackend";
import { compile } from "../../src/engine/compile/compile";
import { ArgumentError } from "../../src/engine/errors";
import type { Node } from "../../src/engine/graph/node";
import type { Tensor } from "../../src/engine/backend/backend";
import { input, state } from "../../src/engine/ops/leaf";
import { add, div, exp } from "../../src/engine/ops/pointwise";
import { tensorsOf } from "../support/plans";

describe.each(["float32", "float64"] as const)("%s", (precision) => {
  const backend = createCpuBackend(precision);

  it("holds f32 tensors in its precision and the others as they are", async () => {
    const types = [input("a", [1]), input("b", [1], "u32"), input("c", [1], "u8")];
    const data = await Promise.all(types.map((type) => backend.createTensor(type, Float64Array.of(0.1)).read()));
    const [a, b, c] = data;
    expect(a).toEqual(precision === "float32" ? Float32Array.of(0.1) : Float64Array.of(0.1));
    expect([b, c]).toEqual([Uint32Array.of(0), Uint8Array.of(0)]);
  });

  it("computes in its precision", async () => {
    const x = input("x", [1]);
    const y = div(x, 3);
    const executable = await backend.prepare(
      compile({ outputs: [y] }),
      new Map([[x, backend.createTensor(x, Float64Array.of(1))]]),
    );
    executable.run([{}]);
    expect((await executable.read(y))[0]).toBe(precision === "float32" ? Math.fround(1 / 3) : 1 / 3);
  });

  it("is called what it is", () => {
    expect(backend.kind).toBe("cpu");
    expect(backend.asynchronous).toBe(false);
    expect(backend.adapter).toContain("CPU");
    expect(backend.adapter.includes("float64")).toBe(precision === "float64");
  });
});

const backend = createCpuBackend();
const x = input("x", [3]);

describe("tensors", () => {
  it("are written in part, and read as copies", async () => {
    const tensor = backend.createTensor(x, Float32Array.of(1, 2, 3));
    tensor.write(Float32Array.of(9), 1);
    const first = await tensor.read();
    tensor.write(Float32Array.of(0, 0, 0));
    expect([...first]).toEqual([1, 9, 3]);
  });

  it("refuse more than they hold", () => {
    const tensor = backend.createTensor(x);
    expect(() => tensor.write(new Float32Array(4))).toThrow(ArgumentError);
    expect(() => tensor.write(new Float32Array(2), 2)).toThrow(
      "write: expected at most 3 elements for [3], got 2 from 2 on.",
    );
  });
});

describe("plans", () => {
  it("read outputs as copies, of the last run", async () => {
    const tensor = backend.createTensor(x, Float32Array.of(0, 0, 0));
    const y = exp(x);
    const executable = await backend.prepare(compile({ outputs: [y] }), new Map([[x, tensor]]));
    executable.run([{}]);
    const first = await executable.read(y);
    tensor.write(Float32Array.of(Math.LN2, 0, 0));
    executable.run([{}]);
    expect([...first]).toEqual([1, 1, 1]);
    expect((await executable.read(y))[0]).toBeCloseTo(2, 6);
    expect(executable.launchesPerRow).toBe(1);
    expect(executable.memoryBytes).toBe(64 * 4);
  });

  it("refuse a leaf without a tensor, by name", async () => {
    const held = state("held", [3]);
    const y = add(held, x);
    const plan = compile({ outputs: [y], updates: [{ state: held, value: add(held, 1) }] });
    const preparing = backend.prepare(plan, new Map([[x, backend.createTensor(x)]]));
    await expect(preparing).rejects.toBeInstanceOf(ArgumentError);
    await expect(preparing).rejects.toThrow(
      'prepare: expected a tensor for "held", f32 [3], got none. Make one with createTensor and bind it.',
    );
  });

  it("keep their state in the tensors they were given, and share none", async () => {
    const held = state("held", [3]);
    const y = add(held, x);
    const plan = compile({ outputs: [y], updates: [{ state: held, value: add(held, 1) }] });
    const prepare = () => backend.prepare(plan, tensorsOf(backend, plan.leaves));
    const [one, two] = [await prepare(), await prepare()];
    one.run([{}, {}]);
    two.run([{}]);
    expect([[...(await one.read(y))], [...(await two.read(y))]]).toEqual([
      [1, 1, 1],
      [0, 0, 0],
    ]);
  });

  it.each<[string, (leaf: Node) => Tensor, string]>([
    [
      "another size",
      () => backend.createTensor(input("y", [4])),
      'expected a CPU tensor of f32 [3] for "x", got f32 [4].',
    ],
    [
      "another type",
      () => backend.createTensor(input("y", [3], "u32")),
      'expected a CPU tensor of f32 [3] for "x", got u32 [3].',
    ],
    [
      "another backend",
      ({ shape, dtype }) => ({
        shape,
        dtype,
        write: () => {},
        read: async () => new Float32Array(3),
        dispose: () => {},
      }),
      'expected a CPU tensor of f32 [3] for "x"',
    ],
  ])("refuse a tensor of %s", async (_, make, message) => {
    const preparing = backend.prepare(compile({ outputs: [exp(x)] }), new Map([[x, make(x)]]));
    await expect(preparing).rejects.toThrow(message);
    await expect(preparing).rejects.toBeInstanceOf(ArgumentError);
  });
});
