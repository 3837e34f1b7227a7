/** Networks that rebuild what they are given, or make what was never there. */
import { dense, type Layer, preset, type Preset } from "./preset";

const image: Layer = ["Reshape", { targetShape: [28, 28, 1] }];
const strided = { kernelSize: [3, 3], strides: [2, 2], padding: "same" };
const wide = { kernelSize: [4, 4], strides: [2, 2], padding: "same" };
const dropout: Layer = ["Dropout", { rate: 0.3 }];
/** What a generator is asked for is normalized by what has been running: that is to follow it closely. */
const normalization: Layer = ["BatchNormalization", { momentum: 0.9 }];
/** A convolution to half the size. */
const halved = (filters: number, activation = "relu"): Layer => ["Conv2D", { filters, activation, ...strided }];
/** A transposed one to twice the size. */
const doubled = (filters: number, activation: string): Layer => [
  "Conv2DTranspose",
  { filters, activation, ...strided },
];

export const generativePresets = {
  autoencoder: preset(
    {
      title: "Autoencoder",
      help: "Squeezes each digit into 32 numbers and rebuilds it from those. Needs no labels.",
      dataset: "mnist",
    },
    {
      // Through a relu some of the code's numbers may be 0 for ever.
      encoder: [["Flatten"], dense(128, "relu"), dense(32, "linear")],
      decoder: [dense(128, "relu"), dense(784, "sigmoid"), image],
    },
    {
      task: ["reconstruction", {}],
      optimizer: ["Adam", { learningRate: 0.002 }],
      schedule: ["cosine", {}],
      batchSize: 128,
    },
  ),
  denoiser: preset(
    {
      title: "Denoising autoencoder",
      help: "Reads digits under heavy noise and gives them back without: it has to know what digits look like.",
      dataset: "mnist",
    },
    {
      encoder: [["Flatten"], dense(256, "relu"), dense(64, "relu")],
      decoder: [dense(256, "relu"), dense(784, "sigmoid"), image],
    },
    { task: ["reconstruction", { noise: 0.5 }], batchSize: 128 },
  ),
  "masked-pretraining": {
    ...preset(
      {
        title: "Masked pretraining",
        help: "Rebuilds digits that are half hidden from ten numbers, without labels; then learns from a hundred labels.",
        dataset: "mnist",
      },
      {
        // Through ten numbers only what tells digits apart fits: measured, codes of 256 numbers gained 2 points on 100 labels. Without the shift
        // these gained 9.
        encoder: [["Flatten"], dense(512, "relu"), dense(256, "relu"), dense(10, "linear")],
        decoder: [dense(256, "relu"), dense(512, "relu"), dense(784, "sigmoid"), image],
      },
      { task: ["masked", { share: 0.5, patch: 7, shift: 2 }], schedule: ["cosine", {}], batchSize: 128, epochs: 8 },
    ),
    isStaged: true,
  },
  "conv-autoencoder": preset(
    {
      title: "Convolutional autoencoder",
      help: "Squeezes by convolutions that skip every other pixel, and rebuilds by transposed ones: fewer weights, sharper strokes.",
      dataset: "mnist",
    },
    {
      encoder: [halved(16), halved(8), ["Flatten"], dense(32, "linear")],
      decoder: [
        dense(7 * 7 * 8, "relu"),
        ["Reshape", { targetShape: [7, 7, 8] }],
        doubled(16, "relu"),
        doubled(1, "sigmoid"),
      ],
    },
    { task: ["reconstruction", {}], batchSize: 128 },
  ),
  vae: preset(
    {
      title: "Variational autoencoder",
      help: "Puts all digits in a plane, each place of which decodes to a digit: walk through it under Plane.",
      dataset: "mnist",
    },
    {
      // A mean and a log variance for each of the code's two numbers.
      encoder: [["Flatten"], dense(256, "relu"), dense(128, "relu"), dense(4, "linear")],
      decoder: [dense(128, "relu"), dense(256, "relu"), dense(784, "sigmoid"), image],
    },
    { task: ["variational", {}], batchSize: 128, epochs: 10 },
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
        generator: ["Adam", { learningRate: 0.001, beta1: 0.5 }],
        discriminator: ["Adam", { learningRate: 0.003, beta1: 0.5 }],
      },
      batchSize: 256,
      epochs: 400,
      validationCount: 0,
    },
  ),
  "gan-digits": preset(
    {
      title: "GAN on digits",
      help: "A generator learns to write digits, by fooling a discriminator that has seen real ones.",
      dataset: "mnist",
    },
    {
      generator: [dense(128, "leaky_relu"), dense(256, "leaky_relu"), dense(784, "sigmoid"), image],
      discriminator: [["Flatten"], dense(256, "leaky_relu"), dropout, dense(128, "leaky_relu"), dense(1, "linear")],
    },
    {
      task: ["adversarial", { noise: 32, smoothing: 0.1 }],
      optimizer: ["Adam", { learningRate: 0.0005, beta1: 0.5 }],
      batchSize: 64,
      epochs: 30,
      validationCount: 0,
    },
  ),
  "dcgan-digits": preset(
    {
      title: "DCGAN on digits",
      help: "The same by convolutions, which write strokes rather than dots.",
      dataset: "mnist",
    },
    {
      generator: [
        ["Dense", { units: 7 * 7 * 32, useBias: false }],
        normalization,
        ["Activation", { activation: "relu" }],
        ["Reshape", { targetShape: [7, 7, 32] }],
        ["Conv2DTranspose", { filters: 16, ...wide, useBias: false }],
        normalization,
        ["Activation", { activation: "relu" }],
        ["Conv2DTranspose", { filters: 1, activation: "sigmoid", ...wide }],
      ],
      discriminator: [
        ["Conv2D", { filters: 16, activation: "leaky_relu", ...wide }],
        ["Conv2D", { filters: 32, activation: "leaky_relu", ...wide }],
        ["Flatten"],
        dropout,
        dense(1, "linear"),
      ],
    },
    {
      task: ["adversarial", { noise: 32, smoothing: 0.1 }],
      optimizer: ["Adam", { learningRate: 0.0005, beta1: 0.5 }],
      batchSize: 64,
      epochs: 10,
      validationCount: 0,
    },
  ),
  "adversarial-autoencoder": preset(
    {
      title: "Adversarial autoencoder",
      help: "Puts all digits in a plane as the variational one does, by a discriminator of codes in the place of a formula.",
      dataset: "mnist",
    },
    {
      encoder: [["Flatten"], dense(256, "relu"), dense(128, "relu"), dense(2, "linear")],
      decoder: [dense(128, "relu"), dense(256, "relu"), dense(784, "sigmoid"), image],
      discriminator: [dense(64, "leaky_relu"), dense(64, "leaky_relu"), dense(1, "linear")],
    },
    { task: ["adversarialAutoencoder", {}], batchSize: 128, epochs: 10 },
  ),
} as const satisfies Record<string, Preset>;
