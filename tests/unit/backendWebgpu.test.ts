// The WebGPU backend on Dawn: what it says when something is wrong, what it makes and when, and that it lets go of it.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Backend, MAX_ROWS } from "../../src/engine/backend/backend";
import { createCpuBackend } from "../../src/engine/backend/cpu/cpuBackend";
import { TABLE_CELLS } from "../../src/engine/backend/webgpu/shader";
import { describeAdapter } from "../../src/engine/backend/webgpu/adapter";
import { createWebGpuBackend } from "../../src/engine/backend/webgpu/webgpuBackend";
import { compile } from "../../src/engine/compile/compile";
import type { Computation } from "../../src/engine/compile/plan";
import { ArgumentError, BackendError, DeviceLostError, KernelError } from "../../src/engine/errors";
import { apply, labelled, type Node, type Op } from "../../src/engine/graph/node";
import type { WgslProgram } from "../../src/engine/graph/kernel";
import { input, state, stepScalar } from "../../src/engine/ops/leaf";
import { add, exp, mul, neg } from "../../src/engine/ops/pointwise";
import type { ModelDescription } from "../../src/engine/model/description";
import { presets } from "../../src/engine/model/presets";
import { ResidentData } from "../../src/engine/train/resident";
import { Run } from "../../src/engine/train/run";
import { Session } from "../../src/engine/train/session";
import { everyDay } from "../support/full";
import { testGpu } from "../support/gpu";
import { tensorsOf } from "../support/plans";
import { loadMnist } from "../support/mnist";
import { modelOf, withLearning } from "../support/models";

let adapter: GPUAdapter;
let device: GPUDevice;
let backend: Backend;

// An adapter gives one device only.
beforeEach(async () => {
  const found = await (await testGpu()).requestAdapter();
  if (!found) throw new Error("no adapter");
  adapter = found;
  device = await adapter.requestDevice();
  backend = await createWebGpuBackend({ device });
});
afterEach(() => {
  backend.dispose();
  device.destroy();
});

const x = input("x", [100]);

/** An element-wise op of any number of inputs with a shader given as parts. */
function opWith(parts: WgslProgram["parts"], inputCount = 1, threads = 64): Op {
  return {
    name: "mine",
    type: ([first]) => ({ shape: first!.shape, dtype: "f32" }),
    gradient: "none",
    cpu: () => () => {},
    wgsl: () => ({
      inputs: Array.from({ length: inputCount }, (_, i) => ({ name: `in${i}` })),
      outputs: [{ name: "out" }],
      constants: { SIZE: 100 },
      parts,
      workgroups: 2,
      threads,
    }),
  };
}

const runs = (body: string): string =>
  `fn run(workgroup: u32, lane: u32) {\n  let i = workgroup * 64u + lane;\n${body}\n}\n`;

async function refusalOf(preparing: Promise<unknown>): Promise<Error> {
  const error: unknown = await preparing.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Error);
  return error instanceof Error ? error : new Error("no refusal");
}

/** Prepares a computation over blank tensors. */
function prepareBlank(computation: Computation): Promise<unknown> {
  const plan = compile(computation);
  return backend.prepare(plan, tensorsOf(backend, plan.leaves));
}

/** After a failure the device must be as good as new: nothing left on its error scopes, and plans that work. */
async function expectHealthy(): Promise<void> {
  await expect(device.popErrorScope()).rejects.toThrow();
  const y = neg(x);
  const executable = await backend.prepare(
    compile({ outputs: [y] }),
    new Map([[x, backend.createTensor(x, new Float32Array(100).fill(2))]]),
  );
  executable.run([{}]);
  expect((await executable.read(y))[99]).toBe(-2);
}

