/** The self-test: before an adapter is trained on, every launch that trains, scores or asks the model runs twice against the
 *  oracle, in a small version of the model that has the same launches, products computed as in the model itself. Launches that no small version
 *  has run alone, at their own size. What passed is remembered for the adapter, so that later visits skip it; what failed is
 *  not, since drivers are mended. What to do about a failure is `engines.ts`'s business. */
import { type Backend, choiceOf } from "../backend/backend";
import { createCpuBackend } from "../backend/cpu/cpuBackend";
import { explainPlan } from "../compile/explain";
import type { Plan, Step } from "../compile/plan";
import type { Dataset } from "../data/dataset";
import { DeviceLostError } from "../errors";
import type { ChooseGemm } from "../graph/kernel";
import type { ModelDescription } from "../model/description";
import { formatError, type Verdict } from "../selftest/compare";
import { dissect, drawInputs, judgeParts, kindOf, type Meet, type Part, takeApart } from "../selftest/dissect";
import { runTrial, type Trial } from "../selftest/trial";
import { sizeOf } from "../shape";
import type { DeviceStore } from "./deviceStore";
import type { Target } from "./programs";
import { type Rehearsal, rehearsals, withBatch } from "./rehearsal";
import { batchesOf, type Task, tasks, type Workload, workload } from "./workload";
import { nextTask } from "./yielding";

/** A kernel and what came of its test. */
export interface KernelCheck extends Verdict, Pick<Part, "kernel" | "label" | "shapes"> {}

/** How a self-test is watched and stopped. */
export interface SelfTestOptions {
  /** Called before the first test, if there is one. */
  readonly onStart?: () => void;
  readonly signal?: AbortSignal;
}

/** What a launch that is tested at its own size may cost the oracle: ten seconds or so, and a gigabyte. */
const MOST_FLOPS = 2e10;
const MOST_NUMBERS = 2 ** 27;

/** Tests the kernels of a model that this adapter has not passed yet, products computed as the backend prefers: those of its
 *  training step, and those that score and ask it.
 *  @returns a sentence for the visitor about the first that failed, or undefined when all passed
 *  @throws DeviceLostError when the device goes away meanwhile  @throws the signal's reason */
export async function findFault(
  backend: Backend,
  description: ModelDescription,
  dataset: Dataset,
  store: DeviceStore,
  { onStart, signal }: SelfTestOptions = {},
): Promise<string | undefined> {
  // What there is no room for is refused by whoever is to train it, with what to shrink.
  if (backend.shortage(workload("training", description, dataset, backend).plan)) return undefined;
  const key = `self-test ${backend.adapter}`;
  const kept = await store.get(key);
  const passed = new Set(Array.isArray(kept) ? kept.map(String) : []);
  const before = passed.size;
  const jobs = tasks.flatMap((task) => batchesOf(task, description, dataset).map((batch) => ({ task, batch })));
  for (const { task, batch } of jobs) {
    const model = withRoom(backend, task, withBatch(description, batch), dataset);
    const own = workload(task, model, dataset, backend);
    const kinds = kindsOf(own.plan, backend.gemm && choiceOf(backend.gemm));
    const unknown = new Set([...kinds].filter((kind) => !passed.has(kind)));
    if (unknown.size === 0) continue;
    if (passed.size === before) onStart?.();
    const candidates = (): Iterable<Rehearsal> => rehearsals(task, model, dataset, backend, own.plan);
    const fault = await findFaultIn(backend, own, planTests(backend, own.plan, unknown, candidates), signal);
    if (fault !== undefined) return fault;
    for (const kind of unknown) passed.add(kind);
  }
  if (passed.size > before) await store.set(key, [...passed]);
  return undefined;
}

/** The model at its batch, or half as much until there is room for it. */
function withRoom(backend: Backend, task: Task, model: ModelDescription, dataset: Dataset): ModelDescription {
  const { batchSize } = model.training;
  const fits = batchSize === 1 || !backend.shortage(workload(task, model, dataset, backend).plan);
  return fits ? model : withRoom(backend, task, withBatch(model, Math.ceil(batchSize / 2)), dataset);
}

async function findFaultIn(
  backend: Backend,
  own: Workload,
  tests: TestPlan,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  try {
    for await (const checks of runTests(backend, tests, own)) {
      const failed = checks.find(({ ok }) => !ok);
      if (failed) return `This GPU computes ${describeFault(failed)}.`;
      await nextTask();
      signal?.throwIfAborted();
    }
  } catch (error) {
    if (error instanceof DeviceLostError || signal?.aborted) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    return `This GPU cannot run the kernels of this model (${reason}).`;
  }
  return undefined;
}

/** The kinds of launches of a plan. @param choose as for {@link kindOf} */
export function kindsOf({ steps }: Plan, choose?: ChooseGemm): Set<string> {
  return new Set(steps.map((step) => kindOf(step, choose)));
}

/** How the kernels of a workload are tested. */
export interface TestPlan {
  readonly rehearsed: readonly Rehearsed[];
  /** Steps of the model's own plan that are in no rehearsal, one of each kind. */
  readonly alone: readonly Step[];
}

