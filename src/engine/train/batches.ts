/** A batch of a model's samples as graph: what is drawn from the dataset, the task's networks over it, its losses as sums. What
 *  is done with them is `programs.ts`. */
import { dtypeOf } from "../graph/type";
import { holdsIndices } from "../data/column";
import type { DataInfo, Dataset, Split } from "../data/dataset";
import type { Node } from "../graph/node";
import { labelled } from "../graph/node";
import { aboutOf } from "../model/analyze";
import { type BoundVariable, BoundNetwork } from "../model/build";
import type { ModelDescription, NetworkDescription } from "../model/description";
import { metrics } from "../nn/metrics";
import { sum } from "../ops/broadcast";
import { range } from "../ops/constant";
import { reshape } from "../ops/layout";
import { batchRows } from "../ops/gather";
import { state, stepScalar } from "../ops/leaf";
import { abs, add, greater, mul, square } from "../ops/pointwise";
import { randomNormal, randomUniform } from "../ops/random";
import { STREAM } from "../random";
import { tasks } from "../tasks";
import type { BatchScores, TaskGraph } from "../tasks/task";
import type { ScoreLayout } from "./scores";
import type { Rates } from "./learningRates";
import type { SampleOrder } from "./sampleOrder";
import type { SampleHistory } from "./history";
import type { Snapshot } from "./snapshot";
import type { ModelState } from "./state";

/** A resident dataset as seen by a computation that draws batches from it. */
export interface BatchSource {
  /** The columns that are read, by name. */
  readonly columns: ReadonlyMap<string, Node>;
  /** Row numbers, `[capacity]` u32; a batch takes consecutive ones. */
  readonly order: Node;
}

/** A model as programs are built from it. */
export interface ProgramModel {
  readonly description: ModelDescription;
  readonly data: DataInfo;
  readonly state: ModelState;
}

/** What questions about a model are asked of: how it is built, its data, and a copy of its state, as it was when they were asked. */
export interface Subject {
  readonly model: ProgramModel;
  readonly dataset: Dataset;
  readonly snapshot: Snapshot;
  /** By which networks would learn in the next step. */
  readonly rates: Rates;
  /** Which samples steps take. */
  readonly order: Pick<SampleOrder, "rowsOf">;
  /** What was before; undefined where nobody keeps it. */
  readonly past?: Past;
}

/** What is known of a run beside how it is now. */
export interface Past {
  /** When samples were learnt; null before anything is known. */
  history(): SampleHistory | null;
  /** Copies of its state that were kept, in the order of steps. */
  snapshots(): Promise<readonly Snapshot[]>;
}

/** The columns of a split as leaves, made as they are asked for. */
class ColumnLeaves {
  readonly columns = new Map<string, Node>();
  readonly #data: DataInfo;
  readonly #split: Split;

  constructor(data: DataInfo, split: Split) {
    this.#data = data;
    this.#split = split;
  }

