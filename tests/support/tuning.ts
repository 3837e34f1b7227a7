// What the tests of the tuner share: times that are given while all that is timed is really run and compared, a backend that
// leaves a choice without shaders, and a model with its run and its tuner.
import { type Backend, choiceOf, type Executable, type GemmVariants } from "../../src/engine/backend/backend";
import { createCpuBackend } from "../../src/engine/backend/cpu/cpuBackend";
import { merging } from "../../src/engine/compile/merging";
import type { Plan } from "../../src/engine/compile/plan";
import { partsOf } from "../../src/engine/compile/splitK";
import type { GemmSize, GemmVariant } from "../../src/engine/graph/kernel";
import { gemmVariants } from "../../src/engine/ops/gemmShader";
import type { DeviceStore } from "../../src/engine/device/deviceStore";
import { gemmsOf } from "../../src/engine/check/gemms";
import { ResidentData } from "../../src/engine/train/resident";
import { Run } from "../../src/engine/train/run";
import type { StepBatch } from "../../src/engine/train/scores";
import { Session } from "../../src/engine/train/session";
import { Tuner, type TuningOptions } from "../../src/engine/tune/tuner";
import { firstDigits } from "./mnist";
import { modelOf } from "./models";
import { stepsOf, type ToldStep } from "./trainer";

/** A backend that leaves a choice of variants. */
export type ChoosingBackend = Backend & { readonly gemm: GemmVariants };

/** The hidden layer has two products of one size: forward, and the gradient of its weights. */
export const model = modelOf([["Flatten"], ["Dense", { units: 12 }], ["Dense", { units: 10, activation: "softmax" }]], {
  batchSize: 16,
  epochs: 40,
});
const HIDDEN = 12 * 16 * 784;
export const samples = 64;

/** A convolution, the gradient of whose kernel is a product over all positions of all samples: 10 parts by default. */
export const convnet = modelOf(
  [
    ["Conv2D", { filters: 3, kernelSize: [3, 3], strides: [2, 2] }],
    ["Flatten"],
    ["Dense", { units: 10, activation: "softmax" }],
  ],
  { batchSize: 16, epochs: 2 },
);
export const isKernelGrad = ({ m, k }: GemmSize): boolean => m === 9 && k >= 26;

/** A backend that leaves a choice and computes on the CPU, where every variant is the same: what is compared, taken and kept
 *  needs no shader. Launches are named after what was chosen. */
export function choosingCpu(): ChoosingBackend {
  const cpu = createCpuBackend();
  const preferred: GemmVariants["preferred"] = new Map();
  const candidates = (): readonly GemmVariant[] => [
    "registers",
    ...gemmVariants.filter((name) => name !== "registers"),
  ];
  const prepareWith: GemmVariants["prepareWith"] = async (choose, plan, leaves) => {
    const launches = plan.launches.map((step) => {
      const chosen = gemmsOf({ ...plan, launches: [step] }).map(({ product }) => `gemm_${choose(product)}`);
      return { variant: chosen.join(" + ") };
    });
    return withParts(await cpu.prepare(plan, leaves), { launches });
  };
  return {
    ...cpu,
    kind: "webgpu",
    merging,
    prepare: (plan, leaves) => prepareWith(choiceOf({ candidates, preferred }), plan, leaves),
    gemm: {
      candidates,
      packedParts: partsOf,
      storesPacked: true,
      costOf: ({ m, n, k }) => m * n * k,
      ahead: 0,
      preferred,
      prepareWith,
    },
  };
}

/** Steps whose results the CPU changes before anyone reads them. */
export function spoiled(plan: Plan, change: (value: number, i: number) => number): Plan {
  const steps = plan.launches.map((step) => {
    const { kernel } = step;
    const cpu: typeof kernel.cpu = (args) => {
      const run = kernel.cpu(args);
      return () => {
        run();
        for (const output of args.outputs) output.set(output.map(change));
      };
    };
    return { ...step, kernel: { ...kernel, cpu } };
  });
  return { ...plan, launches: steps };
}

/** What a variant is said to take, in milliseconds; variants that are not named are no candidates. */
type Times = Partial<Record<GemmVariant, number>>;

/** A backend with candidates for some products, by default the hidden layer's, that are said to take so long, the slowest
 *  first, and times as long for a number of parts. Notes in `compiled` which were prepared, and in `parts` in how many. */
export function given(
  backend: ChoosingBackend,
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
    const executable = await backend.gemm.prepareWith(choose, change(variant, plan), leaves);
    const stepMs = [(times[variant] ?? NaN) * (factors[made.product.parts] ?? 1)];
    return withParts(executable, { profile: async () => ({ clock: "host", stepMs }) });
  };
  const named = gemmVariants
    .filter((variant) => times[variant] !== undefined)
    .toSorted((a, b) => (times[b] ?? 0) - (times[a] ?? 0));
  const candidates: GemmVariants["candidates"] = (size) => (isOpen(size) ? named : named.slice(0, 1));
  const timed: ChoosingBackend = { ...backend, gemm: { ...backend.gemm, candidates, prepareWith } };
  return { timed, compiled, parts };
}

/** An executable with some of it replaced. */
function withParts(executable: Executable, parts: Partial<Executable>): Executable {
  const { launches, launchesPerRow, memoryBytes } = executable;
  return {
    launches,
    launchesPerRow,
    memoryBytes,
    run: (rows) => executable.run(rows),
    read: (output) => executable.read(output),
    profile: (row, onStep) => executable.profile(row, onStep),
    dispose: () => executable.dispose(),
    ...parts,
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

export const preferredVariants = ({ gemm }: Backend): GemmVariant[] =>
  [...(gemm?.preferred.values() ?? [])].map(({ variant }) => variant);

/** The shaders of the products in the training step. */
export const shadersOf = (session: Session): string[] =>
  session.explain().plan.launches.flatMap(({ detail }) => detail?.variant.match(/gemm_\w+/g) ?? []);
