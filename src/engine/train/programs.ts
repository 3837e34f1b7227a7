/** The computations of training: one step, one scored batch, one batch of what is shown. Each is graph over shared state,
 *  built from the task's record and compiled elsewhere. */
import type { Backend, StepRow } from "../backend/backend";
import { pulse } from "../backend/pulse";
import { compile } from "../compile/compile";
import type { ChooseParts, Computation, Plan } from "../compile/plan";
import { typeOfColumn } from "../data/column";
import type { Split } from "../data/dataset";
import { ArgumentError } from "../errors";
import { readConfig } from "../fields";
import type { Node } from "../graph/node";
import { labelled } from "../graph/node";
import { topologicalOrder } from "../graph/traverse";
import type { DType } from "../graph/type";
import { aboutOf } from "../model/analyze";
import type { BoundNetwork } from "../model/build";
import type { NetworkDescription } from "../model/description";
import { sum } from "../ops/broadcast";
import { constant } from "../ops/constant";
import { gradients } from "../ops/gradients";
import { pack } from "../ops/layout";
import { input, state, stepScalar } from "../ops/leaf";
import { add, div, maximum, mul, sqrt, square, sub } from "../ops/pointwise";
import { writeRow } from "../ops/ring";
import { optimizers } from "../optim/optimizers";
import { type Shape, sizeOf } from "../shape";
import { tasks } from "../tasks";
import type { Shown } from "../tasks/task";
import { type BatchSource, construct, networkOf, type ProgramModel, type ScoredBatch, scoredBatch } from "./batches";
import type { AnswerNodes } from "./answers";
import type { ScoreLayout } from "./scores";
import type { ModelState, NetworkState } from "./state";

/** Rows of the ring that scores are written to, read back every so often: one for each training step, or scored batch. */
export const RING_ROWS = 4096;

/** A computation with the leaves that its owner must bind, beside the model's state. */
export interface BatchProgram {
  readonly computation: Computation;
  readonly source: BatchSource;
  readonly ring: Node;
  readonly layout: ScoreLayout;
}

/** What a program is compiled for. */
export type Target = Pick<Backend, "merging" | "gemm" | "bindings">;

/** Compiles a program for a backend. Launches cost on a GPU what a little arithmetic does; on the CPU they are free, but memory is not.
 *  @param parts into how many long products are split; what the backend prefers when left out */
export function compileFor(
  { merging, gemm, bindings }: Target,
  computation: Computation,
  parts: ChooseParts = (key) => gemm?.preferred.get(key)?.parts,
): Plan {
  const { packedParts, storesPacked } = gemm ?? {};
  // Large models take slow machines seconds, several times in a row.
  pulse();
  return compile(computation, { fuse: true, merging, parts, packedParts, storesPacked, bindings });
}

type Updates = NonNullable<Computation["updates"]>[number][];

/** What a batch teaches a network: the gradient of each variable that is trained, of the sum of the losses it learns from.
 *  Nothing where there is none. */
function taught({ losses, layout, networks }: LossBatch, name: string): Taught | undefined {
  const variables = networks[name]?.variables.filter(({ entry }) => entry.role === "trained") ?? [];
  const [first, ...rest] = losses.filter((_, i) => layout.losses[i]?.trains.includes(name));
  if (!first || variables.length === 0) return undefined;
  const loss = rest.reduce((a, b) => add(a, b), first);
  const nodes = variables.map(({ node }) => node);
  return { variables, gradients: gradients(loss, nodes) };
}

/** Variables with what a batch teaches each. */
export interface Taught {
  readonly variables: BoundNetwork["variables"];
  readonly gradients: readonly Node[];
}

/** A batch with its losses as training sees them: means over its samples, with penalties. */
interface LossBatch extends ScoredBatch {
  readonly losses: readonly Node[];
}

function lossBatch(model: ProgramModel, split: Split, orderCapacity: number): LossBatch {
  const batch = scoredBatch(model, split, model.description.training.batchSize, orderCapacity, true);
  const losses = batch.lossSums.map((lossSum, i) => {
    const mean = div(lossSum, batch.counted);
    const penalty = batch.penalties[i];
    return penalty ? add(mean, penalty) : mean;
  });
  return { ...batch, losses };
}

