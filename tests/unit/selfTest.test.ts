// The self-test on an adapter that is right, and on one whose shaders are not: what is caught, what is said, what is kept.
import { merging } from "../../src/engine/compile/merging";
import { describe, expect, it, vi } from "vitest";
import { type Backend, choiceOf, type GemmVariants } from "../../src/engine/backend/backend";
import { createWebGpuBackend } from "../../src/engine/backend/webgpu/webgpuBackend";
import { sideBySide } from "../../src/engine/compile/combine";
import type { Plan, Launch } from "../../src/engine/compile/plan";
import type { Dataset } from "../../src/engine/data/dataset";
import type { GemmVariant } from "../../src/engine/graph/kernel";
import { analyzeModel } from "../../src/engine/model/analyze";
import { presets } from "../../src/engine/model/presets";
import type { ModelDescription } from "../../src/engine/model/description";
import { isolateKernels, drawInputs, kindOf, takeApart } from "../../src/engine/check/isolate";
import { memoryStore } from "../../src/engine/device/deviceStore";
import { compileFor, type Target, trainingProgram } from "../../src/engine/train/programs";
import { modelState } from "../../src/engine/train/state";
import { ResidentData } from "../../src/engine/train/resident";
import { smallestTraining } from "../../src/engine/check/scaledCopy";
import { checkKernels, findFault, type KernelCheck } from "../../src/engine/check/selfTest";
import { Session } from "../../src/engine/train/session";
import { nextTask } from "../../src/engine/train/yielding";
import { sizeOf } from "../../src/engine/shape";
import type { Trial } from "../../src/engine/check/trial";
import { english } from "../../src/engine/words/said";
import { blank } from "../support/data";
import { everyDay, fullTest, isFull } from "../support/full";
import { testGpu } from "../support/gpu";
import { type LayerSpec, modelOf } from "../support/models";
import { type Fault, faultOn, kernelsOf, wrongGpu } from "../support/wrongGpu";

const digits: Dataset = { ...blank("mnist", 700), test: blank("mnist", 600).test };
const few: Dataset = { ...digits, test: blank("mnist", 16).test };
const points = blank("xor", 4);

const softmax: LayerSpec = ["Dense", { units: 10, activation: "softmax" }];

/** With a few samples held out. */
const perceptron: ModelDescription = {
  ...presets.perceptron.description,
  training: { ...presets.perceptron.description.training, validationCount: 64 },
};
const xor: ModelDescription = presets.xor.description;
/** One of everything that convnets have, as small as it can be and quick to compile. */
const convnet = modelOf(
  [
    ["Conv2D", { filters: 2, kernelSize: [3, 3], strides: [3, 3], activation: "relu" }],
    ["MaxPooling2D", { poolSize: [2, 2] }],
    ["Dropout", { rate: 0.5 }],
    ["Flatten"],
    ["Dense", { units: 10, activation: "softmax" }],
  ],
  { batchSize: 4, validationCount: 100 },
);

const at = (batchSize: number, model: ModelDescription): ModelDescription => ({
  ...model,
  training: { ...model.training, batchSize },
});
/** More than the reference has room for. */
const large = modelOf([["Flatten"], ["Dense", { units: 4096 }], ["Dense", { units: 4096 }], softmax], {
  batchSize: 32,
});
/** The same where it cannot be made narrower. */
const fixed = modelOf(
  [
    ["Flatten"],
    ["Dense", { units: 2025 }],
    ["Reshape", { targetShape: [45, 45, 1] }],
    ["Flatten"],
    ["Dense", { units: 1296 }],
    ["Reshape", { targetShape: [36, 36, 1] }],
    ["Flatten"],
    ["Dense", { units: 10, activation: "softmax" }],
  ],
  { batchSize: 8 },
);