  leaf(name: string): Node {
    const known = this.columns.get(name);
    const column = this.#data.columns[name];
    const values = this.#split.columns[name];
    if (known) return known;
    if (!column || !values) throw new Error(`Column: expected one of the dataset's, got "${name}".`);
    const node = state(`data/${name}`, [this.#split.count, ...column.shape], dtypeOf(values));
    this.columns.set(name, node);
    return node;
  }
}

/** A task's graph under construction: its networks, and what the task asks for. */
export interface Construction {
  readonly graph: TaskGraph;
  /** The batch of each column that is read, by name. */
  readonly columns: ReadonlyMap<string, Node>;
  readonly networks: Readonly<Record<string, BoundNetwork>>;
}

/** @param column gives a batch of a column  @param mask and `count` as for layers */
export function construct(
  { description, data, state: { networks, seed, step } }: ProgramModel,
  batch: number,
  training: boolean,
  column: (name: string) => Node,
  samples: { readonly mask: Node | undefined; readonly count: Node | undefined },
): Construction {
  const bound = Object.fromEntries(
    Object.entries(networks).map(([name, { layout, trained, kept }]) => {
      const { blocks, frozen = false } = networkOf(description, name);
      const context = { trained, kept, training, isFrozen: frozen, seed, step, ...samples };
      return [name, new BoundNetwork(blocks, layout, context)];
    }),
  );
  const known = new Map<string, Node>();
  let draws = 0;
  const graph: TaskGraph = {
    ...aboutOf(description, data),
    batch,
    training,
    column: (name) => {
      const node = known.get(name) ?? labelled("batch", () => column(name));
      known.set(name, node);
      return node;
    },
    apply: (name, x) => {
      const network = bound[name];
      if (!network) throw new Error(`Task: expected one of ${Object.keys(bound).join(", ")}, got "${name}".`);
      return network.apply(x);
    },
    random: {
      uniform: (shape) => randomUniform(seed, step, { shape: [batch, ...shape], stream: STREAM.noise + draws++ }),
      normal: (shape) => randomNormal(seed, step, { shape: [batch, ...shape], stream: STREAM.noise + draws++ }),
    },
  };
  return { graph, columns: known, networks: bound };
}

export function networkOf({ networks }: ModelDescription, name: string): NetworkDescription {
  const network = networks[name];
  if (!network) throw new Error(`Model: expected a network "${name}", got ${Object.keys(networks).join(", ")}.`);
  return network;
}

/** A batch of a split, with its losses as sums. */
export interface ScoredBatch extends Construction {
  readonly source: BatchSource;
  /** How many things losses are means of: the samples that count, or what these count for. `[]` f32 */
  readonly counted: Node;
  readonly layout: ScoreLayout;
  /** Of each sample, padding included, in the layout's order. `[N]` f32 each */
  readonly lossRows: readonly Node[];
  /** Of the losses, in the layout's order, with penalties on what layers told. */
  readonly lossSums: readonly Node[];
  /** Of what the metrics need, in the layout's order: `[]` or `[W]` f32 each. */
  readonly metricSums: readonly Node[];
  /** Of the networks that learn from each loss; undefined where no weight has one. */
  readonly penalties: readonly (Node | undefined)[];
}

export function scoredBatch(
  model: ProgramModel,
  split: Split,
  count: number,
  orderCapacity: number,
  training: boolean,
): ScoredBatch {
  const { description, data } = model;
  const leaves = new ColumnLeaves(data, split);
  const order = state("order", [orderCapacity], "u32");
  const offset = stepScalar("offset", "u32");
  const samples = stepScalar("count");
  // Places beyond the count are the padding of a short batch.
  const mask = labelled("batch", () => greater(samples, range(count)));
  const column = (name: string): Node => {
    const info = data.columns[name];
    const scale = info?.scale ?? 1;
    const dtype = info && holdsIndices(info) ? "u32" : "f32";
    return batchRows(leaves.leaf(name), order, offset, dtype === "u32" ? { count, dtype } : { count, scale });
  };
  const built = construct(model, count, training, column, { mask, count: samples });
  const task = tasks[description.task.type];
  const scores = labelled("loss", () => task.score(built.graph));
  const told = task.metrics(built.graph).filter((id) => !(training && metrics[id].ofSplits));
  const layout = layoutOf(task.losses(built.graph), told, scores);
  const lossRows = layout.losses.map(({ id }) => given(scores.losses, id));
  const { counts } = scores;
  const masked = (rows: Node): Node => sum(mul(rows, mask));
  const counted = counts ? labelled("loss", () => masked(counts)) : samples;
  /** A loss's sum with penalties on what the networks told that learn from it, which are means over samples. */
  const withActivities = (lossSum: Node, trains: readonly string[]): Node =>
    trains
      .flatMap((name) => built.networks[name]?.activities ?? [])
      .reduce((total, activity) => add(total, mul(activity, counted)), lossSum);
  const maskedAll = (rows: Node): Node =>
    rows.shape.length === 1 ? masked(rows) : sum(mul(rows, reshape(mask, [count, 1])), [0]);
  return {
    ...built,
    source: { columns: leaves.columns, order },
    counted,
    layout,
    lossRows,
    ...labelled("loss", () => ({
      lossSums: lossRows.map((rows, i) => withActivities(masked(rows), layout.losses[i]?.trains ?? [])),
      metricSums: layout.metrics.flatMap(({ id }) => (scores.metrics[id] ?? []).map(maskedAll)),
    })),
    penalties: layout.losses.map(({ trains }) =>
      penaltyOf(trains.flatMap((name) => built.networks[name]?.variables ?? [])),
    ),
  };
}

function layoutOf(
  losses: ScoreLayout["losses"],
  told: readonly ScoreLayout["metrics"][number]["id"][],
  scores: BatchScores,
): ScoreLayout {
  const isCounted = scores.counts !== undefined;
  const widthOf = (rows: readonly Node[] = []): number =>
    rows.reduce((total, { shape: [, width = 1] }) => total + width, 0);
  return { losses, isCounted, metrics: told.map((id) => ({ id, width: widthOf(scores.metrics[id]) })) };
}

function given(nodes: Readonly<Record<string, Node>>, name: string): Node {
  const node = nodes[name];
  if (!node) throw new Error(`Task: expected a loss "${name}", got ${Object.keys(nodes).join(", ")}.`);
  return node;
}

/** The sum of all L1 and L2 penalties of what is trained, or undefined when no weight has one. `[]` f32 */
function penaltyOf(variables: readonly BoundVariable[]): Node | undefined {
  const terms = variables
    .filter(({ entry }) => entry.role === "trained")
    .flatMap(({ entry: { spec }, node }) => [
      ...(spec.l2 ? [mul(sum(square(node)), spec.l2)] : []),
      ...(spec.l1 ? [mul(sum(abs(node)), spec.l1)] : []),
    ]);
  return terms.length === 0 ? undefined : terms.reduce((a, b) => add(a, b));
}
