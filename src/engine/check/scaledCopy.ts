/** Scaled copies: what a model does made small, in batch and in the width of its layers, so that the self-test can run it on the
 *  reference. What stands for a product of the model itself is computed in the same variant. */
import { choiceOf, type GemmChoice } from "../backend/backend";
import type { Plan } from "../compile/plan";
import { gemmIn } from "../compile/splitK";
import type { Dataset } from "../data/dataset";
import { readConfig } from "../fields";
import type { ChooseGemm, Gemm } from "../graph/kernel";
import { analyzeModel } from "../model/analyze";
import { allBlocks, type Block, isContainer, mapStacks } from "../model/blocks";
import type { ModelDescription } from "../model/description";
import { layers } from "../nn/layers";
import { layerFor } from "../nn/layers/roles";
import type { Trial } from "./trial";
import type { Shape } from "../shape";
import { singleSteps } from "./gemms";
import type { Target } from "../train/programs";
import { type Task, type Workload, workload } from "./workload";

/** A small workload, and how its products are computed. */
export interface ScaledCopy extends Workload {
  readonly choose: ChooseGemm | undefined;
}

/** Samples in the smallest batch. */
const MIN_BATCH = 4;
/** The reference keeps several copies of all parameters in double precision. */
const MAX_PARAMETERS = 4 * 1024 * 1024;
/** What the reference does in a second or two; it runs a scaled copy for three steps, all in all. */
const MAX_FLOPS = 2e9;
/** In the arenas, which the reference has in double precision. */
const MAX_NUMBERS = 2 ** 26;
/** Forward, backward to the weights and backward to the input take about the same. */
const PASSES = 3;
/** The widths tried, from the widest that is small enough: compiling takes time as well. */
const MAX_WIDTHS = 6;
const MIN_WIDTH = 16;

/** A step of training at the smallest batch, as a trial. */
export function smallestTraining(description: ModelDescription, dataset: Dataset, target: Target): Trial {
  const small = withBatch(description, firstBatch(description));
  const { plan, rows, feeds } = workload("training", small, dataset, target);
  return { plan, rows, feeds: feeds() };
}

/** The scaled copies of a model's workload that the reference has room and time for, wide ones first and at each width small batches
 *  first, up to that of the description: merging depends on sizes, and the larger they are, the more launches are the model's.
 *  @param own the plan at that batch */
export function* scaledCopies(
  task: Task,
  description: ModelDescription,
  dataset: Dataset,
  target: Target,
  own: Plan,
): Generator<ScaledCopy> {
  const wanted = waysByRole(target, own);
  for (const { model, most } of affordableWidths(description, dataset)) {
    for (let batch = firstBatch(model); batch <= most; batch = batch < most ? Math.min(4 * batch, most) : Infinity) {
      const copy = likeOwn(task, withBatch(model, batch), dataset, target, wanted);
      if (copy.plan.arenas.reduce((total, length) => total + length, 0) > MAX_NUMBERS) break;
      yield copy;
    }
  }
}

const firstBatch = ({ training }: ModelDescription): number => Math.min(MIN_BATCH, training.batchSize);

/** The model with so many samples a batch. */
export const withBatch = (description: ModelDescription, batchSize: number): ModelDescription => ({
  ...description,
  training: { ...description.training, batchSize },
});

/** A model that the reference can run, and at which batch at most. */
interface Affordable {
  readonly model: ModelDescription;
  readonly most: number;
}

/** The model and narrower ones, as far as they are affordable. */
function affordableWidths(description: ModelDescription, dataset: Dataset): Affordable[] {
  const found: Affordable[] = [];
  let model = description;
  let widest = Math.max(...[...allBlocks(description)].map(({ block }) => widthOf(block)));
  while (found.length < MAX_WIDTHS) {
    const { parameterCount, flops, problems } = analyzeModel(model, dataset);
    const isValid = problems.every(({ severity }) => severity !== "error");
    const most = Math.min(Math.floor(MAX_FLOPS / (PASSES * flops)), model.training.batchSize);
    if (isValid && parameterCount <= MAX_PARAMETERS && most >= firstBatch(model)) found.push({ model, most });
    if (widest <= MIN_WIDTH) break;
    widest = 2 ** (Math.ceil(Math.log2(widest)) - 1);
    model = narrowed(description, widest);
  }
  return found;
}