describe("a shader that does not compile", () => {
  const lib = { file: "lib/fine.wgsl", text: "fn fine(v: f32) -> f32 { return v; }\n" };

  it("is reported by file, line and column of its part, with the kernel and its layer", async () => {
    const broken = { file: "broken.wgsl", text: `// first line\n${runs("  set_out(i, fine(in0(i)) + nonsense);")}` };
    const node = labelled("hidden", () => apply(opWith([lib, broken]), [x], {}));
    const error = await refusalOf(prepareBlank({ outputs: [node] }));
    expect(error).toBeInstanceOf(KernelError);
    // Line 4 of the part, at the unknown name in column 29.
    expect(error.message).toMatch(/^Kernel mine \(hidden\): expected valid WGSL, got broken\.wgsl:4:29: .*nonsense/);
    await expectHealthy();
  });

  it("is reported for every part that is wrong", async () => {
    const bad = { file: "lib/bad.wgsl", text: "fn bad() -> f32 { return 1u; }\n" };
    const error = await refusalOf(
      prepareBlank({ outputs: [apply(opWith([lib, bad, { file: "main.wgsl", text: runs("") }]), [x], {})] }),
    );
    expect(error.message).toMatch(/lib\/bad\.wgsl:1:\d+: /);
  });

  it("compiles but asks for what no pipeline has", async () => {
    const huge = { file: "huge.wgsl", text: runs("  set_out(i, in0(i));") };
    const error = await refusalOf(prepareBlank({ outputs: [apply(opWith([huge], 1, 262_144), [x], {})] }));
    expect(error).toBeInstanceOf(KernelError);
    expect(error.message).toMatch(/^Kernel mine: expected a valid pipeline, got /);
    await expectHealthy();
  });

  it("binds more buffers than the device allows", async () => {
    const most = device.limits.maxStorageBuffersPerShaderStage;
    const inputs = Array.from({ length: most }, (_, i) => input(`x${i}`, [100]));
    const sum = { file: "sum.wgsl", text: runs(`  set_out(i, ${inputs.map((_, k) => `in${k}(i)`).join(" + ")});`) };
    const error = await refusalOf(prepareBlank({ outputs: [apply(opWith([sum], most), inputs, {})] }));
    expect(error).toBeInstanceOf(KernelError);
    expect(error.message).toContain("Kernel mine");
    await expectHealthy();
  });
});

describe("what does not fit the device", () => {
  // Smaller limits than any device has, so that nothing large need be allocated.
  beforeEach(() => {
    const limits = { maxBufferSize: 4096, maxStorageBufferBindingSize: 1024 };
    Object.defineProperty(device, "limits", { value: limits });
  });

  it("a tensor is refused with its size, the limit, and what to shrink", () => {
    const make = (): unknown => backend.createTensor(input("big", [2000]));
    expect(make).toThrow(BackendError);
    expect(make).toThrow(
      "WebGPU: expected buffers of at most 4096 bytes, got 8000 for f32 [2000]. Use a smaller batch or a smaller model.",
    );
  });

  it("so is working memory", async () => {
    const wide = input("wide", [30]);
    const column = input("column", [60, 1]);
    const error = await refusalOf(prepareBlank({ outputs: [exp(add(wide, column))] }));
    expect(error).toBeInstanceOf(BackendError);
    expect(error.message).toMatch(
      /expected buffers of at most 4096 bytes, got \d+ for arena 0\. Use a smaller batch or a smaller model\./,
    );
  });

  it("a binding is refused with its layer", async () => {
    const node = labelled("hidden", () => exp(input("x", [300])));
    const error = await refusalOf(prepareBlank({ outputs: [neg(node)] }));
    expect(error).toBeInstanceOf(BackendError);
    expect(error.message).toMatch(
      /WebGPU: expected tensors of at most 1024 bytes, got 1200 for \[300\]( in hidden)?\. Use a smaller batch or a smaller model\./,
    );
  });

  it("more step scalars than a row of the table holds", async () => {
    const scalars = Array.from({ length: TABLE_CELLS + 1 }, (_, i) => stepScalar(`s${i}`));
    const error = await refusalOf(prepareBlank({ outputs: [scalars.reduce((a, b) => add(a, b))] }));
    expect(error).toBeInstanceOf(BackendError);
    expect(error.message).toMatch(/^WebGPU: expected at most 16 step scalars, got 17\. Make constants of/);
  });
});

