// Random models: small and valid, of all layers, losses and optimizers, on images of random bytes; and what a few steps of
// their training start from.
import * as fc from "fast-check";
import type { StepRow, TensorData } from "../../src/engine/backend/backend";
import type { Computation } from "../../src/engine/compile/plan";
import { readConfig } from "../../src/engine/fields";
import type { Node } from "../../src/engine/graph/node";
import { analyzeModel } from "../../src/engine/model/analyze";
import { activationNames } from "../../src/engine/nn/activations";
import { f32, isProblem } from "../../src/engine/nn/layer";
import { layers as layerTypes } from "../../src/engine/nn/layers";
import type { LossType } from "../../src/engine/nn/losses";
import type { OptimizerType } from "../../src/engine/optim/optimizers";
import { optimizers } from "../../src/engine/optim/optimizers";
import { permutation, STREAM } from "../../src/engine/random";
import { drawnBelow } from "../../src/engine/selftest/sample";
import type { Shape } from "../../src/engine/shape";
import { MODEL } from "../../src/engine/tasks/supervised";
import { scalarsOf, trainingProgram } from "../../src/engine/train/programs";
import { isSnapshotted, modelState } from "../../src/engine/train/state";
import { columnOf, labelled, splitOf } from "./data";
import { type LayerSpec, modelOf, networkOf } from "./models";

/** What a random model is made of. */
export interface Recipe {
  /** Height, width, channels. */
  readonly image: readonly [number, number, number];
  readonly classes: number;
  /** Layers of images, then of vectors; those that do not fit what comes before them are left out. */
  readonly images: readonly (readonly LayerSpec[])[];
  readonly flat: "Flatten" | "GlobalAveragePooling2D";
  readonly vectors: readonly LayerSpec[];
  readonly ending: readonly [loss: LossType, activation: string];
  readonly optimizer: readonly [OptimizerType, Readonly<Record<string, number>>];
  readonly clipNorm: number;
  readonly batchSize: number;
  /** Samples that the last of the three batches is short of. */
  readonly missing: number;
  readonly seed: number;
  /** How many buffers a launch may bind. */
  readonly bindings: number;
  /** How many parts long products are split into; by their size where undefined. */
  readonly parts: number | undefined;
}

const STEPS = 3;

const from = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max });
const pair = (min: number, max: number): fc.Arbitrary<[number, number]> => fc.tuple(from(min, max), from(min, max));
/** Mostly the first. */
const mostly = <T>(usual: T, other: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other });

const padding = fc.constantFrom("valid", "same");
const activation = mostly("relu", fc.constantFrom<string[]>(...activationNames));
const l2 = mostly(0, fc.constant(0.01));

const conv: fc.Arbitrary<LayerSpec> = fc
  .record({
    filters: from(1, 9),
    kernelSize: pair(1, 3),
    strides: mostly([1, 1], pair(1, 2)),
    dilationRate: mostly([1, 1], pair(1, 2)),
    padding,
    activation,
    useBias: mostly(true, fc.constant(false)),
    kernelL2: l2,
  })
  .map((config) => ["Conv2D", config]);
const pooling = fc.constantFrom("MaxPooling2D", "AveragePooling2D");
const byTwo: fc.Arbitrary<LayerSpec> = fc.constant(["MaxPooling2D"]);
const pool: fc.Arbitrary<LayerSpec> = fc
  .tuple(pooling, fc.record({ poolSize: pair(1, 3), strides: pair(1, 3), padding }))
  .map(([type, config]) => [type, config]);
const dropout: fc.Arbitrary<LayerSpec> = fc.constantFrom(0.2, 0.5).map((rate) => ["Dropout", { rate }]);
const activationLayer: fc.Arbitrary<LayerSpec> = activation.map((name) => ["Activation", { activation: name }]);
const dense: fc.Arbitrary<LayerSpec> = fc
  .record({ units: from(1, 40), activation, useBias: mostly(true, fc.constant(false)), kernelL2: l2 })
  .map((config) => ["Dense", config]);

/** Large enough that gradients which are all but zero do not decide the size of a step, as they would where an optimizer
 *  divides them by their own magnitude: then rounding would. */
const epsilon = 0.01;
const adaptive = { learningRate: 0.01, epsilon };
const chosenOptimizer: fc.Arbitrary<Recipe["optimizer"]> = fc.constantFrom<Recipe["optimizer"][]>(
  ["SGD", { learningRate: 0.05 }],
  ["Momentum", { learningRate: 0.05 }],
  ["Nesterov", { learningRate: 0.05 }],
  ["RMSprop", adaptive],
  ["Adagrad", adaptive],
  ["Adam", adaptive],
  ["AdamW", adaptive],
);