/** How wide a layer is; 0 where it does not say. */
function widthOf(block: Block): number {
  if (isContainer(block)) return 0;
  const { type, config } = block;
  const { width, fields } = layers[type];
  return width ? Number(readConfig(fields, config).config[width]) : 0;
}

/** The shape that a layer gives what comes before it, which must be as wide as that takes. */
function namedShape(block: Block): Shape | undefined {
  if (isContainer(block)) return undefined;
  const { type, config } = block;
  const { fields } = layers[type];
  const key = Object.keys(fields).find((name) => fields[name]?.kind === "shape");
  const shape: unknown = key && readConfig(fields, config).config[key];
  return Array.isArray(shape) ? shape.map(Number) : undefined;
}

/** Memory is read otherwise where sizes are no multiples of 4, or 64. */
const ALIGNMENT = 64;

/** The same model with no layer wider than so much, a power of two, but for those before a layer that makes images of a shape
 *  that it names. What sizes leave when divided by 64, or by the width itself, stays, since shaders depend on it. */
function narrowed(description: ModelDescription, widest: number): ModelDescription {
  const step = Math.min(ALIGNMENT, widest);
  const namesImage = (block: Block): boolean => (namedShape(block)?.length ?? 0) > 1;
  const narrowedBlock = (block: Block, i: number, blocks: readonly Block[]): Block => {
    // One that only says how wide the layer before it is.
    if (isContainer(block)) return block;
    if (namedShape(block)?.length === 1) return { ...block, type: layerFor.rows, config: {} };
    const { width } = layers[block.type];
    const next = blocks.slice(i + 1).find((after) => namesImage(after) || widthOf(after) > 0);
    if (!width || widthOf(block) <= widest || (next && namesImage(next))) return block;
    return { ...block, config: { ...block.config, [width]: widest - step + ((widthOf(block) - 1) % step) + 1 } };
  };
  const networks = Object.entries(description.networks).map(([name, network]) => {
    return [name, { ...network, blocks: mapStacks(network.blocks, (stack) => stack.map(narrowedBlock)) }] as const;
  });
  return { ...description, networks: Object.fromEntries(networks) };
}

/** What a product is for: the same in a model of other sizes. */
type Role = string;

/** The products of a plan by their role: which of a layer's of one kind they are. */
function gemmsByRole(plan: Plan): ReadonlyMap<Role, Gemm> {
  const found = new Map<Role, Gemm>();
  for (const step of plan.launches.flatMap(singleSteps)) {
    const product = gemmIn(step);
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
  const choices = [...gemmsByRole(plan)].map(
    ([role, product]) => [role, { variant: choose(product), parts: product.parts }] as const,
  );
  return new Map(choices);
}

/** The workload of a small model with its products computed, and split, as those of the same role are in the model itself. */
function likeOwn(
  task: Task,
  description: ModelDescription,
  dataset: Dataset,
  target: Target,
  wanted: ReadonlyMap<Role, GemmChoice>,
): ScaledCopy {
  const { gemm } = target;
  const usual = workload(task, description, dataset, target);
  const choices = new Map<string, GemmChoice>();
  let isSplitAlike = true;
  for (const [role, { key, parts }] of gemmsByRole(usual.plan)) {
    const choice = wanted.get(role);
    if (!choice) continue;
    isSplitAlike &&= choice.parts === parts;
    // Of two that are one product here, the first decides.
    if (!choices.has(key)) choices.set(key, choice);
  }
  const own = isSplitAlike ? usual : workload(task, description, dataset, target, (key) => choices.get(key)?.parts);
  const choose = gemm && choiceOf(gemm);
  return { ...own, choose: choose && ((product) => choices.get(product.key)?.variant ?? choose(product)) };
}