/** One training step: draw a batch, forward, backward, update, note the scores and, of gradients that are clipped, the sums
 *  of squares. Step scalars: `step`, `seed`, `offset`, `count`, and for each network those of its optimizer, as
 *  `network.rate`. */
export function trainingProgram(model: ProgramModel, split: Split, orderCapacity: number): BatchProgram {
  const { description, state: modelState } = model;
  const batch = lossBatch(model, split, orderCapacity);
  const { layout, networks } = batch;
  const sumsOfSquares: Node[] = [];
  const updates: Updates = Object.entries(modelState.networks).flatMap(([name, own]) => {
    const network = networks[name];
    if (!network) return [];
    const given = taught(batch, name);
    const learnt = given && learn(name, networkOf(description, name), own, given, (everyOf(model)[name] ?? 1) > 1);
    if (learnt?.sumOfSquares) sumsOfSquares.push(learnt.sumOfSquares);
    return [...(learnt?.updates ?? []), ...keep(own, network)];
  });
  const values = [...batch.losses, ...batch.metricSums, ...countedIn(batch), ...sumsOfSquares];
  const ring = ringOf(values);
  const row = writeRow(ring, modelState.step, values);
  return {
    source: batch.source,
    ring,
    layout,
    computation: { outputs: [], updates: [{ state: ring, value: row }, ...updates] },
  };
}

/** The ring with a column for each number of these values. */
const ringOf = (values: readonly Node[], rows = RING_ROWS): Node =>
  state("ring", [rows, values.reduce((total, { shape }) => total + sizeOf(shape), 0)]);

/** What a row of the ring tells of what losses are means of. */
const countedIn = ({ layout, counted }: ScoredBatch): readonly Node[] => (layout.isCounted ? [counted] : []);

interface Learnt {
  readonly updates: Updates;
  /** Of the gradient, where it is clipped. `[]` f32 */
  readonly sumOfSquares: Node | undefined;
}

/** Of networks that do not learn at every step, at every how many they do. */
const everyOf = ({ description, data }: Pick<ProgramModel, "description" | "data">): Readonly<Record<string, number>> =>
  tasks[description.task.type].every?.(aboutOf(description, data)) ?? {};

