/** The self-test: before an adapter is trained on, every launch that trains, scores or asks the model runs twice against the
 *  reference: in a small version of the model that has the same launches, products computed as in the model itself; where none
 *  has, alone at its own size, or as the steps it is made of. What passed is remembered for the adapter, so that later visits
 *  skip it; what failed is not, since drivers are mended. What to do about a failure is `engines.ts`'s business.
 *
 *  A shadow step was tried instead: one real step, one scored batch and one question, run on the CPU backend too and compared in losses,
 *  first moments and answers. It took 131 lines, for some 500 here. Of 29 faults put into the launches of a small convnet it found
 *  20, and this test 27; both took two to ten seconds. A comparison of ends has to allow for the rounding of all that lies between,
 *  so it misses an error of 1e-5, does not say where a fault is, and sees no moments that are zero. */
import { type Backend, choiceOf, type TensorData } from "../backend/backend";
import { createCpuBackend } from "../backend/cpu/cpuBackend";
import type { Launch } from "../compile/plan";
import type { Dataset } from "../data/dataset";
import { BackendError, DeviceLostError } from "../errors";
import type { ModelDescription } from "../model/description";
import type { Verdict } from "./compare";
import { isolateKernels, drawInputs, judgeParts, kindOf, type Meet, nudge, type Part } from "./isolate";
import { runTrial, type Trial } from "./trial";
import type { DeviceStore } from "../device/deviceStore";
import { scaledCopies, withBatch } from "./scaledCopy";
import { kindsOf, planTests, type TestPlan } from "./testPlan";
import { type Job, jobsOf, type Workload, workload } from "./workload";
import { nextTask } from "../train/yielding";
import { type EngineKey, type Said, say } from "../words/said";

/** A kernel and what came of its test. */
export interface KernelCheck extends Verdict, Pick<Part, "kernel" | "label" | "shapes"> {}

/** How a self-test is watched and stopped. */
export interface SelfTestOptions {
  /** Called before the first test, if there is one. */
  readonly onStart?: () => void;
  readonly signal?: AbortSignal;
}

/** Tests the kernels of a model that this adapter has not passed yet, products computed as the backend prefers: those of its
 *  training step, and those that score and ask it.
 *  @returns what to tell the visitor of the first that failed, or undefined when all passed
 *  @throws DeviceLostError when the device goes away meanwhile  @throws the signal's reason */
export async function findFault(
  backend: Backend,
  description: ModelDescription,
  dataset: Dataset,
  store: DeviceStore,
  { onStart, signal }: SelfTestOptions = {},
): Promise<Said<EngineKey> | undefined> {
  const key = `self-test ${backend.adapter}`;
  const kept = await store.get(key);
  const passed = new Set(Array.isArray(kept) ? kept.map(String) : []);
  let isTesting = false;
  for (const job of jobsOf(description, dataset)) {
    const found = firstWithRoom(backend, job, description, dataset);
    // A model that does not fit into memory is refused when it is prepared, with advice what to shrink.
    if (!found) return undefined;
    const { model, own } = found;
    const kinds = kindsOf(own.plan, backend.gemm && choiceOf(backend.gemm));
    const unknown = new Set([...kinds].filter((kind) => !passed.has(kind)));
    if (unknown.size === 0) continue;
    if (!isTesting) onStart?.();
    isTesting = true;
    const before = passed.size;
    const candidates = scaledCopies(job.task, model, dataset, backend, own.plan);
    const fault = await findFaultIn(backend, own, planTests(backend, own.plan, unknown, candidates), passed, signal);
    if (fault !== undefined) return fault;
    if (passed.size > before) await store.set(key, [...passed]);
  }
  return undefined;
}

/** What a model does, at the first batch that there is room for. */
function firstWithRoom(
  backend: Backend,
  { task, batches }: Job,
  description: ModelDescription,
  dataset: Dataset,
): { readonly model: ModelDescription; readonly own: Workload } | undefined {
  for (const batch of batches) {
    const model = withBatch(description, batch);
    const own = workload(task, model, dataset, backend);
    if (!backend.shortage(own.plan)) return { model, own };
  }
  return undefined;
}