const pooled = modelOf(
  [
    ["Conv2D", { filters: 3, kernelSize: [2, 2] }],
    ["MaxPooling2D", { poolSize: [1, 1], strides: [2, 2] }],
    ["Conv2D", { filters: 2, kernelSize: [2, 2] }],
    ["MaxPooling2D", { poolSize: [2, 2], padding: "same" }],
    ["Conv2D", { filters: 2, kernelSize: [2, 2] }],
    ["MaxPooling2D", { poolSize: [3, 3], strides: [2, 2], padding: "same" }],
    ["Flatten"],
    ["Dense", { units: 10, activation: "softmax" }],
  ],
  { batchSize: 4 },
);

/** As launches for a GPU; or, as for a CPU, a launch for each kernel, where a test is about one kernel. */
function trialOf(description: ModelDescription, dataset: Dataset, kind: "webgpu" | "cpu" = "webgpu"): Trial {
  return smallestTraining(description, dataset, kind === "webgpu" ? { merging } : {});
}

/** What a GPU trains with. */
function compileTraining(description: ModelDescription, dataset: Dataset, target: Target = { merging }): Plan {
  const model = { description, data: dataset, state: modelState(description, analyzeModel(description, dataset)) };
  const { computation } = trainingProgram(model, dataset.train, dataset.train.count);
  return compileFor(target, computation);
}

/** With no choice of ways to multiply. */
const onlyBy = (way: GemmVariant, gemm: GemmVariants): GemmVariants => ({ ...gemm, candidates: () => [way] });

/** A step, or those it is made of. */
const kernelSteps = (step: Launch): readonly Launch[] => step.members?.flatMap(kernelSteps) ?? [step];

async function check(trial: Trial, gpu: GPU, kinds?: ReadonlySet<string>): Promise<KernelCheck[]> {
  const backend = await createWebGpuBackend({ gpu });
  try {
    return await checkKernels(backend, trial, (step) => !kinds || kinds.has(kindOf(step)));
  } finally {
    backend.dispose();
  }
}

/** A fault in English. */
const told = (fault: Awaited<ReturnType<typeof findFault>>): string => (fault ? english(fault) : "no fault");

