/** The whole self-test: every op at several sizes, every variant of a matrix product, and every kernel of the presets'
 *  training steps, each run twice against the reference. It never stops at a failure; the page shows them all. */
import type { Backend, TensorData } from "../backend/backend";
import { createCpuBackend } from "../backend/cpu/cpuBackend";
import { openCpuBackend } from "../backend/cpu/openCpuBackend";
import type { WebGpuSource } from "../backend/webgpu/adapter";
import { createWebGpuBackend, gemmVariantsOf } from "../backend/webgpu/webgpuBackend";
import { compile } from "../compile/compile";
import { merging } from "../compile/merging";
import { blankDataset } from "../data/library";
import type { Node } from "../graph/node";
import { presets } from "../model/presets";
import { type OpName, ops } from "../ops";
import { isSlowToCompile } from "../ops/gemmShader";
import { cases } from "./cases";
import { judge, TOLERANCE } from "../check/compare";
import { plant, type Sample } from "./sample";
import { runTrial, type Trial, typed } from "../check/trial";
import { kindOf } from "../check/isolate";
import { Forecast } from "./forecast";
import { smallestTraining } from "../check/scaledCopy";
import { checkKernels } from "../check/selfTest";
import type { SuiteEvent, SuiteOptions, SuiteResult, TestedMachine } from "./protocol";

/** A few of everything that can go wrong at an edge: fewer elements than a workgroup has threads, and one more. */
const SIZES = [7, 65];

/** The name by which the presets' kernels are asked for. */
const PRESETS = "presets";

/** What is run, on whichever backend. */
interface Job {
  readonly op: string;
  readonly name: string;
  readonly isGemm: boolean;
  /** One result; several for the kernels of a preset. */
  readonly count: number;
  readonly run: (backend: Backend) => Promise<Pick<SuiteResult, "op" | "name" | "verdict">[]>;
}

/** A backend with the jobs that it is to do. */
interface Shift {
  readonly backend: Backend;
  readonly variant: string;
  readonly jobs: readonly Job[];
}

/** Runs everything on the GPU, where there is one, and on the fastest CPU backend.
 *  @param pause awaited between jobs, so that messages get through */
export async function runSuite(
  gpu: WebGpuSource,
  listener: (event: SuiteEvent) => void,
  pause: () => Promise<void>,
  { sizes = SIZES, ops: wanted, variants }: SuiteOptions = {},
): Promise<void> {
  const startedMs = performance.now();
  const isWanted = (op: string): boolean => !wanted || wanted.includes(op);
  const jobsOf = (of: readonly number[]): Job[] => opJobs(of, isWanted);
  // Planning all presets takes seconds.
  const all = (kind: Backend["kind"]): Job[] => [...jobsOf(sizes), ...(isWanted(PRESETS) ? presetJobs(kind) : [])];
  const short = jobsOf(sizes.slice(-1));
  const shifts = await makeShifts(gpu, all, short, variants);
  const machines = new Map(shifts.map(({ backend: { kind, adapter } }) => [kind, { kind, adapter }]));
  const jobs = shifts.flatMap((shift) => shift.jobs);
  const total = jobs.reduce((sum, { count }) => sum + count, 0);
  const forecast = new Forecast();
  for (const { isGemm, count } of jobs) forecast.announce(paceOf(isGemm), count);
  listener({ type: "started", machines: [...machines.values()], total });
  const results: SuiteResult[] = [];
  let toldMs = performance.now();
  const tell = (): void => {
    const { remainingMs } = forecast;
    if (results.length > 0) listener({ type: "results", results: results.splice(0), remainingMs });
    toldMs = performance.now();
  };
  for (const { backend, variant, jobs: own } of shifts) {
    const machine: TestedMachine["kind"] = backend.kind;
    for (const job of own) {
      const { op, name, isGemm, count } = job;
      const begunMs = performance.now();
      const about = { machine, variant: isGemm ? variant : "", error: null };
      try {
        results.push(...(await job.run(backend)).map((result) => ({ ...about, ...result })));
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        results.push({ ...about, op, name, verdict: null, error: message });
      }
      forecast.finish(paceOf(isGemm), count, performance.now() - begunMs);
      if (performance.now() - toldMs > 100) tell();
      await pause();
    }
    backend.dispose();
  }
  tell();
  listener({ type: "finished", elapsedMs: performance.now() - startedMs });
}

