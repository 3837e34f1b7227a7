/** What training scripts are told of a model: plain JSON in Python's spelling. Only tasks of one network that learns from one loss
 *  have scripts. */
import type { ColumnInfo } from "../../data";
import { holdsIndices } from "../../data/column";
import { readConfig } from "../../fields";
import { type Lesson } from "../../tasks/task";
import { tasks } from "../../tasks";
import { aboutOf, analyzeModel, columnsOf } from "../../model/analyze";
import { isContainer } from "../../model/blocks";
import { isLayerType, layers } from "../../nn/layers";
import { optimizers } from "../../optim/optimizers";
import { schedules } from "../../optim/schedules";
import { allBlocks } from "../../model/blocks";
import type { ExportedModel } from "../exported";
import { kerasOptimizer, snakeCase } from "../keras/compile";

/** What scripts are told of what a model learns. */
interface Taught {
  readonly input: ColumnInfo;
  /** Null where the input is told itself, a token at a time. */
  readonly target: ColumnInfo | null;
  readonly lesson: Lesson;
}

/** What a model learns; null where its task has no scripts. */
export function lessonOf({ description, data }: Pick<ExportedModel, "description" | "data">): Taught | null {
  if (columnsOf(description, data).length === 0 || data.environment !== undefined) return null;
  const lesson = tasks[description.task.type].lesson?.(aboutOf(description, data));
  const input = lesson && data.columns[lesson.input];
  if (!input) return null;
  return { input, target: lesson.target === null ? null : (data.columns[lesson.target] ?? null), lesson };
}

const inSnakeCase = (config: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(config).map(([key, value]) => [snakeCase(key).replace(/_(\d)$/, "$1"), value]));

/** The settings. @param bounds of the parts in which the training set is fetched  @param step how many have been made */
export function settingsOf(
  model: ExportedModel,
  { input, target, lesson }: Taught,
  bounds: readonly number[],
  step: number,
): object {
  const { description, data, networks } = model;
  const [network] = networks;
  const own = network && description.networks[network.name];
  if (!own) throw new Error("Training scripts: expected a network, got none.");
  const { training } = description;
  const told = target ?? input;
  const reports = analyzeModel(description, data).layers;
  const types = new Map([...allBlocks(description)].map(({ block }) => [block.id, block] as const));
  const factorsOf = (norm: "l1" | "l2") => {
    const ofLayers = reports.map(({ name, variables }) => {
      const factors = Object.entries(variables).flatMap(([variable, spec]) => {
        const kind = /bias/i.test(variable) ? "bias" : /recurrent/i.test(variable) ? "recurrent" : "kernel";
        return spec[norm] ? [[kind, spec[norm]] as const] : [];
      });
      return [name, Object.fromEntries(factors)] as const;
    });
    return Object.fromEntries(ofLayers.filter(([, factors]) => Object.keys(factors).length > 0));
  };
  const optimizer = readConfig(optimizers[own.optimizer.type].fields, own.optimizer.config).config;
  const schedule = readConfig(schedules[own.schedule.type].fields, own.schedule.config).config;
  return {
    name: description.name,
    task: description.task.type,
    loss: snakeCase(lesson.loss),
    batch_size: training.batchSize,
    epochs: training.epochs,
    seed: training.seed,
    validation_count: training.validationCount,
    samples: training.samples ?? 0,
    bounds,
    step,
    optimizer: { type: own.optimizer.type, ...inSnakeCase(optimizer) },
    keras_optimizer: kerasOptimizer(own),
    schedule: { type: own.schedule.type, ...inSnakeCase(schedule) },
    clip_norm: own.clipNorm,
    scale: input.scale,
    reads_indices: network.input.dtype === "u32",
    output_shape: network.output.shape,
    // Numbers have names too: of what was measured.
    classes: holdsIndices(told) ? (told.names?.length ?? 0) : 0,
    names: told.names ?? null,
    unit: target?.unit ?? null,
    text:
      target === null
        ? { padding: input.padding ?? null, question: input.question ?? 1, is_answer: input.question !== undefined }
        : null,
    l1: factorsOf("l1"),
    l2: factorsOf("l2"),
    frozen: reports.filter(({ isFrozen }) => isFrozen).map(({ name }) => name),
    augmentation: reports.flatMap(({ id, name }) => {
      const block = types.get(id);
      return block && !isContainer(block) && isLayerType(block.type) && layers[block.type].category === "augmentation"
        ? [name]
        : [];
    }),
  };
}