describe("tensors", () => {
  it("hold what was written, of each type, and in part", async () => {
    for (const [dtype, data] of [
      ["f32", [1.5, -2, 0]],
      ["u32", [7, 2 ** 32 - 1, 0]],
      ["u8", [255, 1, 2]],
    ] as const) {
      const tensor = backend.createTensor(input("t", [3], dtype), Float64Array.from(data));
      expect([...(await tensor.read())], dtype).toEqual(data);
    }
    const tensor = backend.createTensor(x, new Float32Array(100));
    tensor.write(Float32Array.of(5, 6), 50);
    expect([...(await tensor.read()).slice(49, 53)]).toEqual([0, 5, 6, 0]);
    const bytes = backend.createTensor(input("bytes", [9], "u8"), Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9));
    bytes.write(Uint8Array.of(40, 50, 60, 70), 4);
    bytes.write(Uint8Array.of(90), 8);
    expect([...(await bytes.read())]).toEqual([1, 2, 3, 4, 40, 50, 60, 70, 90]);
  });

  it("refuse what does not fit, and bytes that are not whole words", () => {
    const tensor = backend.createTensor(x);
    expect(() => tensor.write(new Float32Array(2), 99)).toThrow(ArgumentError);
    expect(() => tensor.write(new Float32Array(2), 99)).toThrow(
      "expected at most 100 elements for [100], starting and ending at whole words, got 2 from 99 on.",
    );
    const bytes = backend.createTensor(input("bytes", [8], "u8"));
    expect(() => bytes.write(Uint8Array.of(1), 1)).toThrow(ArgumentError);
    expect(() => bytes.write(Uint8Array.of(1, 2, 3))).toThrow(ArgumentError);
  });

  it("are ordered with runs: what was submitted before sees the old values", async () => {
    const tensor = backend.createTensor(x, new Float32Array(100).fill(1));
    const held = state("held", [100]);
    const total = backend.createTensor(held);
    const plan = compile({ outputs: [], updates: [{ state: held, value: add(held, x) }] });
    const executable = await backend.prepare(
      plan,
      new Map([
        [x, tensor],
        [held, total],
      ]),
    );
    executable.run([{}, {}]);
    const before = total.read();
    tensor.write(new Float32Array(100).fill(100));
    executable.run([{}]);
    expect([(await before)[99], (await total.read())[99]]).toEqual([2, 102]);
  });

  it("of another backend are refused with the leaf's name", async () => {
    const foreign = createCpuBackend().createTensor(x);
    const error = await refusalOf(backend.prepare(compile({ outputs: [exp(x)] }), new Map([[x, foreign]])));
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error.message).toBe(
      'prepare: expected a WebGPU tensor of f32 [100] for "x", got f32 [100]. Make one with this backend\'s createTensor.',
    );
  });
});

describe("runs", () => {
  it("take each row's scalars from the table, up to as many rows as one submission holds", async () => {
    const [rate, step] = [stepScalar("rate"), stepScalar("step", "u32")];
    const held = state("held", []);
    const total = backend.createTensor(held);
    const plan = compile({ outputs: [], updates: [{ state: held, value: add(held, mul(rate, step)) }] });
    const executable = await backend.prepare(plan, new Map([[held, total]]));
    executable.run(Array.from({ length: MAX_ROWS }, (_, i) => ({ rate: 0.5, step: i })));
    expect([...(await total.read())]).toEqual([(MAX_ROWS * (MAX_ROWS - 1)) / 4]);
    executable.run([{ step: 8 }, { rate: 1 }]);
    expect([...(await total.read())], "what a row leaves out is 0").toEqual([(MAX_ROWS * (MAX_ROWS - 1)) / 4]);
    expect(() => executable.run(Array.from({ length: MAX_ROWS + 1 }, () => ({})))).toThrow(
      "run: expected at most 256 rows, got 257. Spread them over several runs.",
    );
  });

  it("share a pipeline among launches of the same text", async () => {
    const made = vi.spyOn(device, "createComputePipelineAsync");
    const [a, b] = [input("a", [100]), input("b", [100])];
    const plan = compile({ outputs: [exp(a), exp(b), exp(input("c", [101]))] }, { fuse: false });
    await backend.prepare(plan, tensorsOf(backend, plan.leaves));
    expect(plan.launches).toHaveLength(3);
    expect(made).toHaveBeenCalledTimes(2);
  });
});

const makers = [
  "createBuffer",
  "createTexture",
  "createSampler",
  "createBindGroup",
  "createBindGroupLayout",
  "createPipelineLayout",
  "createShaderModule",
  "createComputePipeline",
  "createComputePipelineAsync",
  "createQuerySet",
] as const;