describe("an adapter that is right", () => {
  it("passes every kernel of a convnet, with the same bits twice", async () => {
    const trial = trialOf(convnet, digits);
    const checks = await check(trial, await testGpu());
    const compiled = compileTraining(convnet, digits).launches.flatMap(kernelSteps);
    expect(checks.flatMap(({ kernel }) => kernelsOf(kernel))).toEqual(
      compiled.flatMap(({ kernel }) => kernelsOf(kernel.name)),
    );
    expect(checks.filter(({ ok }) => !ok)).toEqual([]);
    // Not by comparing nothing: products round, and round otherwise than in double precision.
    const products = checks.filter(({ kernel }) => /conv2d|matmul/.test(kernel));
    expect(products.length).toBeGreaterThan(1);
    for (const { worst, allowed } of products) {
      expect(worst).toBeGreaterThan(0);
      expect(allowed).toBeLessThan(1e-4);
    }
  });

  type Drawn = [string, ModelDescription, Dataset];
  // Whose gradients before the normalization are sums that cancel.
  const normalized: Drawn = [
    "normalized features",
    modelOf([["Flatten"], ["Dense", { units: 12 }], ["BatchNormalization"], ["Dense", { units: 10 }]]),
    digits,
  ];
  const single: Drawn = ["one number a sample", presets.curve.description, blank("sine", 200)];
  const maps: Drawn = [
    "normalized maps",
    modelOf([
      ["Conv2D", { filters: 4 }],
      ["BatchNormalization"],
      ["Activation", { activation: "relu" }],
      ["Flatten"],
      ["Dense", { units: 10 }],
    ]),
    digits,
  ];
  it.each(everyDay([normalized], [single, normalized, maps]))(
    "passes every kernel of a model of %s, on the values of training",
    async (_, model, dataset) => {
      const checks = await check(trialOf(model, dataset), await testGpu());
      expect(checks.length).toBeGreaterThan(3);
      expect(checks.filter(({ ok }) => !ok)).toEqual([]);
    },
  );

  const small: readonly Drawn[] = [
    ["a convnet", convnet, digits],
    ["XOR", xor, points],
  ];
  // Windows that the image does not fill, or that have one place only.
  const cases = everyDay<Drawn>(small, [...small, ["other windows", pooled, digits]]);
  it.each<Drawn>(cases)("passes every kernel of %s alone, on noise", async (_, model, dataset) => {
    const backend = await createWebGpuBackend({ gpu: await testGpu() });
    const trial = trialOf(model, dataset);
    const checks = await checkKernels(backend, trial, undefined, drawInputs);
    expect(checks).toHaveLength(trial.plan.launches.length);
    expect(checks.filter(({ ok }) => !ok)).toEqual([]);
    // Numbers, and not the same where numbers are rounded.
    expect(checks.filter(({ worst }) => worst > 0).length).toBeGreaterThan(3);
    backend.dispose();
  });

  const stem = ["Conv2D", { filters: 2, strides: [5, 5] }] as const;
  const convolution = [
    "Conv2D",
    modelOf([stem, ["BatchNormalization"], ["Flatten"], softmax], { batchSize: 4 }),
  ] as const;
  const hidden = ["Dense", { units: 12 }] as const;
  const dense = ["Dense", modelOf([["Flatten"], hidden, ["BatchNormalization"], softmax], { batchSize: 8 })] as const;
  // Every day the features above, whose gradients are of the same kind.
  it.each(everyDay<readonly [string, ModelDescription]>([], [dense, convolution]))(
    "is not blamed for what rounding leaves of the gradient of a bias of %s before a normalization",
    async (_, model) => {
      expect(await faultOn(await testGpu(), model, digits)).toBeUndefined();
    },
  );

  it("allows for sums of fifty thousand products, however they are fused", async () => {
    const deep = modelOf([
      ["Conv2D", { filters: 64, padding: "same", activation: "relu" }],
      ["Flatten"],
      ["Dense", { units: 10, activation: "softmax" }],
    ]);
    const isEnd = ({ kernel }: Launch): boolean => kernel.name.startsWith("denseCrossEntropy");
    const { parts } = await isolateKernels(trialOf(deep, digits), isEnd, undefined, drawInputs);
    expect(parts).toHaveLength(1);
    for (const { terms, node, isPlaces } of parts[0]!.outputs) {
      expect(terms).toBeGreaterThan(28 * 28 * 64);
      expect(isPlaces).toBe(node.dtype !== "f32");
    }
    expect(parts[0]!.outputs.some(({ isPlaces }) => isPlaces)).toBe(true);
  });

  it("measures small results of functions by 1, and those of products by the largest of them", async () => {
    const curved = modelOf(
      [["Flatten"], ["Dense", { units: 3, activation: "tanh" }], ["Dense", { units: 10, activation: "linear" }]],
      { loss: "meanSquaredError" },
    );
    const { parts } = await isolateKernels(trialOf(curved, digits, "cpu"), () => true, undefined, drawInputs);
    const absolute = parts.filter(({ outputs }) => outputs.some(({ isAbsolute }) => isAbsolute));
    expect(absolute.map(({ label }) => label)).toEqual(["dense"]);
    expect(parts.length).toBeGreaterThan(5);
  });

  it("meets the values of training: labels that exist, moments that are not zero", async () => {
    const trial = trialOf(convnet, digits);
    const optimizer = trial.plan.launches.findIndex(({ label }) => label === "optimizer");
    const kinds = new Set([kindOf(trial.plan.launches[optimizer]!)]);
    const { trial: alone } = await isolateKernels(trial, (step) => kinds.has(kindOf(step)));
    expect(alone.plan.launches).toHaveLength(1);
    const still = [...alone.feeds.values()].filter((values) => values.every((value) => value === 0));
    expect(still).toEqual([]);
  });
});

