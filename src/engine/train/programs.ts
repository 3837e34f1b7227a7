/** The computations of training: one step, one scored batch, one batch of what is shown. Each is graph over shared state,
 *  built from the task's record and compiled elsewhere. */
import type { Backend } from "../backend/backend";
import { compile } from "../compile/compile";
import type { ChooseParts, Computation, Plan } from "../compile/plan";
import { type ColumnData, holdsIndices, typeOfColumn } from "../data/column";
import type { DataInfo, Split } from "../data/dataset";
import { readConfig } from "../fields";
import type { Node } from "../graph/node";
import { labelled } from "../graph/node";
import { aboutOf } from "../model/analyze";
import { type BoundVariable, BoundNetwork } from "../model/build";
import type { ModelDescription, NetworkDescription } from "../model/description";
import { sum } from "../ops/broadcast";
import { constant, range } from "../ops/constant";
import { batchRows } from "../ops/gather";
import { gradients } from "../ops/gradients";
import { pack } from "../ops/layout";
import { input, state, stepScalar } from "../ops/leaf";
import { add, div, greater, maximum, mul, sqrt, square } from "../ops/pointwise";
import { randomNormal, randomUniform } from "../ops/random";
import { writeRow } from "../ops/ring";
import { optimizers } from "../optim/optimizers";
import { STREAM } from "../random";
import { sizeOf } from "../shape";
import { tasks } from "../tasks";
import type { BatchScores, Shown, TaskGraph } from "../tasks/task";
import { type ScoreLayout, sumsIn } from "./scores";
import type { ModelState, NetworkState } from "./state";

/** Rows of the ring that scores are written to, read back every so often: one for each training step, or scored batch. */
export const RING_ROWS = 4096;

/** A resident dataset as seen by a computation that draws batches from it. */
export interface BatchSource {
  /** The columns that are read, by name. */
  readonly columns: ReadonlyMap<string, Node>;
  /** Row numbers, `[capacity]` u32; a batch takes consecutive ones. */
  readonly order: Node;
}

/** A computation with the leaves that its owner must bind, beside the model's state. */
export interface BatchProgram {
  readonly computation: Computation;
  readonly source: BatchSource;
  readonly ring: Node;
  readonly layout: ScoreLayout;
}

/** What a program is compiled for. */
export type Target = Pick<Backend, "kind" | "gemm" | "bindings">;

/** A model as programs are built from it. */
export interface ProgramModel {
  readonly description: ModelDescription;
  readonly data: DataInfo;
  readonly state: ModelState;
}

/** Compiles a program for a backend. Launches cost on a GPU what a little arithmetic does; on the CPU they are free.
 *  @param parts into how many long products are split; what the backend prefers when left out */