/** Plans tests for the launches of a model's own plan. What is in no rehearsal and too much to run alone is tested as the steps
 *  it is made of. Runs nothing.
 *  @param wanted the kinds of launches to test  @param candidates of which the rehearsals are chosen */
export function planTests(
  { gemm }: Target,
  own: Plan,
  wanted: ReadonlySet<string>,
  candidates: () => Iterable<Rehearsal>,
): TestPlan {
  const rehearsed = rehearse(candidates(), wanted);
  const choose = gemm && choiceOf(gemm);
  const met = new Set(rehearsed.flatMap(({ kinds }) => [...kinds]));
  const costs = explainPlan(own).steps;
  const left = new Map<string, Step>();
  // Of each kind, the step that costs least.
  for (const { index } of costs.toSorted((a, b) => b.flops - a.flops)) {
    const kind = kindOf(own.steps[index]!, choose);
    if (wanted.has(kind) && !met.has(kind)) left.set(kind, own.steps[index]!);
  }
  const isLight = (step: Step): boolean => {
    const { flops, inputs, outputs } = costs[own.steps.indexOf(step)]!;
    const numbers = [...inputs, ...outputs].reduce((total, { shape }) => total + sizeOf(shape), 0);
    return flops <= MOST_FLOPS && numbers <= MOST_NUMBERS;
  };
  const heavy = [...left.values()].filter((step) => !isLight(step));
  if (heavy.length > 0) {
    const members = kindsOf(takeApart({ ...own, steps: heavy }, 0), choose);
    rehearsed.push(...rehearse(apart(candidates()), members));
  }
  return { rehearsed, alone: [...left.values()].filter(isLight) };
}

/** Rehearsals without launches of several. */
function* apart(candidates: Iterable<Rehearsal>): Generator<Rehearsal> {
  for (const rehearsal of candidates) yield { ...rehearsal, plan: takeApart(rehearsal.plan, 0) };
}

/** Runs a model's tests one after the other. */
async function* runTests(
  backend: Backend,
  { rehearsed, alone }: TestPlan,
  own: Workload,
): AsyncGenerator<KernelCheck[]> {
  const { gemm } = backend;
  for (const { rehearsal, kinds } of rehearsed) {
    const { plan, rows, feeds, choose } = rehearsal;
    const tested: Backend =
      gemm && choose
        ? { ...backend, prepare: async (small, leaves) => await gemm.prepareWith(choose, small, leaves) }
        : backend;
    const isWanted = (step: Step): boolean => kinds.has(kindOf(step, choose));
    yield await checkKernels(tested, { plan, rows, feeds: feeds() }, isWanted);
  }
  const trial: Trial = { plan: own.plan, rows: own.rows, feeds: alone.length > 0 ? own.data() : new Map() };
  for (const step of alone) {
    yield await checkKernels(backend, trial, (other) => other === step, drawInputs);
  }
}

/** A rehearsal, and the kinds of launches that are tested in it. */
interface Rehearsed {
  readonly rehearsal: Rehearsal;
  readonly kinds: ReadonlySet<string>;
}

/** The first rehearsal that has all kinds; where none has, those that together have as many as there are in any. */
function rehearse(candidates: Iterable<Rehearsal>, wanted: ReadonlySet<string>): Rehearsed[] {
  const left = new Set(wanted);
  const met: Rehearsed[] = [];
  for (const rehearsal of candidates) {
    const kinds = new Set([...kindsOf(rehearsal.plan, rehearsal.choose)].filter((kind) => wanted.has(kind)));
    if (kinds.size === wanted.size) return [{ rehearsal, kinds }];
    met.push({ rehearsal, kinds });
  }
  const chosen: Rehearsed[] = [];
  for (;;) {
    const rest = met.map(({ rehearsal, kinds }) => ({
      rehearsal,
      kinds: new Set([...kinds].filter((kind) => left.has(kind))),
    }));
    const [most] = rest.toSorted((a, b) => b.kinds.size - a.kinds.size);
    if (!most || most.kinds.size === 0) return chosen;
    chosen.push(most);
    for (const kind of most.kinds) left.delete(kind);
  }
}

function describeFault({ kernel, label, worst, allowed, deterministic }: KernelCheck): string {
  const what = label === "" ? kernel : `${kernel} (${label})`;
  const numbers = `error ${formatError(worst)}, expected below ${formatError(allowed)}`;
  return worst <= allowed && !deterministic ? `${what} differently each time` : `${what} wrongly (${numbers})`;
}

/** Runs kernels of a plan each by itself, twice, against the oracle.
 *  @param isWanted which of them; all when left out  @param meet what they read; what they would in training when left out */
export async function checkKernels(
  backend: Backend,
  trial: Trial,
  isWanted: (step: Step) => boolean = () => true,
  meet?: Meet,
): Promise<KernelCheck[]> {
  const dissection = await dissect(trial, isWanted, backend.bindings, meet);
  const [first, second] = await runTrial(backend, dissection.trial, 2);
  const [oracle] = await runTrial(createCpuBackend("float64"), dissection.trial, 1);
  const verdicts = judgeParts(dissection, oracle ?? [], [first ?? [], second ?? []]);
  return dissection.parts.map(({ kernel, label, shapes }, i) => ({ kernel, label, shapes, ...verdicts[i]! }));
}
