/** The computations of training: one step, one scored batch, one batch of predictions. Each is graph over shared state,
 *  described here and compiled elsewhere. */
import type { Dataset, Split } from "../data/dataset";
import type { Node } from "../graph/node";
import { labelled } from "../graph/node";
import type { Config } from "../fields";
import { readConfig } from "../fields";
import type { ModelReport } from "../model/analyze";
import { layoutParameters } from "../model/analyze";
import { buildForward, buildPenalty, buildScore } from "../model/build";
import type { ModelDescription } from "../model/description";
import { optimizers } from "../optim/optimizers";
import { sum } from "../ops/broadcast";
import { constant, range } from "../ops/constant";
import { batchRows } from "../ops/gather";
import { gradients } from "../ops/gradients";
import { pack } from "../ops/layout";
import { input, state, stepScalar } from "../ops/leaf";
import { add, div, greater, maximum, mul, sqrt, square } from "../ops/pointwise";
import { writeRow } from "../ops/ring";
import type { Backend } from "../backend/backend";
import { compile } from "../compile/compile";
import type { ChooseParts, Computation, Plan } from "../compile/plan";

/** Rows of the ring that scores are written to, read back every so often: one for each training step, or scored batch. */
export const RING_ROWS = 4096;
/** A training step's row: loss, penalty included, and accuracy. A scored batch's: sum of losses, number of right ones, and
 *  the penalty where the model has one. What is left of a row is not written. */
export const RING_COLUMNS = 4;

/** State that training and scoring share. */
export interface ModelState {
  readonly parameters: Node;
  /** Optimizer state by slot name, each shaped like the parameters. */
  readonly slots: Readonly<Record<string, Node>>;
  readonly seed: Node;
  readonly step: Node;
}

/** A resident dataset as seen by a computation that draws batches from it. */
export interface BatchSource {
  readonly inputs: Node;
  readonly labels: Node;
  /** Row numbers, `[capacity]` u32; a batch takes consecutive ones. */
  readonly order: Node;
}

/** A computation with the leaves that its owner must bind. */
export interface BatchProgram {
  readonly computation: Computation;
  readonly source: BatchSource;
  readonly ring: Node;
}

/** What a program is compiled for. */
export type Target = Pick<Backend, "kind" | "gemm" | "bindings">;

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

/** Makes the state of a model. */
export function modelState(description: ModelDescription, report: ModelReport): ModelState {
  const { size } = layoutParameters(report);
  const { type, config } = description.training.optimizer;
  const optimizer = optimizers[type];
  const slots = optimizer.slots(readConfig(optimizer.fields, config).config);
  return {
    parameters: state("parameters", [size]),
    slots: Object.fromEntries(Object.keys(slots).map((slot) => [slot, state(slot, [size])])),
    seed: stepScalar("seed", "u32"),
    step: stepScalar("step", "u32"),
  };
}

function batchSource(dataset: Dataset, split: Split, capacity: number): BatchSource {
  return {
    inputs: state("inputs", [split.count, ...dataset.inputShape], split.inputs instanceof Uint8Array ? "u8" : "f32"),
    labels: state("labels", [split.count], "u8"),
    order: state("order", [capacity], "u32"),
  };
}

/** The scored forward pass of one batch. */
function scoredBatch(
  description: ModelDescription,
  report: ModelReport,
  dataset: Dataset,
  model: ModelState,
  source: BatchSource,
  count: number,
  training: boolean,
) {
  const offset = stepScalar("offset", "u32");
  const samples = stepScalar("count");
  const { x, labels, mask } = labelled("batch", () => ({
    x: batchRows(source.inputs, source.order, offset, { count, scale: dataset.inputScale }),
    labels: batchRows(source.labels, source.order, offset, { count, dtype: "u32" }),
    // Places beyond the count are the padding of a short batch.
    mask: greater(samples, range(count)),
  }));
  const { output, weights } = buildForward(description, report, { ...model, x, training });
  const score = buildScore(description, dataset.classNames.length, output, labels, mask);
  const penalty = buildPenalty(weights);
  return { samples, weights, score, penalty };
}

