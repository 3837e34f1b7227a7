/** Rehearsals: the training step of a model made small, in batch and in the width of its layers, so that the self-test can run
 *  it on the oracle. What stands for what in the model itself is computed in the same way. */
import { choiceOf, type GemmChoice, type TensorData } from "../backend/backend";
import type { ChooseParts, Plan } from "../compile/plan";
import { productIn } from "../compile/splitProducts";
import type { Dataset, Split } from "../data/dataset";
import { readConfig } from "../fields";
import type { ChooseGemm, GemmProduct } from "../graph/kernel";
import type { Node } from "../graph/node";
import { analyzeModel, layoutParameters } from "../model/analyze";
import type { Block, ModelDescription } from "../model/description";
import { layers } from "../nn/layers";
import { isStepScalar } from "../ops/leaf";
import { optimizers } from "../optim/optimizers";
import { permutation, STREAM, uniform } from "../random";
import { takeApart } from "../selftest/dissect";
import type { Trial } from "../selftest/trial";
import { sizeOf } from "../shape";
import { singleSteps } from "./products";
import { compileFor, modelState, type Target, trainingProgram } from "./programs";
import { startValues } from "./startValues";

/** A training step over two batches, or one where there are no more. */
export interface TrainingStep {
  /** Launches that can be tested whole are whole. */
  readonly plan: Plan;
  /** The rows of scalars of its first two steps. */
  readonly rows: Trial["rows"];
  /** What its dataset holds. */
  readonly data: () => ReadonlyMap<Node, TensorData>;
  /** All that it starts from. */
  readonly feeds: () => ReadonlyMap<Node, TensorData>;
}

/** A small step, and how its products are computed. */
export interface Rehearsal extends TrainingStep {
  readonly choose: ChooseGemm | undefined;
}

/** Samples in the smallest batch. */
const LEAST_BATCH = 4;
/** The oracle keeps several copies of all parameters in double precision. */
const MOST_PARAMETERS = 4 * 1024 * 1024;
/** What the oracle does in a second or two. */
const MOST_FLOPS = 2e9;
/** Forward, backward to the weights and backward to the input take about the same. */
const PASSES = 3;
/** The widths tried, from the widest that is small enough: compiling takes time as well. */
const MOST_WIDTHS = 6;
const LEAST_WIDTH = 16;

/** The training step of a model at its own size, or at another batch. @param parts as for {@link compileFor} */
export function trainingStep(
  description: ModelDescription,
  dataset: Dataset,
  target: Target,
  parts?: ChooseParts,
): TrainingStep {
  const report = analyzeModel(description);
  const { batchSize, seed, optimizer: chosen } = description.training;
  const count = Math.max(batchSize, Math.min(dataset.train.count, 2 * batchSize));
  const train: Split = { ...dataset.train, count };
  const model = modelState(description, report);
  const { computation, source } = trainingProgram(description, report, { ...dataset, train }, model, count);
  const plan = takeApart(compileFor(target, computation, parts), target.bindings);
  const optimizer = optimizers[chosen.type];
  const config = readConfig(optimizer.fields, chosen.config).config;
  const rows = [0, 1].map((step) => {
    const values = { ...optimizer.scalars(step + 1, Number(config["learningRate"]), config), step, seed };
    // One sample is missing, where there are several, so that masks have something to hide.
    const row: Record<string, number> = {
      ...values,
      offset: (step * batchSize) % count,
      count: Math.max(1, batchSize - 1),
    };
    // What a GPU is given, so that the oracle starts from the same.
    const floats = plan.scalars.filter((leaf) => isStepScalar(leaf) && leaf.dtype === "f32");
    for (const { attrs } of floats) row[String(attrs["name"])] = Math.fround(row[String(attrs["name"])] ?? 0);
    return row;
  });
  const data = (): ReadonlyMap<Node, TensorData> => {
    const split = sampleSplit(dataset, count);
    return new Map<Node, TensorData>([
      [source.inputs, split.inputs],
      [source.labels, split.labels],
      [source.order, permutation(count, seed, 0, STREAM.shuffle)],
    ]);
  };
  const { entries } = layoutParameters(report);
  return { plan, rows, data, feeds: () => new Map([...startValues(description.training, entries, model), ...data()]) };
}

/** The training step at the smallest batch, as a trial. */
export function smallestTraining(description: ModelDescription, dataset: Dataset, target: Target): Trial {
  const { plan, rows, feeds } = trainingStep(withBatch(description, firstBatch(description)), dataset, target);
  return { plan, rows, feeds: feeds() };
}

/** The rehearsals of a model that the oracle has room and time for, wide ones first and at each width small batches first, up
 *  to the model's own: merging depends on sizes, and the larger they are, the more launches are the model's.
 *  @param own the plan of the model itself */
