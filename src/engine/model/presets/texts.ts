/** Networks that read text, and can write it. */
import { MODEL } from "../../tasks/supervised";
import { dense, type Layer, preset, type Preset, type Training } from "./preset";

/** A block of a transformer: every step looks at those before it, and then thinks by itself. Source: Radford et al. 2019, "Language
 *  models are unsupervised multitask learners", normalized before rather than after. */
const transformerBlock = (width: number, heads: number): readonly Layer[] => [
  [
    "Residual",
    {},
    [[["LayerNormalization"], ["MultiHeadAttention", { numHeads: heads, keyDim: width / heads, causal: true }]]],
  ],
  ["Residual", {}, [[["LayerNormalization"], dense(4 * width, "gelu"), dense(width, "linear")]]],
];

const transformer = (vocabulary: number, width: number, heads: number, blocks: number): readonly Layer[] => [
  ["Embedding", { inputDim: vocabulary, outputDim: width }],
  ["PositionEmbedding", { initializer: "uniform" }],
  ...Array.from({ length: blocks }, () => transformerBlock(width, heads)).flat(),
  ["LayerNormalization"],
  dense(vocabulary, "softmax"),
];

const text = (title: string, help: string, dataset: string, list: readonly Layer[], training: Training): Preset =>
  preset({ title, help, dataset }, { [MODEL]: list }, { task: ["language", {}], ...training });

export const textsPresets = {
  "names-gru": text(
    "Names with GRU",
    "Reads first names letter by letter, and makes up its own.",
    "names",
    [
      ["Embedding", { inputDim: 28, outputDim: 32 }],
      ["GRU", { units: 128, returnSequences: true }],
      dense(28, "softmax"),
    ],
    { optimizer: ["Adam", { learningRate: 0.003 }], batchSize: 64, epochs: 10, validationCount: 756 },
  ),
  "names-transformer": text(
    "Names with a transformer",
    "The same by attention: what a letter should be follows from all letters before it.",
    "names",
    transformer(28, 64, 4, 2),
    { optimizer: ["Adam", { learningRate: 0.002 }], batchSize: 64, epochs: 15, validationCount: 756 },
  ),
  "book-transformer": text(
    "Moby-Dick with a transformer",
    "Four blocks read a novel character by character, and go on in its voice.",
    "book",
    transformer(80, 64, 4, 4),
    { optimizer: ["Adam", { learningRate: 0.002 }], batchSize: 32, epochs: 5, validationCount: 760 },
  ),
  "toy-sort": text(
    "Sort digits",
    "A small transformer learns to put eight digits in order, and its attention shows how.",
    "sort",
    transformer(11, 64, 4, 2),
    // At a constant rate of 0.002 the loss leapt from 0.001 to 1.7 and back: its gradients are next to nothing once it sorts.
    {
      optimizer: ["Adam", { learningRate: 0.001 }],
      schedule: ["cosine", { warmupEpochs: 0.2 }],
      clipNorm: 1,
      batchSize: 64,
      epochs: 4,
      validationCount: 1000,
    },
  ),
  "toy-add": text(
    "Add numbers",
    "A small transformer learns to add as you do by hand, from the last digit on, carries and all.",
    "add",
    transformer(12, 64, 4, 2),
    { optimizer: ["Adam", { learningRate: 0.002 }], batchSize: 64, epochs: 6, validationCount: 1000 },
  ),
} as const satisfies Record<string, Preset>;
