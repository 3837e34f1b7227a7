/** A model description: the plain JSON that undo, files, links, presets and the trainer share. This file says what is
 *  valid and turns everything else away with a reason; whether layers fit each other is `analyze.ts`'s question. */
import * as v from "valibot";
import { datasets } from "../data";
import type { DatasetId } from "../data";
import { ModelError } from "../errors";
import type { Config } from "../fields";
import { readConfig } from "../fields";
import type { LayerType } from "../nn/layers";
import { isLayerType, layers } from "../nn/layers";
import type { LossType } from "../nn/losses";
import { losses } from "../nn/losses";
import type { OptimizerType } from "../optim/optimizers";
import { optimizers } from "../optim/optimizers";
import type { ScheduleType } from "../optim/schedules";
import { schedules } from "../optim/schedules";

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
  v.picklist(keysOf(record), (issue) => `${what}: expected one of ${keysOf(record).join(", ")}, got ${issue.received}`);

const wholeBetween = (what: string, low: number, high: number) => {
  const message = (issue: { readonly received: string }): string =>
    `${what}: expected a whole number from ${low} to ${high}, got ${issue.received}`;
  return v.pipe(v.number(message), v.integer(message), v.minValue(low, message), v.maxValue(high, message));
};

const realBetween = (what: string, low: number, high: number) => {
  const message = (issue: { readonly received: string }): string =>
    `${what}: expected a number from ${low} to ${high}, got ${issue.received}`;
  return v.pipe(v.number(message), v.minValue(low, message), v.maxValue(high, message));
};

const text = (what: string) =>
  v.pipe(
    v.string(`${what}: expected text`),
    v.nonEmpty(`${what}: expected a name, got an empty one`),
    v.maxLength(LIMITS.nameLength, `${what}: expected at most ${LIMITS.nameLength} characters`),
  );

const config = v.record(v.string(), v.unknown());

const blockSchema = v.strictObject({
  id: text("layer id"),
  type: v.custom<LayerType>(
    (type) => typeof type === "string" && isLayerType(type),
    (issue) => `layer type: expected one of ${keysOf(layers).join(", ")}, got ${issue.received}`,
  ),
  name: v.optional(text("layer name")),
  config,
});

const trainingSchema = v.strictObject({
  loss: oneOf("loss", losses),
  optimizer: v.strictObject({ type: oneOf("optimizer", optimizers), config }),
  schedule: v.strictObject({ type: oneOf("schedule", schedules), config }),
  batchSize: wholeBetween("batch size", 1, 8192),
  epochs: wholeBetween("epochs", 1, 10_000),
  seed: wholeBetween("seed", 0, 0xffffffff),
  validationCount: wholeBetween("validation samples", 0, 1_000_000),
  clipNorm: realBetween("gradient clipping", 0, 1e6),
  patience: wholeBetween("early-stopping patience", 0, 10_000),
});

const descriptionSchema = v.strictObject({
  version: v.literal(1, (issue) => `version: expected 1, got ${issue.received}`),
  name: text("model name"),
  dataset: oneOf("dataset", datasets),
  layers: v.pipe(
    v.array(blockSchema),
    v.maxLength(LIMITS.layers, (issue) => `layers: expected at most ${LIMITS.layers}, got ${issue.received}`),
    v.check(
      (blocks) => new Set(blocks.map(({ id }) => id)).size === blocks.length,
      "layers: expected every layer to have an id of its own, got the same id twice",
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
    const path = v.getDotPath(issue);
    throw new ModelError(`Model description${path ? ` at ${path}` : ""}: ${issue.message}.`);
  }
  const description: ModelDescription = result.output;
  for (const block of description.layers) requireConfig(`Layer "${block.id}"`, layers[block.type].fields, block.config);
  const { optimizer, schedule } = description.training;
  requireConfig(`Optimizer ${optimizer.type}`, optimizers[optimizer.type].fields, optimizer.config);
  requireConfig(`Schedule ${schedule.type}`, schedules[schedule.type].fields, schedule.config);
  return description;
}

/** Reads a description from JSON text. @throws ModelError for text that is too long, not JSON, or not a model. */
export function readDescription(json: string): ModelDescription {
  if (json.length > LIMITS.jsonLength) {
    throw new ModelError(`Model description: expected at most ${LIMITS.jsonLength} characters, got ${json.length}.`);
  }
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new ModelError(`Model description: expected JSON, got text that does not parse (${String(error)}).`);
  }
  return parseDescription(value);
}

function requireConfig(where: string, fields: Parameters<typeof readConfig>[0], given: Config): void {
  const { problems } = readConfig(fields, given);
  if (problems.length > 0) throw new ModelError(`${where}: ${problems.join("; ")}.`);
}
