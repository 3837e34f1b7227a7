/** What can be told of a model without building it: shapes, parameters, cost, and every problem, each pinned to its
 *  layer. The page shows it on every edit; the trainer refuses what it refuses. */
import type { DatasetDef } from "../data";
import { datasets } from "../data";
import { readConfig } from "../fields";
import type { ModelFix } from "../errors";
import { ModelError } from "../errors";
import { packOffsets } from "../ops/layout";
import { isProblem } from "../nn/layer";
import type { WeightSpec } from "../nn/layer";
import { layers } from "../nn/layers";
import type { LossProblem } from "../nn/losses";
import { losses } from "../nn/losses";
import { optimizers } from "../optim/optimizers";
import { schedules } from "../optim/schedules";
import type { Shape } from "../shape";
import { formatCount, formatShape, sizeOf } from "../shape";
import type { Block, ModelDescription } from "./description";
import { outputDense, outputPlace, settingOfBlock } from "./output";

/** Something wrong, or worth a warning, in a sentence. Errors block training. */
export interface Problem {
  readonly severity: "error" | "warning";
  readonly message: string;
  /** The layer it is pinned to; problems of the whole model have none. */
  readonly layerId?: string;
  readonly fix?: ModelFix;
}

/** What is known of one layer. Shapes leave the batch out; `null` follows an error above. */
export interface LayerReport {
  readonly id: string;
  /** Its own name or a numbered one; unique unless the visitor chose the same name twice. */
  readonly name: string;
  readonly input: Shape | null;
  readonly output: Shape | null;
  readonly weights: Readonly<Record<string, WeightSpec>>;
  readonly parameterCount: number;
  /** Forward, one sample; a multiply-add counts as two. */
  readonly flops: number;
  readonly problems: readonly Problem[];
}

/** What is known of a model. */
export interface ModelReport {
  readonly inputShape: Shape;
  readonly layers: readonly LayerReport[];
  readonly output: Shape | null;
  readonly parameterCount: number;
  /** Forward, one sample. */
  readonly flops: number;
  /** All problems, the layers' own first. */
  readonly problems: readonly Problem[];
}

/** A model may not have more parameters than fit WebGPU's default binding of 128 MiB. */
export const MAX_PARAMETERS = (128 * 1024 * 1024) / 4;
/** One sample's values in one layer may not exceed this, so that a batch stays addressable. */
const MAX_ACTIVATIONS = 16 * 1024 * 1024;

/** Names for all blocks: the given one, or the type in snake case with a number, as Keras numbers them. */
export function layerNames(blocks: readonly Block[]): string[] {
  const taken = new Set(blocks.flatMap(({ name }) => (name ? [name] : [])));
  const counts = new Map<string, number>();
  return blocks.map((block) => {
    if (block.name) return block.name;
    const stem = block.type.replace(/(?<=[a-z])(?=[A-Z])/g, "_").toLowerCase();
    for (;;) {
      const count = counts.get(stem) ?? 0;
      counts.set(stem, count + 1);
      const name = count === 0 ? stem : `${stem}_${count}`;
      if (!taken.has(name)) return name;
    }
  });
}

/** What a model must fit. */
type Learned = Pick<DatasetDef, "title" | "trainCount" | "inputShape" | "classNames">;

/** Follows the shapes through the model. Never throws: whatever is wrong is in the report.
 *  @param dataset what it learns, where that is not in the registry */
export function analyzeModel(
  description: ModelDescription,
  dataset: Learned = datasets[description.dataset],
): ModelReport {
  const names = layerNames(description.layers);
  let shape: Shape | null = dataset.inputShape;
  let giver = "the input";
  let above: readonly Block[] = [];
  const reports = description.layers.map((block, i) => {
    const name = names[i] ?? block.type;
    const report = analyzeLayer(block, name, shape, giver, above);
    above = [...above, block];
    shape = report.output;
    giver = `${block.type} "${name}"`;
    return report;
  });
  const output: Shape | null = shape;
  const parameterCount = reports.reduce((total, layer) => total + layer.parameterCount, 0);
  return {
    inputShape: dataset.inputShape,
    layers: reports,
    output,
    parameterCount,
    flops: reports.reduce((total, layer) => total + layer.flops, 0),
    problems: [
      ...reports.flatMap(({ problems }) => problems),
      ...modelProblems(description, dataset, output, parameterCount, reports),
      ...settingsProblems(description, dataset),
    ],
  };
}

