/** A model description: the plain JSON that undo, files, links, presets and the trainer share. This file says what is
 *  valid and turns everything else away with a reason; whether layers fit each other is `analyze.ts`'s question. */
import * as v from "valibot";
import { datasets } from "../data";
import type { DatasetId } from "../data";
import { ModelError } from "../errors";
import type { Config, Fields, NumberField } from "../fields";
import { fieldSchema, got, readConfig } from "../fields";
import type { LayerType } from "../nn/layers";
import { isLayerType, layers } from "../nn/layers";
import type { LossType } from "../nn/losses";
import { losses } from "../nn/losses";
import type { OptimizerType } from "../optim/optimizers";
import { optimizers } from "../optim/optimizers";
import type { ScheduleType } from "../optim/schedules";
import { schedules } from "../optim/schedules";
import { formatCount } from "../shape";
import { trainingFields } from "./training";

/** One layer of the stack. Settings left out take their defaults. */
export interface LayerBlock {
  /** Stays the same through edits and moves; unique in the model. */
  readonly id: string;
  readonly type: LayerType;
  /** What the visitor calls it; otherwise it is numbered, as in Keras (`dense_1`). */
  readonly name?: string | undefined;
  readonly config: Config;
}

/** A block of the model. Containers (residual, branches) will join layers here. */
export type Block = LayerBlock;

/** How to train. */
export interface TrainingSettings {
  readonly loss: LossType;
  readonly optimizer: { readonly type: OptimizerType; readonly config: Config };
  readonly schedule: { readonly type: ScheduleType; readonly config: Config };
  readonly batchSize: number;
  readonly epochs: number;
  /** Everything random follows from it: weights, shuffling, the validation split, dropout. */
  readonly seed: number;
  /** Samples held out of the training set. */
  readonly validationCount: number;
  /** Gradients whose norm over all parameters is larger are scaled down to it; 0 turns it off. */
  readonly clipNorm: number;
  /** Stop after this many epochs without a better validation loss; 0 turns it off. */
  readonly patience: number;
}

/** A model and how to train it. */
export interface ModelDescription {
  readonly version: 1;
  readonly name: string;
  readonly dataset: DatasetId;
  readonly layers: readonly Block[];
  readonly training: TrainingSettings;
}

/** Limits on what a description may hold. */
export const LIMITS = { layers: 64, nameLength: 60, jsonLength: 200_000 } as const;

const keysOf = <T extends string>(record: Readonly<Record<T, unknown>>): T[] => Object.keys(record) as T[];

const oneOf = <T extends string>(what: string, record: Readonly<Record<T, unknown>>) =>
  v.picklist(keysOf(record), (issue) => `${what}: expected one of ${keysOf(record).join(", ")}, got ${got(issue)}`);

/** What a field accepts; messages open with its label. */
const within = (field: NumberField) =>
  v.custom<number>(
    (value) => v.is(fieldSchema(field), value),
    ({ input }) => `${field.label}: ${v.safeParse(fieldSchema(field), input).issues?.[0].message}`,
  );

const text = (what: string) =>
  v.pipe(
    v.string((issue) => `${what}: expected text, got ${got(issue)}`),
    v.nonEmpty(`${what}: expected a name, got an empty one`),
    v.maxLength(
      LIMITS.nameLength,
      (issue) => `${what}: expected at most ${LIMITS.nameLength} characters, got ${got(issue)}`,
    ),
  );

/** An object of exactly these keys. */
const record = <const E extends v.ObjectEntries>(what: string, entries: E) =>
  v.strictObject(entries, (issue) => {
    if (issue.expected === "Object") return `${what}: expected an object, got ${got(issue)}`;
    const keys = Object.keys(entries).join(", ");
    return issue.expected === "never"
      ? `${what}: expected only ${keys}, got ${got(issue)}`
      : `${what}: expected ${keys}, got no ${issue.expected}`;
  });

const config = v.custom<Config>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  (issue) => `settings: expected an object, got ${got(issue)}`,
);

