// Training steps of random models: the plan for GPUs, with everything merged that can be, trains as the plain one does.
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Backend } from "../../src/engine/backend/backend";
import { createCpuBackend } from "../../src/engine/backend/cpu/cpuBackend";
import { createWebGpuBackend } from "../../src/engine/backend/webgpu/webgpuBackend";
import { compile } from "../../src/engine/compile/compile";
import { merging } from "../../src/engine/compile/merging";
import { owner } from "../../src/engine/compile/memory";
import type { Plan, Launch } from "../../src/engine/compile/plan";
import { compileFor } from "../../src/engine/train/programs";
import { expectClose } from "../ops/support/compare";
import { everyDay, isFull } from "../support/full";
import { testGpu } from "../support/gpu";
import { expectSoundPlan, runPlan, stepsWithin } from "../support/plans";
import { type RandomTraining, type Recipe, recipe, trainingOf } from "../support/randomModels";

const isNamed =
  (pattern: RegExp) =>
  ({ kernel }: Launch): boolean =>
    pattern.test(kernel.name);

/** Whether a step reads, packed with others, something that another makes. */
const readsPacked = ({ inputs }: Launch, { outputs }: Launch): boolean =>
  inputs.some(
    ({ op, inputs: parts }) => op.storage === "pack" && parts.some((part) => outputs.includes(owner(part).base)),
  );

/** What only merging does, and how a step shows it. */
const passes: Readonly<Record<string, (step: Launch) => boolean>> = {
  "pooled convolution": isNamed(/^conv2dPooled$/),
  "kernel's gradient read through pooling": isNamed(/^conv2dKernelGradUnpooled/),
  "image's gradient read through pooling": isNamed(/^conv2dInputGradUnpooled$/),
  "end of a classifier": isNamed(/^denseCrossEntropy$/),
  "bias's gradient beside the weights'": isNamed(/WithSums/),
  "parts added up by the optimizer": isNamed(/^summedPack$/),
  "dropout as a product stores": isNamed(/> dropout$/),
  "batch read in place": ({ fuses: [rows, reader] = [] }) =>
    rows?.kernel.name === "batchRows" && reader?.kernel.rereads === true,
  "update in the gradients' launch": ({ fuses: [launch, update] = [] }) =>
    launch !== undefined && update !== undefined && readsPacked(update, launch),
};

/** The passes that occur in a plan. */
const passesIn = ({ launches: steps }: Plan): string[] => {
  const all = steps.flatMap(stepsWithin);
  return Object.keys(passes).filter((name) => all.some(passes[name]!));
};

/** The plan for GPUs, which is sound. */
function mergedPlan({ bindings, parts }: Recipe, { computation }: RandomTraining): Plan {
  const plan = compileFor({ merging, bindings }, computation, () => parts);
  expectSoundPlan(plan, bindings);
  return plan;
}

const reference = createCpuBackend("float64");

async function train(backend: Backend, plan: Plan, { feeds, rows, leaves }: RandomTraining): Promise<number[][]> {
  return (await runPlan(backend, plan, feeds, { rows, leaves })).leaves;
}

/** Fails unless scores, parameters and the optimizer's state are the same after a few steps. */
async function expectSame(backend: Backend, merged: Plan, training: RandomTraining, tolerance: number): Promise<void> {
  const plain = compile(training.computation, { fuse: false });
  const wanted = await train(reference, plain, training);
  const got = await train(backend, merged, training);
  wanted.forEach((values, i) => expectClose(got[i]!, values, tolerance));
}

test("in float64, launch by launch", async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(recipe, async (random) => {
      const training = trainingOf(random);
      const merged = mergedPlan(random, training);
      for (const name of passesIn(merged)) seen.add(name);
      // Only the order of sums differs.
      await expectSame(reference, merged, training, 1e-11);
    }),
    { seed: 20_260_801, numRuns: isFull ? 200 : 60 },
  );
  expect([...seen].toSorted()).toEqual(Object.keys(passes).toSorted());
});

/** Few, since compiling the shaders of each takes seconds; chosen so that every pass occurs in some. That of 327 was once
 *  updated in the launch of one gradient while the other was in parts, and then never moved by those. */
const seeds = everyDay([1893, 313], [1893, 229, 327, 940, 313, 709]);
const drawnFrom = (seed: number): Recipe => fc.sample(recipe, { seed, numRuns: 1 })[0]!;

describe("on WebGPU", () => {
  let webgpu: Backend;
  beforeAll(async () => {
    webgpu = await createWebGpuBackend({ gpu: await testGpu() });
  });
  afterAll(() => webgpu.dispose());

  test("every pass occurs", () => {
    const seen = seeds.map(drawnFrom).flatMap((random) => passesIn(mergedPlan(random, trainingOf(random))));
    expect([...new Set(seen)].toSorted()).toEqual(Object.keys(passes).toSorted());
  });

  test.each(seeds)("a model drawn from %i", async (seed) => {
    const random = drawnFrom(seed);
    const training = trainingOf(random);
    // Sums of up to some thousand f32 terms, over three steps; ten times what is seen.
    await expectSame(webgpu, mergedPlan(random, training), training, 1e-5);
  });
});
