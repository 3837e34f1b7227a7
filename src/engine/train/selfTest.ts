/** The self-test: before an adapter is trained on, every launch of the training step runs twice against the oracle, at the
 *  smallest batch at which the compiler makes the same launches, products computed as at the model's own batch. What passed is
 *  remembered for the adapter, so that later visits skip it; what failed is not, since drivers are mended. What to do about a
 *  failure is `engines.ts`'s business. */
import { type Backend, choiceOf, type GemmChoice, type TensorData } from "../backend/backend";
import { createCpuBackend } from "../backend/cpu/cpuBackend";
import type { ChooseParts, Plan, Step } from "../compile/plan";
import type { Dataset, Split } from "../data/dataset";
import { DeviceLostError } from "../errors";
import { readConfig } from "../fields";
import type { ChooseGemm } from "../graph/kernel";
import type { Node } from "../graph/node";
import { analyzeModel, layoutParameters } from "../model/analyze";
import type { ModelDescription } from "../model/description";
import { isStepScalar } from "../ops/leaf";
import { optimizers } from "../optim/optimizers";
import { permutation, STREAM, uniform } from "../random";
import { formatError, type Verdict } from "../selftest/compare";
import { dissect, judgeParts, kindOf, type Part, takeApart } from "../selftest/dissect";
import { runTrial, type Trial } from "../selftest/trial";
import { sizeOf } from "../shape";
import type { DeviceStore } from "./deviceStore";
import { productsOf } from "./products";
import { compileFor, modelState, type Target, trainingProgram } from "./programs";
import { startValues } from "./startValues";

/** A kernel and what came of its test. */
export interface KernelCheck extends Verdict, Pick<Part, "kernel" | "label" | "shapes"> {}

/** Samples in the smallest batch of a test. */
const LEAST_BATCH = 4;
/** The oracle keeps several copies of all parameters in double precision; models beyond this are taken on trust. */
const MOST_PARAMETERS = 4 * 1024 * 1024;

/** Tests the kernels of a model that this adapter has not passed yet, products computed as the backend prefers.
 *  @param onStart called before the first test, if there is one
 *  @returns a sentence for the visitor about the first that failed, or undefined when all passed
 *  @throws DeviceLostError when the device goes away meanwhile */
export async function findFault(
  backend: Backend,
  description: ModelDescription,
  dataset: Dataset,
  store: DeviceStore,
  onStart: () => void = () => {},
): Promise<string | undefined> {
  const key = `self-test ${backend.adapter}`;
  const kept = await store.get(key);
  const passed = new Set(Array.isArray(kept) ? kept.map(String) : []);
  if (layoutParameters(analyzeModel(description)).size > MOST_PARAMETERS) return undefined;
  const { gemm } = backend;
  const { plan: whole } = stepAt(ownBatch(description), description, dataset, backend);
  // What there is no room for is refused by whoever is to train it, with what to shrink.
  if (backend.shortage(whole)) return undefined;
  const choices = choicesFor(backend, whole);
  const choose: ChooseGemm | undefined =
    gemm && ((product) => atAnyBatch(choices, product.key)?.variant ?? choiceOf(gemm)(product));
  const kindsOf = ({ steps }: Plan): ReadonlySet<string> => new Set(steps.map((step) => kindOf(step, choose)));
  const unknown = new Set([...kindsOf(whole)].filter((kind) => !passed.has(kind)));
  if (unknown.size === 0) return undefined;
  onStart();
  const tested: Backend =
    gemm && choose
      ? { ...backend, prepare: async (plan, leaves) => await gemm.prepareWith(choose, plan, leaves) }
      : backend;
  const trial = smallTraining(description, dataset, backend, {
    parts: (product) => atAnyBatch(choices, product)?.parts,
    covers: (small) => {
      const kinds = kindsOf(small);
      return [...unknown].every((kind) => kinds.has(kind));
    },
  });
  const checks = await checkKernels(tested, trial, (step) => unknown.has(kindOf(step, choose))).catch(
    (error: unknown) => {
      if (error instanceof DeviceLostError) throw error;
      return error instanceof Error ? error.message : String(error);
    },
  );
  if (typeof checks === "string") return `This GPU cannot run the kernels of this model (${checks}).`;
  const failed = checks.find(({ ok }) => !ok);
  if (failed) return `This GPU computes ${describeFault(failed)}.`;
  await store.set(key, [...passed, ...unknown]);
  return undefined;
}

/** How a backend computes the products of a plan, by their keys; empty where there is no choice. */
function choicesFor({ gemm }: Target, plan: Plan): ReadonlyMap<string, GemmChoice> {
  if (!gemm) return new Map();
  const choose = choiceOf(gemm);
  const products = productsOf(plan).map(({ product }) => product);
  return new Map(products.map((product) => [product.key, { variant: choose(product), parts: product.parts }]));
}

/** How the product of a key is computed, or the same one at another batch. */
function atAnyBatch(choices: ReadonlyMap<string, GemmChoice>, key: string): GemmChoice | undefined {
  return choices.get(key) ?? [...choices].find(([other]) => isAtAnotherBatch(key, other))?.[1];
}