/** Runs tests one after the other, until one fails. @param passed gets the kinds that pass */
async function findFaultIn(
  backend: Backend,
  own: Workload,
  { copies, alone, apart }: TestPlan,
  passed: Set<string>,
  signal: AbortSignal | undefined,
): Promise<Said<EngineKey> | undefined> {
  const { gemm } = backend;
  const inCopies = copies.map(({ copy: { plan, rows, feeds, choose }, kinds }) => ({
    kinds,
    run: async (): Promise<KernelCheck[]> => {
      const prepare: Backend["prepare"] = async (small, leaves) =>
        gemm && choose ? await gemm.prepareWith(choose, small, leaves) : await backend.prepare(small, leaves);
      const isWanted = (step: Launch): boolean => kinds.has(kindOf(step, choose));
      return await checkKernels({ ...backend, prepare }, { plan, rows, feeds: feeds() }, isWanted);
    },
  }));
  const byThemselves = [...alone].map(([kind, step]) => ({
    kinds: new Set([kind]),
    run: (): Promise<KernelCheck[]> => {
      const trial: Trial = { plan: own.plan, rows: own.rows, feeds: own.data() };
      return checkKernels(backend, trial, (other) => other === step, drawInputs);
    },
  }));
  for (const { kinds, run } of [...inCopies, ...byThemselves]) {
    await nextTask();
    signal?.throwIfAborted();
    try {
      const failed = (await run()).find(({ ok }) => !ok);
      if (failed) return faultOf(failed);
      for (const kind of kinds) passed.add(kind);
    } catch (error) {
      if (error instanceof DeviceLostError) throw error;
      // That there is no room for a test, here or on the GPU, says nothing of the kernel.
      if (error instanceof BackendError || error instanceof RangeError) continue;
      const reason = error instanceof Error ? error.message : String(error);
      return say("fault.broken", { reason });
    }
  }
  for (const [kind, members] of apart) if ([...members].every((member) => passed.has(member))) passed.add(kind);
  return undefined;
}

function faultOf({ kernel, label, worst, allowed, deterministic }: KernelCheck): Said<EngineKey> {
  const what = label === "" ? kernel : `${kernel} (${label})`;
  if (worst <= allowed && !deterministic) return say("fault.unsteady", { kernel: what });
  return say("fault.wrong", { kernel: what, error: worst, allowed });
}

/** Runs kernels of a plan each by itself, twice, against the reference.
 *  @param isWanted which of them; all when left out  @param meet what they read; what they would in training when left out */
export async function checkKernels(
  backend: Backend,
  trial: Trial,
  isWanted: (step: Launch) => boolean = () => true,
  meet?: Meet,
): Promise<KernelCheck[]> {
  const isolated = await isolateKernels(trial, isWanted, backend.bindings, meet);
  const [first, second] = await runTrial(backend, isolated.trial, 2);
  const ask = async (of: Trial, precision: "float32" | "float64"): Promise<readonly TensorData[]> =>
    (await runTrial(createCpuBackend(precision), of, 1))[0] ?? [];
  const reference = await ask(isolated.trial, "float64");
  const runs = [first ?? [], second ?? []] as const;
  let verdicts = judgeParts(isolated, reference, runs);
  // Asked only where something looks wrong, which may be rounding that its kernel makes much of. In single precision, since
  // some sums cancel whatever they are given, such as a bias's gradient before a normalization: only rounding leaves any of them.
  if (!verdicts.every(({ ok }) => ok)) {
    verdicts = judgeParts(isolated, reference, runs, await ask(nudge(isolated), "float32"));
  }
  return isolated.parts.map(({ kernel, label, shapes }, i) => ({ kernel, label, shapes, ...verdicts[i]! }));
}