export function compileFor(
  { kind, gemm, bindings }: Target,
  computation: Computation,
  parts: ChooseParts = (key) => gemm?.preferred.get(key)?.parts,
): Plan {
  const packedParts = gemm?.packedParts;
  return compile(computation, { fuse: true, merge: kind === "webgpu", parts, packedParts, bindings });
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

const dtypeOf = (values: ColumnData) =>
  values instanceof Uint8Array ? "u8" : values instanceof Uint32Array ? "u32" : "f32";

/** A task's graph under construction: its networks, and what the task asks for. */
interface Construction {
  readonly graph: TaskGraph;
  readonly networks: Readonly<Record<string, BoundNetwork>>;
}

/** @param column gives a batch of a column  @param mask and `count` as for layers */
function construct(
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
  return { graph, networks: bound };
}

function networkOf({ networks }: ModelDescription, name: string): NetworkDescription {
  const network = networks[name];
  if (!network) throw new Error(`Model: expected a network "${name}", got ${Object.keys(networks).join(", ")}.`);
  return network;
}

/** A batch of a split, with its losses as sums. */
interface ScoredBatch extends Construction {
  readonly source: BatchSource;
  readonly samples: Node;
  readonly layout: ScoreLayout;
  /** Of the losses, in the layout's order. */
  readonly lossSums: readonly Node[];
  /** Of what the metrics need, in the layout's order. */
  readonly metricSums: readonly Node[];
  /** Of the networks that learn from each loss; undefined where no weight has one. */
  readonly penalties: readonly (Node | undefined)[];
}

function scoredBatch(
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
  const layout = layoutOf(task.losses(built.graph), task.metrics(built.graph), scores);
  const masked = (rows: Node): Node => sum(mul(rows, mask));
  return {
    ...built,
    source: { columns: leaves.columns, order },
    samples,
    layout,
    ...labelled("loss", () => ({
      lossSums: layout.losses.map(({ id }) => masked(given(scores.losses, id))),
      metricSums: layout.metrics.flatMap(({ id }) => (scores.metrics[id] ?? []).map(masked)),
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
  return { losses, metrics: told.map((id) => ({ id, width: scores.metrics[id]?.length ?? 0 })) };
}

function given(nodes: Readonly<Record<string, Node>>, name: string): Node {
  const node = nodes[name];
  if (!node) throw new Error(`Task: expected a loss "${name}", got ${Object.keys(nodes).join(", ")}.`);
  return node;
}

/** The sum of all L2 penalties of what is trained, or undefined when no weight has one. `[]` f32 */
function penaltyOf(variables: readonly BoundVariable[]): Node | undefined {
  const terms = variables.flatMap(({ entry: { spec, role }, node }) =>
    spec.l2 && role === "trained" ? [mul(sum(square(node)), spec.l2)] : [],
  );
  return terms.length === 0 ? undefined : terms.reduce((a, b) => add(a, b));
}

type Updates = NonNullable<Computation["updates"]>[number][];

/** One training step: draw a batch, forward, backward, update, note the scores.
 *  Step scalars: `step`, `seed`, `offset`, `count`, and for each network those of its optimizer, as `network.rate`. */
export function trainingProgram(model: ProgramModel, split: Split, orderCapacity: number): BatchProgram {
  const { description, state: modelState } = model;
  const batch = scoredBatch(model, split, description.training.batchSize, orderCapacity, true);
  const { layout, samples, networks } = batch;
  const losses = batch.lossSums.map((lossSum, i) => {
    const mean = div(lossSum, samples);
    const penalty = batch.penalties[i];
    return penalty ? add(mean, penalty) : mean;
  });
  const updates: Updates = Object.entries(modelState.networks).flatMap(([name, own]) => {
    const network = networks[name];
    const ofNetwork = losses.filter((_, i) => layout.losses[i]?.trains.includes(name));
    const [first, ...rest] = ofNetwork;
    if (!network) return [];
    const learnt =
      own.trained && first
        ? learn(
            name,
            networkOf(description, name),
            own,
            network,
            rest.reduce((a, b) => add(a, b), first),
          )
        : [];
    return [...learnt, ...keep(own, network)];
  });
  const ring = state("ring", [RING_ROWS, sumsIn(layout)]);
  const row = writeRow(ring, modelState.step, [...losses, ...batch.metricSums]);
  return {
    source: batch.source,
    ring,
    layout,
    computation: { outputs: [], updates: [{ state: ring, value: row }, ...updates] },
  };
}

/** What gradients change of a network. */
function learn(
  name: string,
  { optimizer: { type, config }, clipNorm }: NetworkDescription,
  { trained, slots, decays }: NetworkState,
  network: BoundNetwork,
  loss: Node,
): Updates {
  if (!trained) return [];
  const variables = network.variables.filter(({ entry }) => entry.role === "trained");
  const gradient = pack(
    gradients(
      loss,
      variables.map(({ node }) => node),
    ),
    variables.map(({ entry }) => entry.offset),
    sizeOf(trained.shape),
  );
  const optimizer = optimizers[type];
  const settings = readConfig(optimizer.fields, config).config;
  const scalars = Object.keys(optimizer.scalars(1, 0, settings)).map(
    (scalar) => [scalar, stepScalar(`${name}.${scalar}`)] as const,
  );
  const next = labelled("optimizer", () =>
    optimizer.update({
      parameters: trained,
      gradient: clipped(gradient, clipNorm),
      decays,
      slots,
      scalars: Object.fromEntries(scalars),
      config: settings,
    }),
  );
  return [
    { state: trained, value: next.parameters },
    ...Object.entries(slots).map(([slot, node]) => ({ state: node, value: next.slots[slot] ?? node })),
  ];
}

/** What layers change of a network themselves. What is frozen stays in its place. */
function keep({ kept, layout }: NetworkState, { updates, variables }: BoundNetwork): Updates {
  if (!kept || updates.size === 0) return [];
  const entries = layout.entries.filter(({ role }) => role === "kept");
  const nodes = entries.map((entry) => updates.get(entry) ?? variables.find((own) => own.entry === entry)?.node);
  const value = pack(
    nodes.flatMap((node) => (node ? [node] : [])),
    entries.map(({ offset }) => offset),
    sizeOf(kept.shape),
  );
  return [{ state: kept, value }];
}

/** `g * clip / max(norm(g), clip)`: unchanged up to the norm, scaled down beyond it. Source: Pascanu et al. 2013. */
function clipped(gradient: Node, clipNorm: number): Node {
  if (clipNorm === 0) return gradient;
  const norm = sqrt(sum(square(gradient)));
  return mul(gradient, div(constant(clipNorm), maximum(norm, clipNorm)));
}

/** One scored batch without learning. Step scalars: `row` of the ring, `offset`, `count`; `seed` and `step` where the task
 *  draws random numbers. */
export function scoringProgram(model: ProgramModel, split: Split, batch: number, orderCapacity: number): BatchProgram {
  const { source, layout, lossSums, metricSums, penalties } = scoredBatch(model, split, batch, orderCapacity, false);
  const hasPenalty = penalties.some((penalty) => penalty !== undefined);
  const values = [
    ...lossSums,
    ...metricSums,
    ...(hasPenalty ? penalties.map((penalty) => penalty ?? constant(0)) : []),
  ];
  const ring = state("ring", [RING_ROWS, values.length]);
  const row = writeRow(ring, stepScalar("row", "u32"), values);
  return { source, ring, layout, computation: { outputs: [], updates: [{ state: ring, value: row }] } };
}

/** A number that is finite while every variable is: their sum, which no finite variables of a model that still learns
 *  overflow. The loss of a step does not tell of the update that follows it. `[]` f32 */
export function healthProgram({ networks }: ModelState): { readonly computation: Computation; readonly total: Node } {
  const vectors = Object.values(networks).flatMap(({ trained, kept }) => [trained, kept]);
  const [first = constant(0), ...rest] = vectors.flatMap((vector) => (vector ? [sum(vector)] : []));
  const total = rest.reduce((a, b) => add(a, b), first);
  return { computation: { outputs: [total] }, total };
}

/** What is shown of a batch of samples given by the caller. */
export interface ShowProgram {
  readonly computation: Computation;
  /** The columns that are read, as networks see them, `[batch, ...shape]`. */
  readonly columns: ReadonlyMap<string, Node>;
  readonly shown: Readonly<Record<string, Shown>>;
}

/** Step scalars: `seed` and `step` where the task draws random numbers. */
export function showProgram(model: ProgramModel, batch: number): ShowProgram {
  const columns = new Map<string, Node>();
  const column = (name: string): Node => {
    const info = model.data.columns[name];
    if (!info) throw new Error(`Column: expected one of the dataset's, got "${name}".`);
    const { shape, dtype } = typeOfColumn(info);
    const leaf = input(`batch/${name}`, [batch, ...shape], dtype);
    columns.set(name, leaf);
    return leaf;
  };
  const { graph } = construct(model, batch, false, column, { mask: undefined, count: undefined });
  const shown = tasks[model.description.task.type].show(graph);
  const outputs = Object.values(shown).map(({ node }) => node);
  return { computation: { outputs }, columns, shown };
}

/** Names of the step scalars of a network's optimizer. */
export const scalarsOf = (
  name: string,
  { optimizer: { type, config } }: NetworkDescription,
  step: number,
  learningRate: number,
): Readonly<Record<string, number>> => {
  const optimizer = optimizers[type];
  const values = optimizer.scalars(step, learningRate, readConfig(optimizer.fields, config).config);
  return Object.fromEntries(Object.entries(values).map(([scalar, value]) => [`${name}.${scalar}`, value]));
};
