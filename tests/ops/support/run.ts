// Runs graphs on one backend for tests: compiles, binds the feeds, runs once or many times, reads.
import { arrayTypes } from "../../../src/engine/graph/type";
import { setFlagsFromString } from "node:v8";
import { afterAll, beforeAll } from "vitest";
import type { Backend, TensorData } from "../../../src/engine/backend/backend";
import { createCpuBackend } from "../../../src/engine/backend/cpu/cpuBackend";
import { createWasmBackend } from "../../../src/engine/backend/cpu/wasm/wasmBackend";
import { createWebGpuBackend } from "../../../src/engine/backend/webgpu/webgpuBackend";
import { compile } from "../../../src/engine/compile/compile";
import { merging } from "../../../src/engine/compile/merging";
import type { Node } from "../../../src/engine/graph/node";
import type { Shape } from "../../../src/engine/shape";
import { testGpu } from "../../support/gpu";
import { plant, type Sample, type Tensor } from "../../../src/engine/selftest/sample";

/** The cpu in float32 and in float64, its WebAssembly kernels without and with relaxed SIMD, and Dawn. */
export const backendNames = ["cpu", "cpu64", "simd", "relaxed", "webgpu"] as const;
export type BackendName = (typeof backendNames)[number];

/** A compiled graph with its inputs bound. */
export interface Prepared {
  write(input: number, values: readonly number[]): void;
  run(): Promise<TensorData[]>;
  dispose(): void;
}

/** What is computed of a graph, and whether the compiler may join ops into fewer kernels. */
export interface Job {
  readonly outputs: readonly Node[];
  readonly inputs: readonly Node[];
  readonly feeds: readonly Tensor[];
  readonly updates?: readonly { readonly state: Node; readonly value: Node }[];
  readonly fuse?: boolean;
  readonly merge?: boolean;
}

/** A backend, shared by the tests of one file. */
export class TestBackend {
  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  async prepare({ outputs, inputs, feeds, updates = [], fuse = true, merge = false }: Job): Promise<Prepared> {
    // Kernels of the CPU are tested as its plans have them; others' plans are merged where a test is about that.
    const own = this.#backend.kind === "cpu" ? this.#backend.merging : undefined;
    const plan = compile({ outputs, updates }, { fuse, merging: merge ? merging : own });
    const tensors = inputs.map((node, i) => this.#backend.createTensor(node, dataOf(feeds[i]!)));
    const executable = await this.#backend.prepare(plan, new Map(inputs.map((node, i) => [node, tensors[i]!])));
    return {
      write: (input, values) => tensors[input]!.write(dataOf({ ...feeds[input]!, values })),
      run: () => {
        executable.run([{}]);
        return Promise.all(outputs.map((output) => executable.read(output)));
      },
      dispose: () => {
        executable.dispose();
        for (const tensor of tensors) tensor.dispose();
      },
    };
  }

  /** Runs a graph once. @returns the outputs in order */
  async run(
    outputs: readonly Node[],
    inputs: readonly Node[],
    feeds: readonly Tensor[],
    fuse = true,
  ): Promise<TensorData[]> {
    const prepared = await this.prepare({ outputs, inputs, feeds, fuse });
    const results = await prepared.run();
    prepared.dispose();
    return results;
  }

  /** Runs a sample once, in place when it says so. */
  async runSample(sample: Sample, fuse = true): Promise<{ shape: Shape; values: TensorData }> {
    const { inputs, result } = plant(sample);
    const [target] = inputs;
    const updates = sample.replacesFirst && target ? [{ state: target, value: result }] : [];
    const prepared = await this.prepare({ outputs: [result], inputs, feeds: sample.feeds, updates, fuse });
    const [values] = await prepared.run();
    prepared.dispose();
    return { shape: result.shape, values: values! };
  }

  dispose(): void {
    this.#backend.dispose();
  }
}

// Double precision for f32 feeds, which the float64 backend keeps: finite differences need the digits.
function dataOf({ dtype, values }: Tensor): TensorData {
  return dtype === "f32" ? Float64Array.from(values) : arrayTypes[dtype].from(values);
}

/** A backend for the tests beside this call, opened before them and disposed after them. */
export function testBackend(name: BackendName): () => TestBackend {
  let backend: TestBackend;
  beforeAll(async () => {
    backend = await openBackend(name);
  });
  afterAll(() => backend.dispose());
  return () => backend;
}

/** Opens a backend. @throws when there is no WebGPU adapter: such a run must fail, not pass by skipping */
export async function openBackend(name: BackendName): Promise<TestBackend> {
  if (name === "webgpu") return new TestBackend(await createWebGpuBackend({ gpu: await testGpu() }));
  if (name === "simd" || name === "relaxed") {
    // Node 20 has relaxed SIMD behind a flag; later versions ignore the flag.
    if (name === "relaxed") setFlagsFromString("--experimental-wasm-relaxed-simd");
    const backend = await createWasmBackend({ variant: name });
    if (!backend) throw new Error(`WebAssembly: expected ${name} kernels to be valid here, got none that are.`);
    return new TestBackend(backend);
  }
  return new TestBackend(createCpuBackend(name === "cpu" ? "float32" : "float64"));
}
