/** Workloads: what a model makes its backend do, each over two batches of noise. For tests; a visitor's data never get here. */
import { arrayTypes, isPacked } from "../graph/type";
import type { TensorData } from "../backend/backend";
import type { ChooseParts, Computation, Plan } from "../compile/plan";
import { type ColumnInfo, holdsIndices } from "../data/column";
import type { Dataset, Split } from "../data/dataset";
import { readConfig } from "../fields";
import type { Node } from "../graph/node";
import { analyzeModel } from "../model/analyze";
import type { ModelDescription } from "../model/description";
import { isStepScalar } from "../ops/leaf";
import { optimizers } from "../optim/optimizers";
import { permutation, STREAM, uniform } from "../random";
import { takeApart } from "./isolate";
import type { Trial } from "./trial";
import { sizeOf } from "../shape";
import { predictBatch } from "../train/predictor";
import {
  type BatchProgram,
  compileFor,
  healthProgram,
  scalarsAt,
  scoringProgram,
  showProgram,
  type Target,
  trainingProgram,
} from "../train/programs";
import { scoreBatches } from "../train/scorer";
import { modelState } from "../train/state";
import { tasks } from "../tasks";

/** What a model is prepared for: a step of its training, whether that leaves its weights finite, scores, predictions, and what
 *  its task can be asked beside those. */
export type Task = "training" | "health" | "scoring" | "prediction" | `asked ${string}`;

/** A task, and the batches that it may be done in: the first that there is room for. */
export interface Job {
  readonly task: Task;
  readonly batches: readonly number[];
}

/** A compiled program with all that it is run on. */
export interface Workload {
  /** Launches that can be tested whole are whole. */
  readonly plan: Plan;
  /** The scalars of two batches. */
  readonly rows: Trial["rows"];
  /** What it is given: samples, drawn at random, and the order in which to take them. */
  readonly data: () => ReadonlyMap<Node, TensorData>;
  /** All that it starts from. */
  readonly feeds: () => ReadonlyMap<Node, TensorData>;
}

/** All that a model is prepared for, in the order in which it is. */
export function jobsOf({ task, training }: ModelDescription, dataset: Dataset): readonly Job[] {
  const { train, test } = dataset;
  const trained = Math.max(1, train.count - training.validationCount);
  const splits = new Set([test.count, training.validationCount].filter((count) => count > 0));
  return [
    { task: "training", batches: [Math.min(training.batchSize, trained)] },
    { task: "health", batches: [1] },
    ...[...splits].map((count): Job => ({ task: "scoring", batches: scoreBatches(count) })),
    { task: "prediction", batches: [predictBatch(dataset)] },
    ...Object.keys(tasks[task.type].asked ?? {}).map((question): Job => {
      return { task: `asked ${question}`, batches: [predictBatch(dataset)] };
    }),
  ];
}

/** What a model does with batches of so many samples as its description says to train with.
 *  @param parts as for {@link compileFor} */
export function workload(
  task: Task,
  description: ModelDescription,
  dataset: Dataset,
  target: Target,
  parts?: ChooseParts,
): Workload {
  const { batchSize, seed } = description.training;
  const state = modelState(description, analyzeModel(description, dataset));
  const model = { description, data: dataset, state };
  // Two batches, or one where there are no more samples.
  const count = Math.max(batchSize, Math.min(dataset.train.count, 2 * batchSize));
  const split: Split = { ...dataset.train, count };
  const overSplit = ({ computation, source }: BatchProgram): Program => ({
    computation,
    data: () => {
      const columns = [...source.columns].map(([name, leaf]) => [leaf, noiseOf(dataset, name, leaf)] as const);
      const order = permutation(count, seed, 0, STREAM.shuffle);
      return new Map<Node, TensorData>([...columns, [source.order, order]]);
    },
  });
  const shown = (question?: string): Program => {
    const { computation, columns } = showProgram(model, batchSize, question);
    const drawn = () => [...columns].map(([name, leaf]) => [leaf, noiseOf(dataset, name, leaf)] as const);
    return { computation, data: () => new Map(drawn()) };
  };
  const programOf = (): Program => {
    if (task === "training") return overSplit(trainingProgram(model, split, count));
    if (task === "health") return { ...healthProgram(state), data: () => new Map() };
    if (task === "scoring") return overSplit(scoringProgram(model, split, batchSize, count));
    return shown(task === "prediction" ? undefined : task.slice("asked ".length));
  };
  const { computation, data } = programOf();
  const plan = takeApart(compileFor(target, computation, parts), target.bindings);
  const rates = Object.fromEntries(
    Object.entries(description.networks).map(([name, network]) => [name, rateOf(network)]),
  );
  const rows = [0, 1].map((step) => {
    const row: Record<string, number> = {
      ...scalarsAt(model, step + 1, rates),
      step,
      seed,
      row: step,
      offset: (step * batchSize) % count,
      // One sample is missing, where there are several, so that masks have something to hide.
      count: Math.max(1, batchSize - 1),
    };
    // What a GPU is given, so that the reference starts from the same.
    const floats = plan.scalars.filter((leaf) => isStepScalar(leaf) && leaf.dtype === "f32");
    for (const { attrs } of floats) row[String(attrs["name"])] = Math.fround(row[String(attrs["name"])] ?? 0);
    return row;
  });
  const feeds = (): ReadonlyMap<Node, TensorData> => {
    const used = state.tensors.filter(({ node }) => plan.leaves.includes(node));
    const starts = used.map(({ node, start }) => [node, start()] as const);
    return new Map([...starts, ...data()]);
  };
  return { plan, rows, data, feeds };
}

/** A computation and what is in the leaves that are not the model's. */
interface Program {
  readonly computation: Computation;
  readonly data: Workload["data"];
}

/** The learning rate that a network asks for. */
function rateOf({ optimizer: { type, config } }: ModelDescription["networks"][string]): number {
  return Number(readConfig(optimizers[type].fields, config).config["learningRate"]);
}

/** Noise in place of a column's values, stored as they are. */
function noiseOf({ columns }: Dataset, name: string, leaf: Node): TensorData {
  const length = sizeOf(leaf.shape);
  const column: ColumnInfo | undefined = columns[name];
  if (column && holdsIndices(column)) {
    const draw = (_: unknown, i: number) => uniform(0, 0, 2, i) * (column.names?.length ?? 1);
    return arrayTypes[leaf.dtype].from(Array.from({ length }, draw));
  }
  return isPacked(leaf.dtype) ? arrayTypes[leaf.dtype].from(noise(length, 256)) : noise(length, 1);
}

const noise = (length: number, end: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => uniform(0, 0, 1, i) * end);
