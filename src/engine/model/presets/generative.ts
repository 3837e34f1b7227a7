/** Networks that rebuild what they are given, or make what was never there. */
import { dense, preset, type Preset } from "./preset";

export const generativePresets = {
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
} as const satisfies Record<string, Preset>;