describe("objects on the device", () => {
  const convnet = modelOf([
    ["Conv2D", { filters: 2, kernelSize: [3, 3], strides: [3, 3], activation: "relu" }],
    ["MaxPooling2D", { poolSize: [2, 2] }],
    ["Dropout", { rate: 0.5 }],
    ["Flatten"],
    ["Dense", { units: 10, activation: "softmax" }],
  ]);

  // Of which the shaders compile at once.
  const some: readonly (readonly [string, ModelDescription])[] = [["the perceptron", presets.perceptron.description]];
  it.each(everyDay(some, [...some, ["a convnet with dropout", convnet]]))(
    "are all made before %s is trained: two hundred steps, their scores and validation make none",
    async (_, model) => {
      const dataset = await loadMnist();
      const resident = new ResidentData(backend);
      const learning = { batchSize: 16, epochs: 12, validationCount: 100, clipNorm: 1 };
      const description = withLearning(model, learning);
      const session = await Session.create({ backend, description, dataset, resident, limit: 320 });
      const listener = { steps: vi.fn(), validation: vi.fn(), progress: vi.fn() };
      const run = new Run({ session, backend, description, listener });
      // The first epoch's scores and validation make the staging buffers and the scorer that all others use, and the first copy
      // of the state, which a slow machine takes one of, makes its own.
      await run.runTo(20);
      await run.copy();
      const spies = makers.map((name) => vi.spyOn(device, name));
      await run.runTo(220);
      await session.readScores(200, 220);
      expect(Object.fromEntries(spies.map((spy, i) => [makers[i], spy.mock.calls.length]))).toEqual(
        Object.fromEntries(makers.map((name) => [name, 0])),
      );
      expect(run.step).toBe(220);
      expect(listener.validation).toHaveBeenCalledTimes(11);
      session.dispose();
      resident.dispose();
    },
  );

  it("are let go of with the plan, the tensor and the backend", async () => {
    const made: GPUBuffer[] = [];
    const create = device.createBuffer.bind(device);
    vi.spyOn(device, "createBuffer").mockImplementation((descriptor) => {
      const buffer = create(descriptor);
      made.push(buffer);
      vi.spyOn(buffer, "destroy");
      return buffer;
    });
    const tensor = backend.createTensor(x);
    const y = exp(neg(x));
    const executable = await backend.prepare(
      compile({ outputs: [y], updates: [] }, { fuse: false }),
      new Map([[x, tensor]]),
    );
    executable.run([{}]);
    await executable.read(y);
    const bad = compile({ outputs: [apply(opWith([{ file: "bad.wgsl", text: "?" }]), [x], {})] });
    await refusalOf(backend.prepare(bad, new Map([[x, tensor]])));
    executable.dispose();
    tensor.dispose();
    backend.dispose();
    expect(made.length).toBeGreaterThan(4);
    expect(
      made.filter((buffer) => vi.mocked(buffer.destroy).mock.calls.length === 0).map(({ label }) => label),
    ).toEqual([]);
  });
});

describe("finding an adapter", () => {
  it("says whether WebGPU or the adapter is missing", async () => {
    await expect(createWebGpuBackend()).rejects.toThrow(
      "WebGPU: expected a GPU adapter, got no navigator.gpu. Use the cpu backend, or a browser with WebGPU.",
    );
    const gpu = await testGpu();
    vi.spyOn(gpu, "requestAdapter").mockResolvedValue(null);
    await expect(createWebGpuBackend({ gpu })).rejects.toThrow("got no adapter");
    vi.spyOn(gpu, "requestAdapter").mockRejectedValue(new Error("driver trouble"));
    await expect(createWebGpuBackend({ gpu })).rejects.toBeInstanceOf(BackendError);
  });

  it.each([
    ["what says so itself", { vendor: "acme", architecture: "one", isFallbackAdapter: true }, "acme one", true],
    ["SwiftShader by its architecture", { vendor: "google", architecture: "swiftshader" }, "google swiftshader", true],
    [
      "SwiftShader by its description",
      { description: "SwiftShader Device (Subzero)" },
      "SwiftShader Device (Subzero)",
      true,
    ],
    ["llvmpipe", { description: "llvmpipe (LLVM 15)" }, "llvmpipe (LLVM 15)", true],
    ["Microsoft's renderer", { description: "Microsoft Basic Render Driver" }, "Microsoft Basic Render Driver", true],
    ["not a real GPU", { vendor: "nvidia", architecture: "ampere" }, "nvidia ampere", false],
    [
      "not one with a description",
      { vendor: "apple", architecture: "metal-3", description: "Apple M2" },
      "Apple M2",
      false,
    ],
    ["not one that says nothing", {}, "unknown adapter", false],
  ])("takes for software %s", async (_, info, description, software) => {
    const full = { vendor: "", architecture: "", device: "", description: "", isFallbackAdapter: false, ...info };
    Object.defineProperty(adapter, "info", { value: full });
    expect(await describeAdapter(adapter)).toEqual({ description, software });
  });

  it("knows the adapter it runs on here", async () => {
    const { kind, adapter: name, asynchronous } = await createWebGpuBackend({ gpu: await testGpu() });
    expect([kind, asynchronous]).toEqual(["webgpu", true]);
    expect(name.length).toBeGreaterThan(0);
  });
});

describe("a lost device", () => {
  it("is told with its reason, and reads say so instead of waiting", async () => {
    const lost = await (await (await testGpu("own")).requestAdapter())?.requestDevice();
    if (!lost) throw new Error("no device");
    const own = await createWebGpuBackend({ device: lost });
    const held: Node = state("held", [100]);
    const tensor = own.createTensor(held);
    const executable = await own.prepare(
      compile({ outputs: [], updates: [{ state: held, value: add(held, 1) }] }),
      new Map([[held, tensor]]),
    );
    executable.run([{}]);
    lost.destroy();
    expect(await own.lost).not.toBe("");
    await expect(tensor.read()).rejects.toBeInstanceOf(DeviceLostError);
  });
});
