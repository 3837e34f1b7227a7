/** The presets: complete, good descriptions to start from. */
import type { Config } from "../fields";
import type { ContainerType } from "../nn/containers";
import type { LayerType } from "../nn/layers";
import type { OptimizerType } from "../optim/optimizers";
import type { ScheduleType } from "../optim/schedules";
import type { TaskType } from "../tasks";
import { MODEL } from "../tasks/supervised";
import type { Block } from "./blocks";
import type { ModelDescription, NetworkDescription, RunSettings } from "./description";
import { networkFields, trainingFields } from "./training";

/** A preset and why one would choose it. */
export interface Preset {
  readonly title: string;
  readonly help: string;
  readonly description: ModelDescription;
}

/** The settings that a new model starts with. */
export const defaultTraining: RunSettings = {
  batchSize: trainingFields.batchSize.default,
  epochs: trainingFields.epochs.default,
  seed: trainingFields.seed.default,
  validationCount: trainingFields.validationCount.default,
  patience: trainingFields.patience.default,
};

/** How a new network learns. */
export const defaultLearning: Omit<NetworkDescription, "blocks"> = {
  optimizer: { type: "Adam", config: {} },
  schedule: { type: "constant", config: {} },
  clipNorm: networkFields.clipNorm.default,
};

/** A layer, or a container with its branches. */
type Layer = readonly [LayerType, Config?] | readonly [ContainerType, Config, readonly (readonly Layer[])[]];

/** Blocks with ids that are unique in the model. @param path keeps those of different networks and branches apart */
function stack(list: readonly Layer[], path = ""): Block[] {
  return list.map((layer, i): Block => {
    const [type, config = {}, branches] = layer;
    const id = `${path}${type.toLowerCase()}-${i + 1}`;
    if (branches === undefined) return { id, type: type as LayerType, config };
    return {
      id,
      type: type as ContainerType,
      config,
      branches: branches.map((branch, b) => stack(branch, `${id}.${b + 1}.`)),
    };
  });
}

/** How to train, as far as it is not by default. */
interface Training extends Partial<RunSettings> {
  readonly optimizer?: readonly [OptimizerType, Config];
  /** Of single networks, by name. */
  readonly optimizers?: Readonly<Record<string, readonly [OptimizerType, Config]>>;
  readonly schedule?: readonly [ScheduleType, Config];
  readonly task?: readonly [TaskType, Config];
}

interface Named {
  readonly title: string;
  readonly help: string;
  readonly dataset: string;
}

function preset(
  { title, help, dataset }: Named,
  networks: Readonly<Record<string, readonly Layer[]>>,
  { optimizer, optimizers = {}, schedule, task = ["classification", {}], ...run }: Training = {},
): Preset {
  const paths = Object.keys(networks).length > 1;
  const learningOf = (name: string) => {
    const chosen = optimizers[name] ?? optimizer;
    return {
      ...defaultLearning,
      ...(chosen && { optimizer: { type: chosen[0], config: chosen[1] } }),
      ...(schedule && { schedule: { type: schedule[0], config: schedule[1] } }),
    };
  };
  return {
    title,
    help,
    description: {
      version: 2,
      name: title,
      dataset,
      task: { type: task[0], config: task[1] },
      networks: Object.fromEntries(
        Object.entries(networks).map(([name, list]) => [
          name,
          { blocks: stack(list, paths ? `${name}.` : ""), ...learningOf(name) },
        ]),
      ),
      training: { ...defaultTraining, ...run },
    },
  };
}

/** A classifier of MNIST's digits. */
const digits = (title: string, help: string, list: readonly Layer[], training?: Training): Preset =>
  preset({ title, help, dataset: "mnist" }, { [MODEL]: list }, training);

