/** How a model's layers are: what they give, their weights and gradients, and how far the next step would move them. It is one training
 *  step on a copy of the state, over a few samples, of which nothing is kept. */
import * as v from "valibot";
import type { TensorData } from "../backend/backend";
import type { Node } from "../graph/node";
import { readConfig } from "../fields";
import { blockNames, isContainer, walk } from "../model/blocks";
import { layers } from "../nn/layers";
import { sub } from "../ops/pointwise";
import { gradients } from "../ops/gradients";
import { networkOf } from "../train/batches";
import { learn, scalarsAt, type Taught } from "../train/programs";
import { defineInquiry, type Subject } from "./inquiry";
import { fillBatch, lossesOf, Side, sideGraph } from "./side";

/** Samples that are looked at. */
const SAMPLES = 32;
/** Values that a histogram is about, if there are more: its bars are then right to a fifth of a percent. */
const PICKED = 65_536;
/** Bars of a histogram. */
export const BINS = 40;

/** What is wrong with a layer.
 *  `dead`: of its units with relu, at least a tenth give 0 for all samples. `saturated`: of what it gives with tanh or sigmoid, at least
 *  half is within 1% of the ends. `vanishing`: gradients of its kernel are a thousandth of those of another layer, or less.
 *  `exploding`: its gradient is longer than 100 or not finite, or a step would change its kernel by a tenth. */
export type HealthProblem = "dead" | "saturated" | "vanishing" | "exploding";

const LIMITS = { dead: 0.1, saturated: 0.5, nearEnd: 0.01, vanishing: 1e-3, gradient: 100, update: 0.1 };

/** One layer. Histograms are shares in {@link BINS} bins of a scale that is the same for all. */
export interface BlockHealth {
  readonly network: string;
  readonly block: string;
  /** Of outputs and of weights: from -4 to 4 by the square root of the size. */
  readonly outputs: Float32Array<ArrayBuffer>;
  readonly weights: Float32Array<ArrayBuffer> | null;
  /** Of the sizes of gradients: from 1e-8 to 1, by their logarithm. */
  readonly gradients: Float32Array<ArrayBuffer> | null;
  /** Share of units that give 0 for all samples; null where the layer has no relu. */
  readonly dead: number | null;
  /** Share of outputs close to the ends of tanh or sigmoid; null where it has neither. */
  readonly saturated: number | null;
  /** Length of the kernel's gradient; null where nothing is trained. */
  readonly gradientNorm: number | null;
  /** How long the next step's change of the kernel is next to the kernel. */
  readonly updateRatio: number | null;
  readonly problems: readonly HealthProblem[];
}

/** All layers of a model, after some step. */
export interface Health {
  readonly step: number;
  readonly blocks: readonly BlockHealth[];
}

/** Values as shares of bins over a place from 0 to 1: of all values or, where they are many more, of {@link PICKED} at equal distances. */
function histogram(values: ArrayLike<number>, placeOf: (value: number) => number): Float32Array<ArrayBuffer> {
  const counts = new Uint32Array(BINS);
  // No distance that some channels would always be skipped by.
  let apart = Math.ceil(values.length / PICKED);
  while (greatestDivisor(apart, values.length) > 1) apart++;
  for (let i = 0; i < values.length; i += apart) {
    const bin = Math.min(BINS - 1, Math.max(0, Math.floor(placeOf(values[i] ?? 0) * BINS)));
    counts[Number.isFinite(bin) ? bin : 0]!++;
  }
  const total = counts.reduce((a, b) => a + b, 0);
  return Float32Array.from(counts, (count) => count / Math.max(1, total));
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}

const bySize = (value: number): number => 0.5 + (0.5 * Math.sign(value) * Math.sqrt(Math.min(4, Math.abs(value)))) / 2;
const byLogarithm = (value: number): number => (Math.log10(Math.abs(value) + 1e-30) + 8) / 8;

/** The Euclidean length. */
function lengthOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] ?? 0) ** 2;
  return Math.sqrt(sum);
}

/** Share of units, along the last axis, that give 0 everywhere. */
function deadShare(values: ArrayLike<number>, units: number): number {
  const lives = new Uint8Array(units);
  for (let i = 0; i < values.length; i++) if (values[i] !== 0) lives[i % units] = 1;
  return 1 - lives.reduce((a, b) => a + b, 0) / units;
}

function saturatedShare(values: ArrayLike<number>, low: number): number {
  let count = 0;
  const near = LIMITS.nearEnd * (1 - low);
  for (let i = 0; i < values.length; i++) if ((values[i] ?? 0) < low + near || (values[i] ?? 0) > 1 - near) count++;
  return count / Math.max(1, values.length);
}

/** What a step would teach a network, and where it would take its variables. */
interface Lesson {
  readonly name: string;
  readonly taught: Taught;
  readonly change: Node;
}

function lessons(subject: Subject, side: ReturnType<typeof sideGraph>): Lesson[] {
  const { description, state } = subject.model;
  const lossFor = lossesOf(subject, side);
  return Object.entries(state.networks).flatMap(([name, own]): Lesson[] => {
    const variables = side.networks[name]?.variables.filter(({ entry }) => entry.role === "trained") ?? [];
    const loss = lossFor((network) => network === name);
    if (!loss || !own.trained || variables.length === 0) return [];
    const taught: Taught = {
      variables,
      gradients: gradients(
        loss,
        variables.map(({ node }) => node),
      ),
    };
    const next = learn(name, networkOf(description, name), own, taught, false)?.updates[0];
    return next ? [{ name, taught, change: sub(next.value, own.trained) }] : [];
  });
}