/** One training step: draw a batch, forward, backward, update, note the scores.
 *  Step scalars: `step`, `seed`, `offset`, `count`, and the optimizer's own. */
export function trainingProgram(
  description: ModelDescription,
  report: ModelReport,
  dataset: Dataset,
  model: ModelState,
  orderCapacity: number,
): BatchProgram {
  const { training } = description;
  const source = batchSource(dataset, dataset.train, orderCapacity);
  const { samples, weights, score, penalty } = scoredBatch(
    description,
    report,
    dataset,
    model,
    source,
    training.batchSize,
    true,
  );
  const meanLoss = div(score.lossSum, samples);
  const loss = penalty ? add(meanLoss, penalty) : meanLoss;
  const nodes = weights.map(({ node }) => node);
  const gradient = pack(
    gradients(loss, nodes),
    weights.map(({ entry }) => entry.offset),
    model.parameters.shape[0]!,
  );
  const next = labelled("optimizer", () => update(training.optimizer, model, clipped(gradient, training.clipNorm)));
  const ring = state("ring", [RING_ROWS, RING_COLUMNS]);
  return {
    source,
    ring,
    computation: {
      outputs: [],
      updates: [
        { state: ring, value: writeRow(ring, model.step, [loss, div(score.correct, samples)]) },
        { state: model.parameters, value: next.parameters },
        ...Object.entries(model.slots).map(([slot, node]) => ({ state: node, value: next.slots[slot]! })),
      ],
    },
  };
}

function update(
  { type, config }: { type: keyof typeof optimizers; config: Config },
  model: ModelState,
  gradient: Node,
) {
  const optimizer = optimizers[type];
  const settings = readConfig(optimizer.fields, config).config;
  const names = Object.keys(optimizer.scalars(1, 0, settings));
  return optimizer.update({
    parameters: model.parameters,
    gradient,
    slots: model.slots,
    scalars: Object.fromEntries(names.map((name) => [name, stepScalar(name)])),
    config: settings,
  });
}

/** `g * clip / max(norm(g), clip)`: unchanged up to the norm, scaled down beyond it. Source: Pascanu et al. 2013. */
function clipped(gradient: Node, clipNorm: number): Node {
  if (clipNorm === 0) return gradient;
  const norm = sqrt(sum(square(gradient)));
  return mul(gradient, div(constant(clipNorm), maximum(norm, clipNorm)));
}

/** One scored batch without learning. Step scalars: `row` of the ring, `offset`, `count`. */
export function scoringProgram(
  description: ModelDescription,
  report: ModelReport,
  dataset: Dataset,
  split: Split,
  model: ModelState,
  batch: number,
  orderCapacity: number,
): BatchProgram {
  const source = batchSource(dataset, split, orderCapacity);
  const { score, penalty } = scoredBatch(description, report, dataset, model, source, batch, false);
  const ring = state("ring", [RING_ROWS, RING_COLUMNS]);
  const values = [score.lossSum, score.correct, ...(penalty ? [penalty] : [])];
  return {
    source,
    ring,
    computation: { outputs: [], updates: [{ state: ring, value: writeRow(ring, stepScalar("row", "u32"), values) }] },
  };
}

/** A number that is finite while every parameter is: their sum, which no finite parameters of a model that still learns
 *  overflow. The loss does not tell, since relu makes 0 of what is not a number. `[]` f32 */
export function healthProgram({ parameters }: ModelState): {
  readonly computation: Computation;
  readonly total: Node;
} {
  const total = sum(parameters);
  return { computation: { outputs: [total] }, total };
}

/** The model's output for a batch of inputs given by the caller. */
export function predictionProgram(
  description: ModelDescription,
  report: ModelReport,
  inputShape: readonly number[],
  model: ModelState,
  batch: number,
): { readonly computation: Computation; readonly x: Node; readonly output: Node } {
  const x = input("x", [batch, ...inputShape]);
  const { output } = buildForward(description, report, { ...model, x, training: false });
  return { computation: { outputs: [output] }, x, output };
}