const dense = (units: number, activation: string): Layer => ["Dense", { units, activation }];
const classify = dense(10, "softmax");
const conv = (filters: number, more: Config = {}): Layer => [
  "Conv2D",
  { filters, kernelSize: [3, 3], activation: "relu", ...more },
];
/** A convolution that keeps the size. */
const same = (filters: number, more: Config = {}): Layer => conv(filters, { padding: "same", ...more });
/** One that filters each channel by itself before it mixes them. */
const separable = (filters: number): Layer => ["SeparableConv2D", { filters, kernelSize: [3, 3], activation: "relu" }];
/** A convolution, normalized before its activation. */
const normalized = (filters: number): readonly Layer[] => [
  conv(filters, { activation: "linear", useBias: false }),
  ["BatchNormalization"],
  ["Activation", { activation: "relu" }],
];
const convBase: readonly Layer[] = [
  conv(32),
  ["MaxPooling2D"],
  conv(64),
  ["MaxPooling2D"],
  conv(64),
  ["Flatten"],
  dense(64, "relu"),
];
/** A classifier of points in a plane, with hidden layers of so many units. */
const points = (title: string, help: string, dataset: string, hidden: readonly number[]): Preset =>
  preset(
    { title, help, dataset },
    { [MODEL]: [...hidden.map((units) => dense(units, "tanh")), dense(1, "sigmoid")] },
    {
      task: ["classification", { loss: "binaryCrossentropy" }],
      optimizer: ["Adam", { learningRate: 0.001 }],
      batchSize: 10,
      epochs: 800,
      validationCount: 200,
    },
  );
/** A digit as a sequence of its 28 rows. */
const rows = (title: string, help: string, layer: LayerType): Preset =>
  digits(title, help, [["Reshape", { targetShape: [28, 28] }], [layer, { units: 128 }], classify], { batchSize: 128 });
const residualBlock = (filters: number): Layer => [
  "Residual",
  {},
  [[same(filters), same(filters, { activation: "linear" })]],
];