describe("what is tested", () => {
  type Tested = [string, ModelDescription, Dataset, number, GemmVariant?];
  // Ten is what Chromium gives, eight the least there is; then steps read one buffer where they would read several.
  // One way to multiply, which compiles at once, does where it is not about ways.
  const some: readonly Tested[] = [["XOR", xor, points, 8, "registers"]];
  const all: readonly Tested[] = [
    ...some,
    ["a convnet", at(32, convnet), digits, 10],
    ["XOR", xor, points, 10],
    ["the perceptron", perceptron, digits, 8, "registers"],
    ["the perceptron", perceptron, digits, 10],
    ["a model of more than four million parameters", large, few, 10, "registers"],
    ["a model that has no small version", fixed, few, 10, "registers"],
  ];
  it.each<Tested>(everyDay(some, all))(
    "is every launch that %s is trained, scored and asked with",
    async (_, model, dataset, bindings, way) => {
      const adapter = await (await testGpu()).requestAdapter();
      const device = await adapter!.requestDevice({
        requiredLimits: { maxStorageBuffersPerShaderStage: bindings },
        requiredFeatures: (["subgroups"] as const).filter((name) => adapter!.features.has(name)),
      });
      const backend = await createWebGpuBackend({ device });
      const gemm = way ? onlyBy(way, backend.gemm!) : backend.gemm!;
      /** The backend, noting what is prepared. */
      const noting = (kinds: Set<string>): Backend => {
        const prepareWith: typeof gemm.prepareWith = async (choose, plan, leaves) => {
          for (const step of plan.launches) kinds.add(kindOf(step, choose));
          return await gemm.prepareWith(choose, plan, leaves);
        };
        const prepare: Backend["prepare"] = async (plan, leaves) => await prepareWith(choiceOf(gemm), plan, leaves);
        return { ...backend, prepare, gemm: { ...gemm, prepareWith } };
      };
      const tested = new Set<string>();
      expect(await findFault(noting(tested), model, dataset, memoryStore())).toBeUndefined();
      const used = new Set<string>();
      const resident = new ResidentData(backend);
      const session = await Session.create({ backend: noting(used), description: model, dataset, resident });
      if (session.validationCount > 0) await session.scoreValidation(nextTask);
      await session.scoreTest(nextTask);
      const [[name, { shape }] = expect.fail("no columns")] = Object.entries(dataset.columns);
      await session.show({ [name]: new Float32Array(sizeOf(shape)) }, 1);
      expect(backend.bindings).toBe(bindings);
      expect(used.size).toBeGreaterThan(session.launchesPerStep);
      expect([...used].filter((kind) => !tested.has(kind))).toEqual([]);
      session.dispose();
      resident.dispose();
      backend.dispose();
      device.destroy();
    },
  );

  it("is nothing of a model that there is no room for, which is refused elsewhere", async () => {
    const { gpu, compiled } = await wrongGpu();
    const backend = await createWebGpuBackend({ gpu });
    const shortage = () => ({ limit: "total", neededBytes: 2, allowedBytes: 1, subject: "the plan" }) as const;
    expect(await findFault({ ...backend, shortage }, xor, points, memoryStore())).toBeUndefined();
    expect(compiled).toEqual([]);
    backend.dispose();
  });

  fullTest("has products in as many parts as at the model's own batch", async () => {
    const { gpu, compiled } = await wrongGpu();
    const split = at(32, convnet);
    expect(await faultOn(gpu, split, digits)).toBeUndefined();
    expect(compiled.join()).toMatch(/conv2dKernelGrad\w*Parts/);
    expect(
      trialOf(split, digits)
        .plan.launches.map(({ kernel }) => kernel.name)
        .join(),
    ).not.toContain("Parts");
  });
});