/** @param giver what the input comes from, in words  @param above the blocks before it */
function analyzeLayer(
  block: Block,
  name: string,
  input: Shape | null,
  giver: string,
  above: readonly Block[],
): LayerReport {
  const layer = layers[block.type];
  const { config, problems } = readConfig(layer.fields, block.config);
  const named = `${layer.type} "${name}"`;
  const pin = (message: string, fix?: ModelFix): Problem => ({
    severity: "error",
    message: `${named} ${message}.`,
    layerId: block.id,
    ...(fix && { fix }),
  });
  const found = problems.map((problem) => pin(`has a bad setting, ${problem}`));
  const blank = { id: block.id, name, input, output: null, weights: {}, parameterCount: 0, flops: 0 };
  if (input === null || found.length > 0) return { ...blank, problems: found };
  const output = layer.outputShape(input, config);
  if (isProblem(output)) {
    const { needs, advice, fix, belongsBefore } = output;
    const message = `needs ${needs}, but ${giver} gives ${formatShape(input)}${advice ? `. ${advice}` : ""}`;
    return { ...blank, problems: [pin(message, fix ?? moveFix(above, belongsBefore))] };
  }
  if (sizeOf(output) > MAX_ACTIVATIONS) {
    const message = `would make ${formatShape(output)} numbers for each sample, but ${formatCount(MAX_ACTIVATIONS)} is the most. Shrink it`;
    return { ...blank, problems: [pin(message)] };
  }
  const weights = layer.weights?.(input, config) ?? {};
  const parameterCount = Object.values(weights).reduce((total, spec) => total + sizeOf(spec.shape), 0);
  return {
    ...blank,
    output,
    weights,
    parameterCount,
    flops: layer.flops?.(input, output, config) ?? 0,
    problems: [],
  };
}

/** A move to before the nearest layer of this type above; none where a Reshape since then counts on what it gives. */
function moveFix(above: readonly Block[], type: string | undefined): ModelFix | undefined {
  const nearest = above.findLast((block) => block.type === type || block.type === "Reshape");
  return nearest && nearest.type === type ? { kind: "moveBefore", layerId: nearest.id } : undefined;
}

function modelProblems(
  { training, layers: blocks }: ModelDescription,
  { classNames }: Learned,
  output: Shape | null,
  parameterCount: number,
  reports: readonly LayerReport[],
): Problem[] {
  const problems: Problem[] = [];
  const last = reports.at(-1);
  if (last === undefined) {
    return [{ severity: "error", message: "The model has no layers. Add one from the palette, or choose a preset." }];
  }
  if (output !== null) {
    const loss = losses[training.loss];
    const problem = loss.problem(output, classNames.length);
    if (problem) {
      const message = `${loss.title} ${problem.message}.`;
      problems.push({ severity: "error", message, ...outputFix(blocks, last.id, problem) });
    } else if (parameterCount === 0) {
      problems.push({ severity: "error", message: "The model has nothing to learn. Add a Dense or Conv2D layer." });
    }
    if (!problem && training.loss.endsWith("ategoricalCrossentropy")) {
      const warning = softmaxWarning(blocks, reports, loss.title);
      if (warning) problems.push(warning);
    }
  }
  if (parameterCount > MAX_PARAMETERS) {
    const worst = reports.reduce((a, b) => (b.parameterCount > a.parameterCount ? b : a));
    problems.push({
      severity: "error",
      layerId: worst.id,
      message: `The model has ${formatCount(parameterCount)} parameters, but ${formatCount(MAX_PARAMETERS)} is the most. "${worst.name}" has ${formatCount(worst.parameterCount)} of them: shrink it.`,
    });
  }
  return problems;
}