/** All presets by id, in the order to offer them. The first is what a new visitor sees. */
export const presets = {
  perceptron: digits(
    "Perceptron",
    "One hidden layer. Learns in seconds, on anything.",
    [["Flatten"], dense(128, "relu"), classify],
    // Measured over three seeds, this beats a constant rate by 0.3 points after five epochs.
    { batchSize: 64, optimizer: ["Adam", { learningRate: 0.002 }], schedule: ["cosine", {}] },
  ),
  "two-hidden": digits(
    "Two hidden layers",
    "Deeper, with a bold learning rate.",
    [["Flatten"], dense(64, "relu"), dense(64, "relu"), classify],
    {
      task: ["classification", { loss: "categoricalCrossentropy" }],
      optimizer: ["Adam", { learningRate: 0.01 }],
      epochs: 10,
    },
  ),
  convnet: digits("Convnet", "The Keras classic: three convolutions see strokes, then shapes. 99% and up.", [
    ...convBase,
    classify,
  ]),
  "convnet-dropout": digits(
    "Convnet with dropout",
    "The same, with half the last features dropped while training.",
    [...convBase, ["Dropout", { rate: 0.5 }], classify],
    { epochs: 10 },
  ),
  "bn-convnet": digits(
    "Convnet with BatchNorm",
    "Normalized after each convolution: it learns faster, and deeper nets at all.",
    [
      ...normalized(32),
      ["MaxPooling2D"],
      ...normalized(64),
      ["MaxPooling2D"],
      ["Flatten"],
      dense(64, "relu"),
      classify,
    ],
  ),
  separable: digits(
    "Separable convnet",
    "The Keras classic with each channel filtered by itself, then all mixed: an eighth of the weights in those layers.",
    [
      conv(32),
      ["MaxPooling2D"],
      separable(64),
      ["MaxPooling2D"],
      separable(64),
      ["Flatten"],
      dense(64, "relu"),
      classify,
    ],
  ),
  augmented: digits(
    "Augmented convnet",
    "Digits moved, turned and zoomed at random: never the same twice, so there is nothing to learn by heart.",
    [
      ["RandomTranslation", { heightFactor: 0.1, widthFactor: 0.1 }],
      ["RandomRotation", { factor: 0.03 }],
      ["RandomZoom", { heightFactor: 0.1 }],
      ...convBase,
      classify,
    ],
    { epochs: 10 },
  ),
  resnet: digits("Residual net", "Blocks that add what they learn to what they were given.", [
    same(16),
    ["MaxPooling2D"],
    residualBlock(16),
    same(32),
    ["MaxPooling2D"],
    residualBlock(32),
    ["GlobalAveragePooling2D"],
    classify,
  ]),
  branches: digits("Branches", "Small and large filters side by side, as in Inception.", [
    conv(16),
    ["MaxPooling2D"],
    [
      "Branches",
      { merge: "concat" },
      [[same(16, { kernelSize: [1, 1] })], [same(16)], [same(16, { kernelSize: [5, 5] })]],
    ],
    ["MaxPooling2D"],
    ["Flatten"],
    dense(64, "relu"),
    classify,
  ]),
  "simple-rnn": rows(
    "Rows as a sequence",
    "Reads each digit row by row, as a sentence is read word by word.",
    "SimpleRNN",
  ),
  lstm: rows("Rows with LSTM", "The same with a memory, whose gates learn what to keep.", "LSTM"),
  gru: rows("Rows with GRU", "The same with fewer gates, and nearly as good.", "GRU"),
  autoencoder: preset(
    {
      title: "Autoencoder",
      help: "Squeezes each digit into 32 numbers and rebuilds it from those. Needs no labels.",
      dataset: "mnist",
    },
    {
      encoder: [["Flatten"], dense(128, "relu"), dense(32, "relu")],
      decoder: [dense(128, "relu"), dense(784, "sigmoid"), ["Reshape", { targetShape: [28, 28, 1] }]],
    },
    { task: ["reconstruction", {}], batchSize: 128 },
  ),
  "gan-points": preset(
    {
      title: "GAN on points",
      help: "A generator learns to put points where the data have them, by fooling a discriminator.",
      dataset: "ring",
    },
    {
      generator: [dense(128, "relu"), dense(128, "relu"), dense(2, "linear")],
      discriminator: [dense(128, "leaky_relu"), dense(128, "leaky_relu"), dense(1, "linear")],
    },
    {
      task: ["adversarial", { noise: 16 }],
      // A discriminator that learns faster keeps the generator from settling on a few clusters.
      // Source: Heusel et al. 2017, "GANs trained by a two time-scale update rule".
      optimizers: {
        generator: ["Adam", { learningRate: 0.0005, beta1: 0.5 }],
        discriminator: ["Adam", { learningRate: 0.002, beta1: 0.5 }],
      },
      batchSize: 256,
      epochs: 400,
      validationCount: 0,
    },
  ),
  sine: preset(
    { title: "Noisy sine", help: "A curve through noisy points: a number predicted from a number.", dataset: "sine" },
    { [MODEL]: [dense(64, "tanh"), dense(64, "tanh"), dense(1, "linear")] },
    {
      task: ["regression", {}],
      optimizer: ["Adam", { learningRate: 0.005 }],
      batchSize: 64,
      epochs: 200,
      validationCount: 128,
    },
  ),
  xor: preset(
    {
      title: "XOR",
      help: "Four points that no straight line separates. Why a hidden layer is needed.",
      dataset: "xor",
    },
    { [MODEL]: [dense(8, "sigmoid"), dense(1, "sigmoid")] },
    {
      task: ["classification", { loss: "meanSquaredError" }],
      optimizer: ["SGD", { learningRate: 3 }],
      batchSize: 4,
      epochs: 3000,
      validationCount: 0,
    },
  ),
  "points-circle": points("Circle", "A border that closes: three units can draw it, if they bend.", "circle", [4, 2]),
  "points-moons": points("Moons", "A border that bends twice, between two crescents.", "moons", [8, 4]),
  "points-spiral": points("Spiral", "The border that takes longest to find: watch it wind.", "spiral", [16, 16]),
} as const satisfies Record<string, Preset>;

/** What `?preset=` in the page's address may be. */
export type PresetId = keyof typeof presets;