export function* rehearsals(
  description: ModelDescription,
  dataset: Dataset,
  target: Target,
  own: Plan,
): Generator<Rehearsal> {
  const wanted = waysByRole(target, own);
  for (const { model, most } of affordableWidths(description)) {
    for (let batch = firstBatch(model); batch <= most; batch = batch < most ? Math.min(4 * batch, most) : Infinity) {
      yield likeOwn(withBatch(model, batch), dataset, target, wanted);
    }
  }
}

const firstBatch = ({ training }: ModelDescription): number => Math.min(LEAST_BATCH, training.batchSize);

const withBatch = (description: ModelDescription, batchSize: number): ModelDescription => ({
  ...description,
  training: { ...description.training, batchSize },
});

/** A model that the oracle can run, and at which batch at most. */
interface Affordable {
  readonly model: ModelDescription;
  readonly most: number;
}

/** The model and narrower ones, as far as they are affordable. */
function affordableWidths(description: ModelDescription): Affordable[] {
  const found: Affordable[] = [];
  let model = description;
  let widest = Math.max(...description.layers.map(widthOf));
  while (found.length < MOST_WIDTHS) {
    const { parameterCount, flops, problems } = analyzeModel(model);
    const isValid = problems.every(({ severity }) => severity !== "error");
    const most = Math.min(Math.floor(MOST_FLOPS / (PASSES * flops)), model.training.batchSize);
    if (isValid && parameterCount <= MOST_PARAMETERS && most >= firstBatch(model)) found.push({ model, most });
    if (widest <= LEAST_WIDTH) break;
    widest = 2 ** (Math.ceil(Math.log2(widest)) - 1);
    model = narrowed(description, widest);
  }
  return found;
}

/** How wide a layer is; 0 where it does not say. */
function widthOf({ type, config }: Block): number {
  const { width, fields } = layers[type];
  return width ? Number(readConfig(fields, config).config[width]) : 0;
}

/** Whether a layer names the shape it gives, so that those before it are as wide as that takes. */
const namesShape = ({ type }: Block): boolean =>
  Object.values(layers[type].fields).some(({ kind }) => kind === "shape");

/** Memory is read otherwise where sizes are no multiples of 4, or 64. */
const ALIGNMENT = 64;

/** The same model with no layer wider than so much, a power of two, but for those before a layer that names its shape.
 *  Remainders stay what they were, since shaders depend on them. */
function narrowed(description: ModelDescription, widest: number): ModelDescription {
  const step = Math.min(ALIGNMENT, widest);
  const narrowedBlock = (block: Block, i: number, blocks: readonly Block[]): Block => {
    const { width } = layers[block.type];
    const next = blocks.slice(i + 1).find((after) => namesShape(after) || widthOf(after) > 0);
    if (!width || widthOf(block) <= widest || (next && namesShape(next))) return block;
    return { ...block, config: { ...block.config, [width]: widest - step + ((widthOf(block) - 1) % step) + 1 } };
  };
  return { ...description, layers: description.layers.map(narrowedBlock) };
}

/** What a product is for: the same in a model of other sizes. */
type Role = string;

/** The products of a plan by their role: which of a layer's of one kind they are. */
function productsByRole(plan: Plan): ReadonlyMap<Role, GemmProduct> {
  const found = new Map<Role, GemmProduct>();
  for (const step of plan.steps.flatMap(singleSteps)) {
    const product = productIn(step);
    if (!product) continue;
    const kind = `${step.label} ${step.kernel.name.replace("Parts", "")}`;
    let which = 0;
    while (found.has(`${kind} ${which}`)) which++;
    found.set(`${kind} ${which}`, product);
  }
  return found;
}

function waysByRole({ gemm }: Target, plan: Plan): ReadonlyMap<Role, GemmChoice> {
  if (!gemm) return new Map();
  const choose = choiceOf(gemm);
  const choices = [...productsByRole(plan)].map(
    ([role, product]) => [role, { variant: choose(product), parts: product.parts }] as const,
  );
  return new Map(choices);
}

/** The step of a small model with its products computed, and split, as those of the same role are in the model itself. */
function likeOwn(
  description: ModelDescription,
  dataset: Dataset,
  target: Target,
  wanted: ReadonlyMap<Role, GemmChoice>,
): Rehearsal {
  const { gemm } = target;
  const choices = new Map<string, GemmChoice>();
  for (const [role, { key }] of productsByRole(trainingStep(description, dataset, target).plan)) {
    const choice = wanted.get(role);
    // Of two that are one product here, the first decides.
    if (choice && !choices.has(key)) choices.set(key, choice);
  }
  const usual = gemm && choiceOf(gemm);
  return {
    ...trainingStep(description, dataset, target, (key) => choices.get(key)?.parts),
    choose: usual && ((product) => choices.get(product.key)?.variant ?? usual(product)),
  };
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