/** Whether two keys are of products that read alike and differ in one size at most. */
function isAtAnotherBatch(key: string, other: string): boolean {
  const [sizes = "", reading] = key.split(" ");
  const [otherSizes = "", otherReading] = other.split(" ");
  const others = otherSizes.split("x");
  return reading === otherReading && sizes.split("x").filter((size, i) => size !== others[i]).length <= 1;
}

function describeFault({ kernel, label, worst, allowed, deterministic }: KernelCheck): string {
  const what = label === "" ? kernel : `${kernel} (${label})`;
  const numbers = `error ${formatError(worst)}, expected below ${formatError(allowed)}`;
  return worst <= allowed && !deterministic ? `${what} differently each time` : `${what} wrongly (${numbers})`;
}

/** Runs kernels of a plan each by itself, twice, against the oracle. @param isWanted which of them; all when left out */
export async function checkKernels(
  backend: Backend,
  trial: Trial,
  isWanted: (step: Step) => boolean = () => true,
): Promise<KernelCheck[]> {
  const dissection = await dissect(trial, isWanted, backend.bindings);
  const [first, second] = await runTrial(backend, dissection.trial, 2);
  const [oracle] = await runTrial(createCpuBackend("float64"), dissection.trial, 1);
  const verdicts = judgeParts(dissection, oracle ?? [], [first ?? [], second ?? []]);
  return dissection.parts.map(({ kernel, label, shapes }, i) => ({ kernel, label, shapes, ...verdicts[i]! }));
}

/** The training step of a model at a small batch, with seeded data: its second step, so that no optimizer state is at rest.
 *  @param parts as for {@link compileFor}
 *  @param covers whether a plan is good enough; of those that are, the one of the smallest batch is taken, or that of the
 *  model's own batch when none is */
export function smallTraining(
  description: ModelDescription,
  dataset: Dataset,
  target: Target,
  { parts, covers = () => true }: { parts?: ChooseParts; covers?: (plan: Plan) => boolean } = {},
): Trial {
  const own = ownBatch(description);
  let batch = Math.min(LEAST_BATCH, own);
  let small = stepAt(batch, description, dataset, target, parts);
  while (batch < own && !covers(small.plan)) {
    batch = Math.min(2 * batch, own);
    small = stepAt(batch, description, dataset, target, parts);
  }
  const { plan, source, entries, model, samples } = small;
  const split = sampleSplit(dataset, samples);
  const { seed, optimizer: chosen } = description.training;
  const optimizer = optimizers[chosen.type];
  const config = readConfig(optimizer.fields, chosen.config).config;
  const feeds = new Map<Node, TensorData>([
    ...startValues(description.training, entries, model),
    [source.inputs, split.inputs],
    [source.labels, split.labels],
    [source.order, permutation(split.count, seed, 0, STREAM.shuffle)],
  ]);
  const rows = [0, 1].map((step) => {
    const values = { ...optimizer.scalars(step + 1, Number(config["learningRate"]), config), step, seed };
    const row: Record<string, number> = { ...values, offset: (step * batch) % samples, count: batch - 1 };
    // What a GPU is given, so that the oracle starts from the same.
    const floats = plan.scalars.filter((leaf) => isStepScalar(leaf) && leaf.dtype === "f32");
    for (const { attrs } of floats) row[String(attrs["name"])] = Math.fround(row[String(attrs["name"])] ?? 0);
    return row;
  });
  return { plan, feeds, rows };
}

/** The batch that a model trains with; of fewer than the least, none could be padding. */
const ownBatch = ({ training }: ModelDescription): number => Math.max(LEAST_BATCH, training.batchSize);

/** A training step over two batches, or one where there are no more. @param parts as for {@link compileFor} */
function stepAt(
  batchSize: number,
  description: ModelDescription,
  dataset: Dataset,
  target: Target,
  parts?: ChooseParts,
) {
  const report = analyzeModel(description);
  const train: Split = { ...dataset.train, count: Math.max(batchSize, Math.min(dataset.train.count, 2 * batchSize)) };
  const resized: ModelDescription = { ...description, training: { ...description.training, batchSize } };
  const model = modelState(resized, report);
  const { computation, source } = trainingProgram(resized, report, { ...dataset, train }, model, train.count);
  const plan = takeApart(compileFor(target, computation, parts), target.bindings);
  return { plan, source, model, samples: train.count, entries: layoutParameters(report).entries };
}

/** Samples of noise, stored as the dataset's are. */
function sampleSplit({ train, inputShape, classNames }: Dataset, count: number): Split {
  const draw = (stream: number, end: number) => (_: unknown, i: number) => uniform(0, 0, stream, i) * end;
  const length = count * sizeOf(inputShape);
  const inputs =
    train.inputs instanceof Uint8Array
      ? Uint8Array.from({ length }, draw(1, 256))
      : Float32Array.from({ length }, draw(1, 1));
  return { count, inputs, labels: Uint8Array.from({ length: count }, draw(2, classNames.length)) };
}
