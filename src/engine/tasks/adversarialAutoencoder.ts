/** An autoencoder whose codes a discriminator holds against the standard normal distribution: the encoder learns to rebuild and to
 *  pass for that distribution, so that every code near 0 decodes to something like the data. */
import { real } from "../fields";
import type { Node } from "../graph/node";
import { losses } from "../nn/losses";
import { mul } from "../ops/pointwise";
import { sizeOf } from "../shape";
import { endingOfDiscriminator, gameField, gameOf, problemOfDiscriminator, smoothingField } from "./games";
import {
  askedOfCodes,
  distance,
  encoderAndDecoder,
  endingOfDecoder,
  lossField,
  problemsOfDecoder,
  rebuiltColumns,
  requireSubject,
  shownCode,
  shownSample,
} from "./rebuilding";
import { defineTask, requireColumn, type TaskGraph } from "./task";

const curves = {
  loss: {
    title: "Loss",
    help: "How far rebuilt samples are from the originals, added up over all numbers of a sample.",
  },
  encoderLoss: {
    title: "Encoder loss",
    help: "High while the discriminator tells codes from the normal distribution, times its weight.",
  },
  discriminatorLoss: {
    title: "Discriminator loss",
    help: "High while it cannot tell codes from the normal distribution.",
  },
};

const codeOf = (graph: TaskGraph): Node => graph.apply("encoder", graph.column(requireSubject(graph)));

/** Three networks, of which the encoder learns from two losses, all in one plan. Source: Makhzani et al. 2015, "Adversarial
 *  autoencoders". */
export const adversarialAutoencoder = defineTask({
  title: "Rebuild from codes like noise",
  help: "An adversarial autoencoder: a discriminator makes the codes look like the normal distribution, so that every code means something.",
  fields: {
    loss: lossField,
    game: gameField,
    priorWeight: real({
      label: "Weight of the game",
      help: "How much it costs the encoder when its codes are told from the normal distribution. More makes the plane fuller, less the pictures sharper.",
      min: 0,
      max: 200,
      step: 1,
      default: 20,
      live: true,
    }),
    smoothing: smoothingField,
  },
  networks: {
    ...encoderAndDecoder,
    discriminator: {
      title: "Discriminator",
      help: "Reads a code, or numbers of the normal distribution, and says in one number which it takes them for.",
      input: (_, { encoder }) => encoder ?? null,
    },
  },
  columns: rebuiltColumns,
  problems: (about, { decoder, discriminator }) => [
    ...problemsOfDecoder(about, decoder),
    ...problemOfDiscriminator(discriminator),
  ],
  endings: (about) => ({
    ...endingOfDecoder(about),
    discriminator: endingOfDiscriminator(about.config.game),
  }),
  curves,
  losses: ({ config }) => {
    const shared = { format: "number", better: "lower" } as const;
    const { unit } = losses[config.loss];
    return [
      { id: "loss", ...curves.loss, unit, ...shared, trains: ["encoder", "decoder"] },
      { id: "encoderLoss", ...curves.encoderLoss, unit: "", ...shared, trains: ["encoder"] },
      { id: "discriminatorLoss", ...curves.discriminatorLoss, unit: "", ...shared, trains: ["discriminator"] },
    ];
  },
  metrics: () => ["meanAbsoluteError"],
  score: (graph) => {
    const { loss, game, priorWeight, smoothing } = graph.config;
    const { discriminator, generator } = gameOf(game);
    const name = requireSubject(graph);
    const code = codeOf(graph);
    const off = distance(loss, graph.apply("decoder", code), graph.column(name));
    const normal = graph.apply("discriminator", graph.random.normal(code.shape.slice(1)));
    const judged = graph.apply("discriminator", code);
    return {
      losses: {
        loss: mul(off.loss, sizeOf(requireColumn(graph.data, name).shape)),
        encoderLoss: mul(generator(judged), priorWeight),
        discriminatorLoss: discriminator(normal, judged, smoothing),
      },
      metrics: off.metrics,
    };
  },
  show: (graph) => {
    const code = codeOf(graph);
    return { rebuilt: shownSample(graph, graph.apply("decoder", code)), code: shownCode(code) };
  },
  asked: askedOfCodes(codeOf),
});