const classifying: Recipe["ending"] = ["sparseCategoricalCrossentropy", "softmax"];
const ending: fc.Arbitrary<Recipe["ending"]> = mostly(
  classifying,
  fc.constantFrom<Recipe["ending"][]>(
    ["categoricalCrossentropy", "softmax"],
    ["categoricalCrossentropy", "sigmoid"],
    ["binaryCrossentropy", "sigmoid"],
    ["meanSquaredError", "linear"],
    ["meanAbsoluteError", "tanh"],
  ),
);

export const recipe: fc.Arbitrary<Recipe> = fc.record({
  image: fc.tuple(from(1, 13), from(1, 13), fc.constantFrom(1, 2, 3, 4)),
  classes: from(2, 11),
  images: fc.array(
    fc.oneof(
      { weight: 3, arbitrary: fc.tuple(conv, byTwo) },
      { weight: 2, arbitrary: fc.tuple(conv) },
      { weight: 1, arbitrary: fc.tuple(fc.oneof(pool, dropout, activationLayer)) },
    ),
    { maxLength: 3 },
  ),
  flat: mostly("Flatten", fc.constant("GlobalAveragePooling2D")),
  vectors: fc.array(fc.oneof({ weight: 2, arbitrary: dense }, { weight: 1, arbitrary: dropout }), { maxLength: 2 }),
  ending,
  optimizer: chosenOptimizer,
  clipNorm: mostly(0, fc.constant(0.5)),
  batchSize: from(2, 9),
  missing: from(0, 8),
  seed: from(0, 1000),
  bindings: fc.constantFrom(8, 10),
  parts: fc.oneof(fc.constant(undefined), from(1, 5)),
});

function* fitting(input: Shape, specs: Iterable<LayerSpec>): Iterable<LayerSpec> {
  let type = f32(input);
  for (const spec of specs) {
    const layer = layerTypes[spec[0]];
    const output = layer.output(type, readConfig(layer.fields, spec[1] ?? {}).config);
    if (isProblem(output)) continue;
    type = output;
    yield spec;
  }
}

/** The training of a random model. */
export interface RandomTraining {
  readonly computation: Computation;
  /** What is in memory before the first step. */
  readonly feeds: ReadonlyMap<Node, TensorData>;
  /** The scalars of a few steps, whose last batch may be short. */
  readonly rows: readonly StepRow[];
  /** What the steps leave behind: scores first, then parameters and the optimizer's state. */
  readonly leaves: readonly Node[];
}

/** @throws ModelError when the model has an error after all */
export function trainingOf(random: Recipe): RandomTraining {
  const {
    image,
    classes,
    batchSize,
    seed,
    clipNorm,
    optimizer: [type, config],
    ending: [loss, last],
  } = random;
  const count = STEPS * batchSize - Math.min(random.missing, batchSize - 1);
  const bytes = (end: number, shape: Shape): Uint8Array<ArrayBuffer> =>
    Uint8Array.from(drawnBelow(end, shape, seed, "u8").values);
  const split = splitOf(bytes(256, [count, ...image]), bytes(classes, [count]));
  const names = Array.from({ length: classes }, (_, i) => String(i));
  const input = { kind: "image", shape: image, dtype: "u8", scale: 1 / 255 } as const;
  const dataset = labelled({ id: "bytes", title: "Bytes", input, names }, split);
  // A single unit tells two classes apart where the loss allows.
  const units = classes === 2 && !loss.endsWith("ategoricalCrossentropy") ? 1 : classes;
  const layers = fitting(image, [
    ...random.images.flat(),
    [random.flat],
    ...random.vectors,
    ["Dense", { units, activation: last }],
  ]);
  const description = modelOf([...layers], { loss, optimizer: { type, config }, batchSize, seed, clipNorm });
  const state = modelState(description, analyzeModel(description, dataset));
  const { computation, source, ring } = trainingProgram({ description, data: dataset, state }, split, count);
  const { fields } = optimizers[type];
  const rate = Number(readConfig(fields, config).config["learningRate"]);
  return {
    computation,
    feeds: new Map<Node, TensorData>([
      ...state.tensors.map(({ node, start }) => [node, start()] as const),
      ...[...source.columns].map(([name, node]) => [node, columnOf(split, name)] as const),
      [source.order, permutation(count, seed, 0, STREAM.shuffle)],
    ]),
    rows: Array.from({ length: STEPS }, (_, step) => ({
      ...scalarsOf(MODEL, networkOf(description), step + 1, rate),
      offset: step * batchSize,
      count: Math.min(batchSize, count - step * batchSize),
      step,
      seed,
    })),
    leaves: [ring, ...state.tensors.filter(isSnapshotted).map(({ node }) => node)],
  };
}