export const health = defineInquiry({
  question: v.object({}),
  answer: async (subject): Promise<Health> => {
    const { model, snapshot, rates } = subject;
    const { description } = model;
    const side = sideGraph(subject, SAMPLES, true);
    const taught = lessons(subject, side);
    const outputs = Object.values(side.networks).flatMap((network) => network.outputs.map(({ node }) => node));
    const asked = taught.flatMap(({ taught: own, change }) => [...own.gradients, change]);
    const opened = await Side.open(subject, { outputs: [...new Set([...outputs, ...asked])] }, side.columns.values());
    try {
      fillBatch(subject, opened, side.columns, SAMPLES);
      opened.run(scalarsAt(model, snapshot.step + 1, rates, Object.keys(description.networks)));
      const blocks: BlockHealth[] = [];
      for (const [network, bound] of Object.entries(side.networks)) {
        const lesson = taught.find(({ name }) => name === network);
        const trained = snapshot.tensors[`${network}/trained`];
        const kernels = lesson && trained ? await kernelsOf(lesson, opened, trained) : new Map();
        const activation = activationsOf(subject, network);
        for (const { name, node } of bound.outputs) {
          const values = await opened.read(node);
          const kernel: Kernel | undefined = kernels.get(name);
          const does = activation.get(name);
          const isEnding = does === "tanh" || does === "sigmoid";
          blocks.push({
            network,
            block: name,
            outputs: histogram(values, bySize),
            weights: kernel ? histogram(kernel.weights, bySize) : null,
            gradients: kernel ? histogram(kernel.gradient, byLogarithm) : null,
            dead: does === "relu" ? deadShare(values, node.shape.at(-1) ?? 1) : null,
            saturated: isEnding ? saturatedShare(values, does === "tanh" ? -1 : 0) : null,
            gradientNorm: kernel ? lengthOf(kernel.gradient) : null,
            updateRatio: kernel ? lengthOf(kernel.change) / Math.max(1e-12, lengthOf(kernel.weights)) : null,
            problems: [],
          });
        }
        const sizes = [...kernels.values()].map(meanSize);
        const largest = Math.max(0, ...sizes);
        for (const [i, block] of blocks.entries()) {
          if (block.network !== network) continue;
          const kernel: Kernel | undefined = kernels.get(block.block);
          const isLast = i === blocks.length - 1;
          blocks[i] = {
            ...block,
            problems: problemsOf(block, kernel ? meanSize(kernel) / Math.max(1e-30, largest) : 1, isLast),
          };
        }
      }
      return { step: snapshot.step, blocks };
    } finally {
      opened.dispose();
    }
  },
});

/** A layer's kernels, all in one. */
interface Kernel {
  readonly weights: TensorData;
  readonly gradient: TensorData;
  readonly change: TensorData;
}

const meanSize = ({ gradient }: Kernel): number => lengthOf(gradient) / Math.sqrt(Math.max(1, gradient.length));

/** By layer's name. Biases, which begin at 0, are left out. */
async function kernelsOf({ taught, change }: Lesson, opened: Side, trained: TensorData): Promise<Map<string, Kernel>> {
  const changes = await opened.read(change);
  const found = new Map<string, Kernel>();
  for (const [i, { entry }] of taught.variables.entries()) {
    const node = taught.gradients[i];
    if (!node || entry.spec.shape.length < 2) continue;
    const gradient = await opened.read(node);
    const at = (values: TensorData): TensorData => values.subarray(entry.offset, entry.offset + gradient.length);
    const path = entry.name.split("/");
    const layer = path.at(-2) ?? "";
    const own = { weights: at(trained), gradient, change: at(changes) };
    const before = found.get(layer);
    found.set(layer, before ? joined(before, own) : own);
  }
  return found;
}

const joined = (a: Kernel, b: Kernel): Kernel => ({
  weights: both(a.weights, b.weights),
  gradient: both(a.gradient, b.gradient),
  change: both(a.change, b.change),
});

function both(a: TensorData, b: TensorData): TensorData {
  const all = new Float32Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}

/** The activation of each layer that has one, by the layer's name. */
function activationsOf({ model: { description } }: Subject, network: string): ReadonlyMap<string, unknown> {
  const { blocks } = networkOf(description, network);
  const names = blockNames(blocks);
  const found = new Map<string, unknown>();
  for (const { block } of walk(blocks, { network, parent: null })) {
    if (isContainer(block)) continue;
    const { config } = readConfig(layers[block.type].fields, block.config);
    found.set(names.get(block.id) ?? block.type, "activation" in config ? config.activation : undefined);
  }
  return found;
}

function problemsOf(
  { dead, saturated, gradientNorm, updateRatio }: BlockHealth,
  relative: number,
  isLast: boolean,
): HealthProblem[] {
  const isExploding =
    gradientNorm !== null &&
    !(Number.isFinite(gradientNorm) && gradientNorm <= LIMITS.gradient && (updateRatio ?? 0) <= LIMITS.update);
  return [
    ...(dead !== null && dead >= LIMITS.dead ? ["dead" as const] : []),
    // A model's last sigmoid is meant to be sure.
    ...(saturated !== null && saturated >= LIMITS.saturated && !isLast ? ["saturated" as const] : []),
    ...(relative <= LIMITS.vanishing ? ["vanishing" as const] : []),
    ...(isExploding ? ["exploding" as const] : []),
  ];
}