const blockSchema = record("layer", {
  id: text("layer id"),
  type: v.custom<LayerType>(
    (type) => typeof type === "string" && isLayerType(type),
    (issue) => `layer type: expected one of ${keysOf(layers).join(", ")}, got ${got(issue)}`,
  ),
  name: v.optional(text("layer name")),
  config,
});

const trainingSchema = record("training settings", {
  loss: oneOf("loss", losses),
  optimizer: record("optimizer", { type: oneOf("optimizer", optimizers), config }),
  schedule: record("schedule", { type: oneOf("schedule", schedules), config }),
  batchSize: within(trainingFields.batchSize),
  epochs: within(trainingFields.epochs),
  seed: within(trainingFields.seed),
  validationCount: within(trainingFields.validationCount),
  clipNorm: within(trainingFields.clipNorm),
  patience: within(trainingFields.patience),
});

function repeatedId(blocks: readonly { readonly id: string }[]): string | undefined {
  return blocks.find(({ id }, i) => blocks.findIndex((other) => other.id === id) < i)?.id;
}

const descriptionSchema = record("model", {
  version: v.literal(1, (issue) => `version: expected 1, got ${got(issue)}`),
  name: text("model name"),
  dataset: oneOf("dataset", datasets),
  layers: v.pipe(
    v.array(blockSchema, (issue) => `layers: expected a list, got ${got(issue)}`),
    v.maxLength(LIMITS.layers, (issue) => `layers: expected at most ${LIMITS.layers}, got ${got(issue)}`),
    v.check(
      (blocks) => repeatedId(blocks) === undefined,
      (issue) => `layers: expected every layer to have an id of its own, got "${repeatedId(issue.input)}" twice`,
    ),
  ),
  training: trainingSchema,
});

/** Checks a value from outside (a file, a link, storage, a message).
 *  @throws ModelError naming the first thing wrong: where, what was expected, what came. */
export function parseDescription(value: unknown): ModelDescription {
  const result = v.safeParse(descriptionSchema, value);
  if (!result.success) {
    const [issue] = result.issues;
    throw new ModelError(`${placeOf(issue)}: ${issue.message}.`);
  }
  const description: ModelDescription = result.output;
  for (const { id, type, name, config: given } of description.layers) {
    requireConfig(`${type} "${name ?? id}"`, layers[type].fields, given, id);
  }
  const { optimizer, schedule } = description.training;
  requireConfig(`Optimizer ${optimizer.type}`, optimizers[optimizer.type].fields, optimizer.config);
  requireConfig(`Schedule ${schedule.type}`, schedules[schedule.type].fields, schedule.config);
  return description;
}

/** The layer at fault by its number and id, or the path to whatever else it is. */
function placeOf(issue: v.BaseIssue<unknown>): string {
  const [list, item] = issue.path ?? [];
  if (list?.key === "layers" && item) {
    const { value } = item;
    const id: unknown = typeof value === "object" && value !== null && "id" in value ? value.id : undefined;
    return `Layer ${Number(item.key) + 1}${typeof id === "string" ? ` "${id.slice(0, LIMITS.nameLength)}"` : ""}`;
  }
  const path = v.getDotPath(issue);
  return `Model description${path ? ` at ${path}` : ""}`;
}

/** Reads a description from JSON text. @throws ModelError for text that is too long, not JSON, or not a model. */
export function readDescription(json: string): ModelDescription {
  if (json.length > LIMITS.jsonLength) {
    throw new ModelError(
      `Model description: expected at most ${formatCount(LIMITS.jsonLength)} characters, got ${formatCount(json.length)}.`,
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new ModelError(`Model description: expected JSON, got text that does not parse (${String(error)}).`);
  }
  return parseDescription(value);
}

function requireConfig(where: string, fields: Fields, given: Config, layerId?: string): void {
  const { problems } = readConfig(fields, given);
  if (problems.length === 0) return;
  const more = problems.length > 3 ? `; and ${problems.length - 3} more` : "";
  throw new ModelError(`${where}: ${problems.slice(0, 3).join("; ")}${more}.`, layerId);
}