/** What gradients change of a network. @param takesTurns whether it stays as it is at some steps */
export function learn(
  name: string,
  { optimizer: { type, config }, clipNorm }: NetworkDescription,
  { trained, slots, decays }: NetworkState,
  { variables, gradients: ofVariables }: Taught,
  takesTurns: boolean,
): Learnt | undefined {
  if (!trained) return undefined;
  const gradient = pack(
    ofVariables,
    variables.map(({ entry }) => entry.offset),
    sizeOf(trained.shape),
  );
  const sumOfSquares = clipNorm === 0 ? undefined : labelled("optimizer", () => sum(square(gradient)));
  const optimizer = optimizers[type];
  const settings = readConfig(optimizer.fields, config).config;
  const scalars = Object.keys(optimizer.scalars(1, 0, settings)).map(
    (scalar) => [scalar, stepScalar(`${name}.${scalar}`)] as const,
  );
  const next = labelled("optimizer", () =>
    optimizer.update({
      parameters: trained,
      gradient: sumOfSquares ? clipped(gradient, sumOfSquares, clipNorm) : gradient,
      decays,
      slots,
      scalars: Object.fromEntries(scalars),
      config: settings,
    }),
  );
  const turn = stepScalar(`${name}.turn`);
  const inTurn = (before: Node, after: Node): Node =>
    takesTurns ? labelled("optimizer", () => add(before, mul(sub(after, before), turn))) : after;
  return {
    sumOfSquares,
    updates: [
      { state: trained, value: inTurn(trained, next.parameters) },
      ...Object.entries(slots).map(([slot, node]) => ({ state: node, value: inTurn(node, next.slots[slot] ?? node) })),
    ],
  };
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

/** `g * clip / max(norm(g), clip)`: unchanged up to the norm, scaled down beyond it. A sum of squares that overflows makes
 *  it 0, and so the loop must look at the sum. Source: Pascanu et al. 2013. */
function clipped(gradient: Node, sumOfSquares: Node, clipNorm: number): Node {
  return mul(gradient, div(constant(clipNorm), maximum(sqrt(sumOfSquares), clipNorm)));
}

/** One value of a training step that tells whether it is finite, and what it is of. */
export interface Probe {
  readonly of: "column" | "output" | "loss" | "gradient";
  /** The column's, or the layer's; of a loss, that of the last layer of a network that it teaches. */
  readonly name: string;
  /** Not finite where one of the values is not, or their sum overflows. `[]` f32 */
  readonly node: Node;
}

/** The values of a training step in the order in which they are computed, forward and then backward. Step scalars are those
 *  of {@link trainingProgram}. */
export function probeProgram(
  model: ProgramModel,
  split: Split,
  orderCapacity: number,
): Pick<BatchProgram, "computation" | "source"> & { readonly probes: readonly Probe[] } {
  const batch = lossBatch(model, split, orderCapacity);
  const { networks, columns, layout } = batch;
  const isAlone = Object.keys(networks).length === 1;
  const named = (network: string, block: string) => (isAlone ? block : `${network}/${block}`);
  // A loss overflows by what the last layer gives it.
  const readBy = (network = ""): string => named(network, networks[network]?.outputs.at(-1)?.name ?? "");
  const floats = [...columns].filter(([, { dtype }]) => dtype === "f32");
  const probes: Probe[] = [
    ...floats.map(([name, node]) => ({ of: "column", name, node: sum(node) }) as const),
    ...Object.entries(networks).flatMap(([network, { outputs }]) =>
      outputs.map(({ name, node }) => ({ of: "output", name: named(network, name), node: sum(node) }) as const),
    ),
    ...batch.losses.map((node, i) => ({ of: "loss", name: readBy(layout.losses[i]?.trains[0]), node }) as const),
    ...Object.keys(networks).flatMap((network) => {
      const { variables, gradients: nodes } = taught(batch, network) ?? { variables: [], gradients: [] };
      return nodes
        .map(
          (node, i) => ({ of: "gradient", name: layerOf(variables[i]?.entry.name), node: sum(square(node)) }) as const,
        )
        .toReversed();
    }),
  ];
  return { source: batch.source, probes, computation: { outputs: probes.map(({ node }) => node) } };
}

/** `dense_1` of `dense_1/kernel`. */
const layerOf = (variable = ""): string => variable.split("/").slice(0, -1).join("/");

/** A {@link BatchProgram} that scores, and what it makes of each sample, where it tells a class. */
export interface ScoringProgram extends BatchProgram {
  readonly answers: AnswerNodes | undefined;
}

/** One scored batch without learning. Step scalars: `row` of the ring, `offset`, `count`; `seed` and `step` where the task
 *  draws random numbers. */
export function scoringProgram(
  model: ProgramModel,
  split: Split,
  batch: number,
  orderCapacity: number,
): ScoringProgram {
  const scored = scoredBatch(model, split, batch, orderCapacity, false);
  const { source, layout, lossSums, metricSums, penalties } = scored;
  const hasPenalty = penalties.some((penalty) => penalty !== undefined);
  const values = [
    ...lossSums,
    ...metricSums,
    ...countedIn(scored),
    ...(hasPenalty ? penalties.map((penalty) => penalty ?? constant(0)) : []),
  ];
  // What is told of each class makes wide rows: there are as many as batches.
  const ring = ringOf(values, Math.ceil(orderCapacity / batch));
  const row = writeRow(ring, stepScalar("row", "u32"), values);
  const answers = answersOf(model, scored);
  const outputs = answers ? [answers.output, answers.losses] : [];
  return { source, ring, layout, answers, computation: { outputs, updates: [{ state: ring, value: row }] } };
}

/** What is said of each sample of a scored batch. Always computed where there is a class to tell, which next to the networks costs
 *  nothing, so that scores have the same launches, which an adapter has been tested on, whether anybody looks at answers. */
function answersOf({ description }: ProgramModel, { graph, lossRows }: ScoredBatch): AnswerNodes | undefined {
  const shown = Object.values(tasks[description.task.type].show(graph)).find(({ kind }) => kind === "class");
  const [losses] = lossRows;
  if (!shown || !losses) return undefined;
  return { output: shown.node, losses, areProbabilities: shown.areProbabilities ?? false };
}

/** A number that is finite while everything that is learnt is: the sum of all variables and of what optimizers keep, which a
 *  model that still learns does not overflow. The loss of a step does not tell of the update that follows it, and an
 *  infinite mean of squares makes every step after it 0. `[]` f32 */
export function healthProgram({ networks }: ModelState): { readonly computation: Computation; readonly total: Node } {
  const vectors = Object.values(networks).flatMap(({ trained, kept, slots }) => [
    trained,
    kept,
    ...Object.values(slots),
  ]);
  const [first = constant(0), ...rest] = vectors.flatMap((vector) => (vector ? [sum(vector)] : []));
  const total = rest.reduce((a, b) => add(a, b), first);
  return { computation: { outputs: [total] }, total };
}

/** What is shown of a batch of samples given by the caller. */
export interface ShowProgram {
  readonly computation: Computation;
  /** The columns that are read, as networks see them, and what else the caller gives, `[batch, ...shape]`. */
  readonly columns: ReadonlyMap<string, Node>;
  readonly shown: Readonly<Record<string, Shown>>;
}

/** Step scalars: `seed` and `step` where the task draws random numbers.
 *  @param question one of those that the task can be asked; what it shows when left out
 *  @throws ArgumentError for a question that the task does not know */
export function showProgram(model: ProgramModel, batch: number, question?: string): ShowProgram {
  const task = tasks[model.description.task.type];
  const asked = question === undefined ? task : task.asked?.[question];
  if (!asked) {
    const known = Object.keys(task.asked ?? {}).join(", ") || "no question";
    throw new ArgumentError(`${task.title}: expected ${known}, got "${question}". Ask one of those.`);
  }
  const leaves = new Map<string, Node>();
  const given = (name: string, shape: Shape, dtype: DType = "f32"): Node => {
    const leaf = input(`batch/${name}`, [batch, ...shape], dtype);
    leaves.set(name, leaf);
    return leaf;
  };
  const column = (name: string): Node => {
    const info = model.data.columns[name];
    if (!info) throw new Error(`Column: expected one of the dataset's, got "${name}".`);
    const { shape, dtype } = typeOfColumn(info);
    return given(name, shape, dtype);
  };
  const { graph } = construct(model, batch, false, column, { mask: undefined, count: undefined });
  const shown = asked.show({ ...graph, given });
  const outputs = Object.values(shown).map(({ node }) => node);
  // A question may look at a column for its shape alone.
  const read = new Set(topologicalOrder(outputs));
  const columns = new Map([...leaves].filter(([, leaf]) => read.has(leaf)));
  return { computation: { outputs }, columns, shown };
}

/** The step scalars of a network's optimizer. @param step from 1
 *  @param every at every how many steps it learns: those between do not count for the optimizer, and its turn is 0 at them
 *  @param isForced whether it learns at this one in any case */
export const scalarsOf = (
  name: string,
  { optimizer: { type, config } }: NetworkDescription,
  step: number,
  learningRate: number,
  every = 1,
  isForced = false,
): StepRow => {
  const optimizer = optimizers[type];
  const own = Math.max(1, Math.floor(step / every));
  const values = optimizer.scalars(own, learningRate, readConfig(optimizer.fields, config).config);
  const turn = every > 1 ? { turn: isForced || step % every === 0 ? 1 : 0 } : {};
  return Object.fromEntries(
    Object.entries({ ...values, ...turn }).map(([scalar, value]) => [`${name}.${scalar}`, value]),
  );
};

/** Those of all networks of a model. @param rates the learning rate of each  @param only networks that learn at this step in any case */
export function scalarsAt(
  model: Pick<ProgramModel, "description" | "data">,
  step: number,
  rates: Readonly<Record<string, number>>,
  only: readonly string[] = [],
): StepRow {
  const every = everyOf(model);
  return Object.assign(
    {},
    ...Object.entries(model.description.networks).map(([name, network]) =>
      scalarsOf(name, network, step, rates[name] ?? NaN, every[name], only.includes(name)),
    ),
  );
}
