// What the tuner's tests share: a device on Dawn, times that are given while all that is timed is really compiled, run and
// compared, and a model with its run and its tuner.
import { afterAll, afterEach, beforeAll, vi } from "vitest";
import type { Backend, Executable, GemmVariants } from "../../src/engine/backend/backend";
import { createWebGpuBackend } from "../../src/engine/backend/webgpu/webgpuBackend";
import type { Plan } from "../../src/engine/compile/plan";
import type { GemmSize, GemmVariant, ShaderPart } from "../../src/engine/graph/kernel";
import { gemmVariants } from "../../src/engine/ops/gemmShader";
import { type DeviceStore, memoryStore } from "../../src/engine/device/deviceStore";
import { gemmsOf } from "../../src/engine/check/gemms";
import { ResidentData } from "../../src/engine/train/resident";
import { Run } from "../../src/engine/train/run";
import { findFault } from "../../src/engine/check/selfTest";
import type { StepBatch } from "../../src/engine/train/scores";
import { Session } from "../../src/engine/train/session";
import { Tuner, type TuningOptions } from "../../src/engine/tune/tuner";
import { testGpu } from "./gpu";
import { firstDigits } from "./mnist";
import { modelOf } from "./models";
import { stepsOf, type ToldStep } from "./trainer";

/** The hidden layer has two products of one size: forward, and the gradient of its weights. */
export const model = modelOf([["Flatten"], ["Dense", { units: 12 }], ["Dense", { units: 10, activation: "softmax" }]], {
  batchSize: 16,
  epochs: 40,
});
const HIDDEN = 12 * 16 * 784;
export const samples = 64;

// One device for all: it compiles a shader that it knows already in no time.
export let device: GPUDevice;
export let backend: Backend;
export let variants: GemmVariants;
beforeAll(async () => {
  const adapter = await (await testGpu()).requestAdapter();
  if (!adapter) throw new Error("no adapter");
  device = await adapter.requestDevice();
  backend = await createWebGpuBackend({ device });
  if (!backend.gemm) throw new Error("no choice");
  variants = backend.gemm;
});
afterEach(() => {
  variants.preferred.clear();
  vi.restoreAllMocks();
});
afterAll(() => {
  backend.dispose();
  device.destroy();
});

/** As `start`, on an adapter that passed the self-test as it is, with the self-test before anything is taken. */
export async function startTested(on: Backend) {
  const store = memoryStore();
  const dataset = await firstDigits(samples);
  await findFault(backend, model, dataset, store);
  const findFaultIn = (tuned: Backend) => findFault(tuned, model, dataset, store);
  const passed = async (): Promise<unknown> => await store.get(`self-test ${backend.adapter}`);
  return { ...(await start(on, store, { budgetMs: Infinity, findFaultIn })), store, passed };
}

/** What a variant is said to take, in milliseconds; variants that are not named are no candidates. */
type Times = Partial<Record<GemmVariant, number>>;

/** The backend with candidates for some products, by default the hidden layer's, that are said to take so long, the slowest
 *  first, and times as long for a number of parts. Notes in `compiled` which were prepared, and in `parts` in how many. */
export function given(
  times: Times,
  change: (variant: GemmVariant, plan: Plan) => Plan = (_, plan) => plan,
  { isOpen = ({ m, n, k }: GemmSize) => m * n * k === HIDDEN, factors = {} as Readonly<Record<number, number>> } = {},
) {
  const compiled: GemmVariant[] = [];
  const parts: number[] = [];
  const prepareWith: GemmVariants["prepareWith"] = async (choose, plan, leaves) => {
    const [made] = gemmsOf(plan);
    if (!made) throw new Error("no product");
    const variant = choose(made.product);
    compiled.push(variant);
    parts.push(made.product.parts);
    const executable = await variants.prepareWith(choose, change(variant, plan), leaves);
    return withTime(executable, (times[variant] ?? NaN) * (factors[made.product.parts] ?? 1));
  };
  const named = gemmVariants
    .filter((variant) => times[variant] !== undefined)
    .toSorted((a, b) => (times[b] ?? 0) - (times[a] ?? 0));
  const candidates: GemmVariants["candidates"] = (size) => (isOpen(size) ? named : named.slice(0, 1));
  const timed: Backend = { ...backend, gemm: { ...variants, candidates, prepareWith } };
  return { timed, compiled, parts };
}

function withTime(executable: Executable, stepMs: number): Executable {
  const { launches, launchesPerRow, memoryBytes } = executable;
  return {
    launches,
    launchesPerRow,
    memoryBytes,
    run: (rows) => executable.run(rows),
    read: (output) => executable.read(output),
    profile: async () => ({ clock: "host", stepMs: [stepMs] }),
    dispose: () => executable.dispose(),
  };
}

export async function start(
  on: Backend,
  store?: DeviceStore,
  options: TuningOptions = { budgetMs: Infinity },
  description = model,
) {
  const resident = new ResidentData(on);
  const session = await Session.create({
    backend: on,
    description,
    dataset: await firstDigits(samples),
    resident,
  });
  const heard: ToldStep[] = [];
  const listener = {
    steps: (steps: StepBatch) => heard.push(...stepsOf(steps)),
    validation: () => {},
    progress: () => {},
  };
  const run = new Run({ session, backend: on, description, listener });
  const tuner = Tuner.of(on, session, store, options);
  if (!tuner) throw new Error("no tuner");
  return { session, run, heard, tuner };
}

export const preferredVariants = (): GemmVariant[] => [...variants.preferred.values()].map(({ variant }) => variant);

/** The shaders of the products in the training step. */
export const tiledOf = (session: Session): number => shadersOf(session).filter((name) => name === "gemm_tiled").length;

export const shadersOf = (session: Session): string[] =>
  session.explain().plan.steps.flatMap(({ launch }) => launch?.variant.match(/gemm_\w+/g) ?? []);

/** The plan with the text of its shaders changed. */
export function mutated(plan: Plan, change: (text: string) => string): Plan {
  const changeParts = (parts: readonly ShaderPart[]) => parts.map((part) => ({ ...part, text: change(part.text) }));
  const steps = plan.steps.map((step) => {
    const { kernel } = step;
    const wgsl: typeof kernel.wgsl = (args) => {
      const program = kernel.wgsl(args);
      return { ...program, parts: changeParts(program.parts) };
    };
    return { ...step, kernel: { ...kernel, wgsl } };
  });
  return { ...plan, steps };
}

/** How shaders of products store a result, after whatever finishes it. */
export const STORE = /set_c\(i, (\w+)\)/;