/** Matrix products have the longest shaders by far: all that a forecast needs to tell apart. */
const paceOf = (isGemm: boolean): string => (isGemm ? "product" : "other");

/** The GPU once for each variant of a matrix product, the first time with everything; then the CPU with everything.
 *  @param short of the jobs, those for variants that take seconds to compile  @param wanted variants; all that suit the adapter if
 *  it is left out */
async function makeShifts(
  gpu: WebGpuSource,
  jobsFor: (kind: Backend["kind"]) => Job[],
  short: readonly Job[],
  wanted?: readonly string[],
): Promise<Shift[]> {
  const cpu: Shift = { backend: await openCpuBackend(), variant: "", jobs: jobsFor("cpu") };
  const adapter = await gpu?.requestAdapter();
  if (!gpu || !adapter) return [cpu];
  const jobs = jobsFor("webgpu");
  const variants = (await gemmVariantsOf(adapter)).filter((gemm) => !wanted || wanted.includes(gemm));
  const onGpu = variants.map(async (gemm, i): Promise<Shift> => {
    const own = (isSlowToCompile(gemm) ? short : jobs).filter(({ isGemm }) => i === 0 || isGemm);
    return { backend: await createWebGpuBackend({ gpu, gemm }), variant: gemm, jobs: own };
  });
  return [...(await Promise.all(onGpu)), cpu];
}

/** A case of an op. */
interface Case {
  readonly name: string;
  readonly sample: Sample;
  /** Into how many parts a product is split. */
  readonly parts?: number;
}

/** The conformance cases of every op that is wanted; for products one more, in parts that are added up. */
function opJobs(sizes: readonly number[], isWanted: (op: string) => boolean): Job[] {
  return (Object.keys(cases) as OpName[]).filter(isWanted).flatMap((op) => {
    const { hand, sized, tolerance = TOLERANCE } = cases[op];
    const isGemm = "withEpilogue" in ops[op];
    const whole: readonly Case[] = [
      ...hand.map((sample) => ({ sample, name: sample.name })),
      ...sizes.flatMap((n) => sized(n).map((sample) => ({ sample, name: `${sample.name}, size ${n}` }))),
    ];
    const split = isGemm
      ? whole.slice(-1).map(({ sample, name }) => ({ sample, name: `${name}, in parts`, parts: 2 }))
      : [];
    return [...whole, ...split].map(({ sample, name, parts }): Job => {
      const run: Job["run"] = async (backend) => {
        const trial = trialOf(sample, parts);
        const [first, second] = await runTrial(backend, trial, 2);
        const [reference] = await runTrial(createCpuBackend("float64"), trial, 1);
        return [{ op, name, verdict: judge(reference![0]!, [first![0]!, second![0]!], tolerance) }];
      };
      return { op, name, isGemm, count: 1, run };
    });
  });
}

function trialOf(sample: Sample, parts = 1): Trial {
  const { inputs, result } = plant(sample);
  const [target] = inputs;
  const updates = sample.replacesFirst && target ? [{ state: target, value: result }] : [];
  const feeds = new Map<Node, TensorData>(
    inputs.map((input, i) => [input, typed(input.dtype, sample.feeds[i]?.values ?? [])]),
  );
  const options = { fuse: true, ...(parts > 1 && { merging }), parts: () => parts };
  return { plan: compile({ outputs: [result], updates }, options), feeds, rows: [{}] };
}

/** The kernels of the presets' training steps, as the compiler fuses them; of each kind, those of the first preset that
 *  has it. */
function presetJobs(machine: Backend["kind"]): Job[] {
  const met = new Set<string>();
  return Object.values(presets).flatMap(({ title, description }): Job[] => {
    const trial = smallestTraining(
      description,
      blankDataset(description.dataset),
      machine === "webgpu" ? { merging } : {},
    );
    const found = trial.plan.launches.map((step) => kindOf(step)).filter((kind) => !met.has(kind));
    const kinds = new Set(found);
    for (const kind of found) met.add(kind);
    const run: Job["run"] = async (backend) => {
      const checks = await checkKernels(backend, trial, (step) => kinds.has(kindOf(step)));
      return checks.map(({ kernel, label, shapes, ...verdict }) => {
        return { op: kernel, name: `${title}${label === "" ? "" : `, ${label}`}: ${shapes}`, verdict };
      });
    };
    return kinds.size === 0 ? [] : [{ op: PRESETS, name: title, isGemm: true, count: found.length, run }];
  });
}
