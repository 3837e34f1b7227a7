/** What training takes in memory: by purpose, and in words when there is no room for it. Allocates nothing. */
import type { Executable } from "../backend/backend";
import type { Shortage } from "../backend/memory";
import { tensorBytes } from "../backend/memory";
import type { Plan } from "../compile/plan";
import { layerOf, type Node } from "../graph/node";
import { readConfig } from "../fields";
import type { ModelReport } from "../model/analyze/report";
import { type Block, findBlock, isContainer } from "../model/blocks";
import type { ModelDescription } from "../model/description";
import { layers } from "../nn/layers";
import { optimizers } from "../optim/optimizers";
import type { ModelState, StateRole } from "./state";
import { type EngineKey, type Said, say } from "../words/said";

/** Bytes held on the device for a model, by what they are for. */
export interface MemoryReport {
  readonly dataset: number;
  /** Weights, running statistics included. */
  readonly parameters: number;
  /** What the optimizer keeps between steps. */
  readonly optimizer: number;
  /** Working memory of the training step: activations, gradients and the like, and the tables of kernels. */
  readonly training: number;
  /** The same for scoring and predicting, once they have been used. */
  readonly scoring: number;
  /** Shuffled row numbers, and scores not yet read. */
  readonly bookkeeping: number;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
const bytesOf = (nodes: Iterable<Node>): number => sum(Array.from(nodes, (node) => tensorBytes(node)));
const workingBytes = (executables: readonly Executable[]): number =>
  sum(executables.map(({ memoryBytes }) => memoryBytes));

/** What a model holds on its device. */
export interface Held {
  readonly state: ModelState;
  /** The leaves whose tensors are the session's. */
  readonly own: Iterable<Node>;
  /** What a training step runs, and what all else does. */
  readonly training: readonly Executable[];
  readonly scoring: readonly Executable[];
  readonly datasetBytes: number;
}

/** Counts the bytes of one model. Every byte is in one place only. */
export function reportMemory({ state, own, training, scoring, datasetBytes }: Held): MemoryReport {
  const ofRoles = (...roles: readonly StateRole[]): number =>
    bytesOf(state.tensors.filter(({ role }) => roles.includes(role)).map(({ node }) => node));
  const parameters = ofRoles("trained", "kept");
  const optimizer = ofRoles("slot", "constant");
  return {
    dataset: datasetBytes,
    parameters,
    optimizer,
    training: workingBytes(training),
    scoring: workingBytes(scoring),
    bookkeeping: bytesOf(own) - parameters - optimizer,
  };
}

/** All bytes of a report. */
export const totalBytes = (report: MemoryReport): number => sum(Object.values(report));

/** Names of the largest consumers that a refusal gives. */
const NAMED = 2;

interface Consumer {
  readonly layer: number;
  readonly bytes: number;
  readonly what: "value" | "weights";
}

/** How many vectors of the weights' size there are for a network: themselves, their gradient, the optimizer's state. */
function copiesOf({ networks }: ModelDescription, network: string): number {
  const chosen = networks[network]?.optimizer;
  if (!chosen) return 2;
  const optimizer = optimizers[chosen.type];
  return 2 + Object.keys(optimizer.slots(readConfig(optimizer.fields, chosen.config).config)).length;
}

/** The layers that take most: each by its largest value or, where these take more, by its weights with all that goes
 *  with them. */
function largestConsumers({ launches: steps }: Plan, report: ModelReport, description: ModelDescription): Consumer[] {
  const values = steps.flatMap(({ outputs }) => outputs);
  return report.layers
    .map(({ name, network, variables, parameterCount }, layer): Consumer => {
      const own = values.filter(({ label }) => layerOf(label) === name).map((node) => tensorBytes(node));
      const value = own.reduce((most, bytes) => Math.max(most, bytes), 0);
      const isLayer = Object.keys(variables).length > 0;
      const weights = isLayer ? parameterCount * 4 * copiesOf(description, network) : 0;
      return weights > value ? { layer, bytes: weights, what: "weights" } : { layer, bytes: value, what: "value" };
    })
    .filter(({ bytes }) => bytes > 0)
    .toSorted((a, b) => b.bytes - a.bytes)
    .slice(0, NAMED);
}

const widthOf = (block: Block | undefined) => (block && !isContainer(block) ? layers[block.type].width : undefined);

const fewer = { units: "memory.fewerUnits", filters: "memory.fewerFilters" } as const;

/** `fewer filters in conv2d_1`: the setting that makes a layer's values smaller is its own or that of a layer before. */
function smallerLayer(description: ModelDescription, report: ModelReport, layer: number): Said<EngineKey> {
  for (let i = layer; i >= 0; i--) {
    const own = report.layers[i];
    const width = own && widthOf(findBlock(description, own.id)?.block);
    if (width) return say(fewer[width], { layer: own.name });
  }
  return say("memory.fewerLayers");
}

/** A model that is too large. */
interface LargeModel {
  readonly description: ModelDescription;
  readonly report: ModelReport;
  /** Of its training step. */
  readonly plan: Plan;
}

/** Why a model is not trained, and what to shrink. @param fits whether there is room for it at a smaller batch size */
export function describeShortage(
  shortage: Shortage,
  { description, report, plan }: LargeModel,
  fits: (batch: number) => boolean,
): Said<EngineKey> {
  const { batchSize } = description.training;
  let batch = batchSize >> 1;
  while (batch > 0 && !fits(batch)) batch >>= 1;
  const consumers = largestConsumers(plan, report, description);
  const parts = consumers.map(({ layer, bytes, what }) =>
    say(`memory.${what}`, { size: bytes, layer: report.layers[layer]?.name ?? "" }),
  );
  const sizes = { batch: batchSize, needed: shortage.neededBytes, allowed: shortage.allowedBytes };
  const lack = say(shortage.limit === "total" ? "memory.shortage" : "memory.shortageInOne", sizes);
  const problem = parts.length === 0 ? lack : then(lack, say("memory.most", { parts }));
  const smaller = smallerLayer(description, report, consumers[0]?.layer ?? report.layers.length - 1);
  return then(
    problem,
    batch === 0 ? say("memory.noBatch", { smaller }) : say("memory.smallerBatch", { batch, smaller }),
  );
}

const then = (problem: Said<EngineKey>, advice: Said<EngineKey>): Said<EngineKey> =>
  say("problem.advised", { problem, advice });
