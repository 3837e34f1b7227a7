/** Variational reconstruction: the encoder gives a distribution of codes, of which one is drawn and decoded, and pays for how far
 *  that distribution is from the standard normal one. So every code near 0 decodes to something like the data. */
import { real } from "../fields";
import type { Node } from "../graph/node";
import type { TensorType } from "../graph/type";
import { losses } from "../nn/losses";
import { rowsOf } from "../nn/source";
import { sum } from "../ops/broadcast";
import { add, exp, mul, square, sub } from "../ops/pointwise";
import { slice } from "../ops/strided";
import { sizeOf } from "../shape";
import {
  askedOfCodes,
  distance,
  endingOfDecoder,
  lossField,
  problemsOfDecoder,
  rebuiltColumns,
  requireSubject,
  sampleType,
  shownCode,
  shownSample,
} from "./rebuilding";
import { defineTask, requireColumn, type TaskGraph, type TaskProblem } from "./task";
import { say } from "../words/said";

const curves = {
  loss: { title: "Loss", help: "The reconstruction loss and the weighted KL divergence together." },
  reconstructionLoss: {
    title: "Reconstruction loss",
    help: "How far rebuilt samples are from the originals, added up over all numbers of a sample.",
  },
  klDivergence: {
    title: "KL divergence",
    help: "How many nats the distributions of codes are from the standard normal one.",
  },
};

/** Half of the last axis: a mean and a log variance for each number of the code. */
const codeOf = ({ shape, dtype }: TensorType): TensorType => ({
  shape: [...shape.slice(0, -1), Math.max(1, (shape.at(-1) ?? 0) >> 1)],
  dtype,
});

/** The means and the log variances of samples' codes, `[N, ...code]` each. */
function distributionOf(graph: TaskGraph): { readonly mean: Node; readonly logVariance: Node } {
  const both = graph.apply("encoder", graph.column(requireSubject(graph)));
  const begin = both.shape.map(() => 0);
  const { shape } = codeOf(both);
  const half = shape.at(-1) ?? 1;
  return { mean: slice(both, begin, shape), logVariance: slice(both, [...begin.slice(1), half], shape) };
}

/** One number of the code takes two of the encoder's. */
function problemsOfEncoder(encoder: TensorType | undefined): readonly TaskProblem[] {
  const last = encoder?.shape.at(-1) ?? 0;
  if (!encoder || (last > 0 && last % 2 === 0)) return [];
  return [
    { network: "encoder", said: say("task.notPairs", { given: encoder.shape }), units: last + 1, activation: "linear" },
  ];
}

/** Two networks that learn from the evidence lower bound. Source: Kingma and Welling 2014, "Auto-encoding variational Bayes", and
 *  for the weight Higgins et al. 2017, "beta-VAE". */
export const variational = defineTask({
  title: "Rebuild from a distribution",
  help: "A variational autoencoder: the code of each sample is a distribution, so that codes in between mean something too.",
  fields: {
    loss: lossField,
    klWeight: real({
      label: "KL weight",
      help: "How much it costs when codes are not distributed normally. 1 is the classic; more makes the plane smoother, less the pictures sharper.",
      min: 0,
      max: 20,
      step: 0.1,
      default: 1,
      live: true,
    }),
  },
  networks: {
    encoder: {
      title: "Encoder",
      help: "Reads a sample and gives the means of its code, then as many log variances.",
      input: sampleType,
    },
    decoder: {
      title: "Decoder",
      help: "Reads a code, half as many numbers as the encoder gives, and gives a sample.",
      input: (_, { encoder }) => (encoder ? codeOf(encoder) : null),
      gives: requireSubject,
    },
  },
  columns: rebuiltColumns,
  problems: (about, { encoder, decoder }) => [...problemsOfEncoder(encoder), ...problemsOfDecoder(about, decoder)],
  endings: (about) => ({
    ...endingOfDecoder(about),
    // Means and log variances are any numbers.
    encoder: { by: say("task.theEncoder"), from: ["linear"] },
  }),
  curves,
  losses: ({ config }) => {
    const { unit } = losses[config.loss];
    const shared = { format: "number", better: "lower" } as const;
    return [
      { id: "loss", ...curves.loss, unit, ...shared, trains: ["encoder", "decoder"] },
      { id: "reconstructionLoss", ...curves.reconstructionLoss, unit, ...shared, trains: [] },
      { id: "klDivergence", ...curves.klDivergence, unit: "nats", ...shared, trains: [] },
    ];
  },
  metrics: () => ["meanAbsoluteError"],
  score: (graph) => {
    const { loss, klWeight } = graph.config;
    const { mean, logVariance } = distributionOf(graph);
    // Reparameterised: the noise is drawn apart from what is learnt, so that gradients reach both.
    const drawn = add(mean, mul(exp(mul(logVariance, 0.5)), graph.random.normal(mean.shape.slice(1))));
    const name = requireSubject(graph);
    const off = distance(loss, graph.apply("decoder", drawn), graph.column(name));
    const reconstruction = mul(off.loss, sizeOf(requireColumn(graph.data, name).shape));
    const divergence = divergenceOf(mean, logVariance);
    return {
      losses: {
        loss: add(reconstruction, mul(divergence, klWeight)),
        reconstructionLoss: reconstruction,
        klDivergence: divergence,
      },
      metrics: off.metrics,
    };
  },
  show: (graph) => {
    const { mean } = distributionOf(graph);
    return { rebuilt: shownSample(graph, graph.apply("decoder", mean)), code: shownCode(mean) };
  },
  asked: askedOfCodes((graph) => distributionOf(graph).mean),
});

/** `KL(N(m, s^2) || N(0, 1)) = (m^2 + s^2 - 1 - log s^2) / 2`, added up over the code, `[N]` f32 nats. */
function divergenceOf(mean: Node, logVariance: Node): Node {
  const each = sub(add(square(mean), exp(logVariance)), add(logVariance, 1));
  return mul(sum(rowsOf(each), [-1]), 0.5);
}
