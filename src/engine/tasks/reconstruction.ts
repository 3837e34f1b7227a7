/** Reconstruction: an encoder squeezes a sample into a short code, and a decoder rebuilds the sample from it. With noise on what
 *  the encoder reads, it learns to take noise away. */
import { real } from "../fields";
import type { Node } from "../graph/node";
import { add, clip, mul } from "../ops/pointwise";
import {
  askedOfCodes,
  encoderAndDecoder,
  endingOfDecoder,
  lossField,
  lossOfBoth,
  problemsOfDecoder,
  rebuiltColumns,
  requireSubject,
  scoreOfBoth,
  shownOfBoth,
} from "./rebuilding";
import { defineTask, requireColumn, type TaskGraph } from "./task";

const curves = { loss: { title: "Loss", help: "How far rebuilt samples are from the originals." } };

/** What the encoder reads: `x + noise n` with `n` of the standard normal distribution; of images, kept between 0 and 1.
 *  Source: Vincent et al. 2008, "Extracting and composing robust features with denoising autoencoders". */
function readBy(graph: TaskGraph, noise: number): Node {
  const name = requireSubject(graph);
  const clean = graph.column(name);
  if (noise === 0) return clean;
  const { kind, shape } = requireColumn(graph.data, name);
  const noisy = add(clean, mul(graph.random.normal(shape), noise));
  return kind === "image" ? clip(noisy, 0, 1) : noisy;
}

/** Two networks that learn from one loss. Source: Hinton and Salakhutdinov 2006, "Reducing the dimensionality of data with
 *  neural networks". */
export const reconstruction = defineTask({
  title: "Rebuild the input",
  help: "Squeezes each sample into a short code and rebuilds it from that: an autoencoder. Needs no labels.",
  fields: {
    loss: lossField,
    noise: real({
      label: "Noise",
      help: "Standard deviation of random noise on what the encoder reads; what is to be rebuilt has none. 0 for no noise.",
      min: 0,
      max: 2,
      step: 0.05,
      default: 0,
      live: true,
    }),
  },
  networks: encoderAndDecoder,
  columns: rebuiltColumns,
  problems: (about, { decoder }) => problemsOfDecoder(about, decoder),
  endings: endingOfDecoder,
  curves,
  losses: ({ config }) => lossOfBoth(config.loss, curves.loss),
  metrics: () => ["meanAbsoluteError"],
  score: (graph) => scoreOfBoth(graph, graph.config.loss, readBy(graph, graph.config.noise)),
  show: (graph) => shownOfBoth(graph, readBy(graph, graph.config.noise), graph.config.noise === 0),
  asked: askedOfCodes((graph) => graph.apply("encoder", graph.column(requireSubject(graph)))),
});