describe("a wrong kernel is caught", () => {
  const wrong: readonly Fault[] = [
    { kernel: "conv2d", stored: "value * 1.001" },
    { kernel: "conv2dKernelGrad", stored: "select(value, 0.0, i == 0u)" },
    { kernel: "maxPool2dWithArg", stored: "value + 1e-4" },
    { kernel: "maxPool2dGrad", stored: "abs(value)" },
    { kernel: "dropout", stored: "value * 2.0" },
    { kernel: "softmaxCrossEntropyWithGrad", stored: "value * 0.999" },
    { kernel: "add+add+sub", stored: "value * (1.0 + 1e-5)" },
  ];

  it.each(wrong)("$kernel, which stores $stored", async (fault) => {
    const { gpu } = await wrongGpu(fault);
    const trial = trialOf(convnet, digits, "cpu");
    const kinds = new Set(
      trial.plan.launches
        .filter(({ kernel }) => kernelsOf(kernel.name).includes(fault.kernel))
        .map((step) => kindOf(step)),
    );
    const checks = await check(trial, gpu, kinds);
    expect(checks.length).toBeGreaterThan(0);
    for (const { ok, worst, allowed } of checks) {
      expect(ok).toBe(false);
      expect(worst).toBeGreaterThan(allowed);
    }
  });

  it("when it leaves an element unwritten", async () => {
    const { gpu } = await wrongGpu({ kernel: "maxPool2dWithArg", stored: "select(value, old, i == 3u)" });
    const trial = trialOf(convnet, digits, "cpu");
    const isPool = ({ kernel }: Launch): boolean => kernelsOf(kernel.name).includes("maxPool2dWithArg");
    const [pool] = await check(trial, gpu, new Set(trial.plan.launches.filter(isPool).map((step) => kindOf(step))));
    expect(pool).toMatchObject({ ok: false, worst: Infinity });
  });

  it("that comes out differently each time, however little", async () => {
    const backend = await createWebGpuBackend({ gpu: await testGpu() });
    const gemm = backend.gemm!;
    let runs = 0;
    const unsteady: typeof gemm.prepareWith = async (...plan) => {
      const executable = await gemm.prepareWith(...plan);
      const [run, read] = [executable.run.bind(executable), executable.read.bind(executable)];
      vi.spyOn(executable, "run").mockImplementation((rows) => {
        runs++;
        run(rows);
      });
      // A last bit more from the second run on: nothing that the tolerance would notice.
      vi.spyOn(executable, "read").mockImplementation(async (node) =>
        (await read(node)).map((value) => (runs > 1 ? value + Math.abs(value) * 2e-7 : value)),
      );
      return executable;
    };
    const shaky = { ...backend, gemm: { ...gemm, prepareWith: unsteady } };
    expect(told(await findFault(shaky, xor, points, memoryStore()))).toMatch(
      /^This GPU computes .+ differently each time\.$/,
    );
    expect(runs).toBe(2);
    backend.dispose();
  });

  it("in a launch of several", async () => {
    const launched = compileTraining(convnet, digits).launches.map(({ kernel }) => kernel.name);
    expect(launched).not.toContain("matmulWithSums");
    const { gpu } = await wrongGpu({ kernel: "matmulWithSums", stored: "abs(value)" });
    expect(await faultOn(gpu, convnet, digits)).toMatch(/^This GPU computes .*matmulWithSums .* wrongly/);
  });

  it("in a launch that binds too much to be tested whole, since its steps are", () => {
    const plan = compileTraining(convnet, digits);
    const { launches: steps } = takeApart({ ...plan, launches: [sideBySide(plan.launches)] });
    expect(steps).toEqual(plan.launches);
  });

  // Whose own launches the reference takes seconds for.
  if (!isFull) return;

  it("in a model with no small version", async () => {
    const { gpu } = await wrongGpu({ kernel: "matmulWithSums", stored: "select(value, 0.0, i == 5u)" });
    const backend = await createWebGpuBackend({ gpu });
    const simple = { ...backend, gemm: onlyBy("registers", backend.gemm!) };
    expect(told(await findFault(simple, fixed, few, memoryStore()))).toMatch(
      /^This GPU computes .*matmulWithSums.* wrongly/,
    );
    backend.dispose();
  });
});