/** Where a problem of the output is to be mended, and how, if that is plain. */
function outputFix(
  blocks: readonly Block[],
  lastId: string,
  { units, activation }: LossProblem,
): Pick<Problem, "layerId" | "fix"> {
  const dense = outputDense(blocks);
  const layerId = dense?.id ?? lastId;
  if (units !== undefined && dense) return { layerId, fix: { kind: "set", key: "units", value: units } };
  if (units === undefined || activation === undefined) return { layerId };
  return { layerId, fix: { kind: "append", layer: "Dense", config: { units, activation } } };
}

/** What keeps the output from being probabilities: no softmax, or a Dropout after it, which now and then zeroes all
 *  classes of a sample and so divides 0 by 0. */
function softmaxWarning(
  blocks: readonly Block[],
  reports: readonly LayerReport[],
  lossTitle: string,
): Problem | undefined {
  const giver = outputPlace(blocks);
  const [block, report] = [blocks[giver], reports[giver]];
  if (!block || !report) return undefined;
  const activation = settingOfBlock(block, "activation");
  if (activation !== "softmax") {
    const { remedy, fix } = softmaxFix(activation !== undefined);
    return {
      severity: "warning",
      layerId: report.id,
      message: `${lossTitle} expects probabilities, but "${report.name}" ends in ${String(activation ?? "no activation")}. ${remedy}.`,
      fix,
    };
  }
  const spoiler = blocks.findLastIndex((after, i) => i > giver && Number(settingOfBlock(after, "rate")) > 0);
  const dropout = reports[spoiler];
  if (!dropout) return undefined;
  return {
    severity: "warning",
    layerId: dropout.id,
    message: `Dropout "${dropout.name}" comes after the softmax of "${report.name}" and sets probabilities to 0; a sample that loses all of them makes the loss NaN. Move it before "${report.name}".`,
    fix: { kind: "moveBefore", layerId: report.id },
  };
}

/** How a model comes to end in softmax. @param hasActivation whether its last layer has one to set */
const softmaxFix = (hasActivation: boolean): { readonly remedy: string; readonly fix: ModelFix } =>
  hasActivation
    ? { remedy: "Set its activation to softmax", fix: { kind: "set", key: "activation", value: "softmax" } }
    : {
        remedy: "End with an Activation layer of softmax",
        fix: { kind: "append", layer: "Activation", config: { activation: "softmax" } },
      };

function settingsProblems({ training }: ModelDescription, { title, trainCount }: Learned): Problem[] {
  const { optimizer, schedule, validationCount } = training;
  const rest = `Validation samples: expected fewer than the ${formatCount(trainCount)} training samples of ${title}, got ${formatCount(validationCount)}`;
  return [
    ...(validationCount >= trainCount ? [rest] : []),
    ...readConfig(optimizers[optimizer.type].fields, optimizer.config).problems,
    ...readConfig(schedules[schedule.type].fields, schedule.config).problems,
  ].map((message) => ({ severity: "error", message: `Training settings: ${message}.` }));
}

/** One weight's place in the flat vector of all parameters. */
export interface ParameterEntry {
  readonly layerId: string;
  /** `layer/weight`, for instance `dense_1/kernel`. */
  readonly name: string;
  readonly weight: string;
  readonly spec: WeightSpec;
  /** First element in the flat vector. */
  readonly offset: number;
}

/** Where every parameter lies in the flat vector. @throws ModelError when the model has an error. */
export function layoutParameters(report: ModelReport): { entries: ParameterEntry[]; size: number } {
  const error = report.problems.find(({ severity }) => severity === "error");
  if (error) throw new ModelError(error.message, error.layerId, error.fix);
  const specs = report.layers.flatMap((layer) =>
    Object.entries(layer.weights).map(([weight, spec]) => ({
      layerId: layer.id,
      name: `${layer.name}/${weight}`,
      weight,
      spec,
    })),
  );
  const { offsets, size } = packOffsets(specs.map(({ spec }) => sizeOf(spec.shape)));
  return { entries: specs.map((entry, i) => ({ ...entry, offset: offsets[i]! })), size };
}
