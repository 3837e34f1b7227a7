/** Reconstruction: an encoder squeezes a sample into a short code, and a decoder rebuilds the sample from it. */
import type { ColumnKind } from "../data";
import { typeOfColumn } from "../data/column";
import { choice } from "../fields";
import { losses, nameOfLoss } from "../nn/losses";
import { metrics } from "../nn/metrics";
import { isProbability, rowsOf } from "../nn/source";
import { type About, columnOf, defineTask, problemOf, requireColumn, targetOf } from "./task";
import { say } from "../words/said";
import { nameOfData } from "../data/dataset";

/** What can be rebuilt: numbers, not indices. */
const REBUILT: readonly ColumnKind[] = ["image", "points", "series", "value"];

const subject = ({ data }: Pick<About, "data">): string | undefined => columnOf(data, REBUILT)?.name;

function requireSubject(about: Pick<About, "data">): string {
  const name = subject(about);
  if (name === undefined)
    throw new Error(`Reconstruction: expected a column of numbers in ${about.data.title}, got none.`);
  return name;
}

const curves = { loss: { title: "Loss", help: "How far rebuilt samples are from the originals." } };

/** Two networks that learn from one loss. Source: Hinton and Salakhutdinov 2006, "Reducing the dimensionality of data with
 *  neural networks". */
export const reconstruction = defineTask({
  title: "Rebuild the input",
  help: "Squeezes each sample into a short code and rebuilds it from that: an autoencoder. Needs no labels.",
  fields: {
    loss: choice({
      label: "Loss",
      help: "How far the rebuilt sample is from the original.",
      options: ["binaryCrossentropy", "meanSquaredError", "meanAbsoluteError"],
      default: "binaryCrossentropy",
      described: losses,
      registry: "losses",
    }),
  },
  networks: {
    encoder: {
      title: "Encoder",
      help: "Reads a sample and gives its code.",
      input: (about) => {
        const name = subject(about);
        return name === undefined ? null : typeOfColumn(requireColumn(about.data, name));
      },
    },
    decoder: {
      title: "Decoder",
      help: "Reads a code and gives the sample back.",
      input: (_, { encoder }) => encoder ?? null,
    },
  },
  columns: (about) => {
    const name = subject(about);
    if (name !== undefined) return [name];
    return { said: say("task.nothingToRebuild", { data: nameOfData(about.data) }) };
  },
  problems: (about, { decoder }) => {
    const target = targetOf(requireColumn(about.data, requireSubject(about)));
    const { loss } = about.config;
    const problem = decoder && losses[loss].problem(decoder.shape, target);
    return problem ? [problemOf(problem, loss, "decoder")] : [];
  },
  endings: (about) => {
    const { loss } = about.config;
    const { ending } = losses[loss];
    return { decoder: { by: nameOfLoss(loss), ...ending(targetOf(requireColumn(about.data, requireSubject(about)))) } };
  },
  curves,
  losses: ({ config }) => [
    {
      id: "loss",
      ...curves.loss,
      unit: losses[config.loss].unit,
      format: "number",
      better: "lower",
      trains: ["encoder", "decoder"],
    },
  ],
  metrics: () => ["meanAbsoluteError"],
  score: (graph) => {
    const values = graph.column(requireSubject(graph));
    const output = graph.apply("decoder", graph.apply("encoder", values));
    const scored = { output, target: { kind: "values", values } } as const;
    return {
      losses: { loss: losses[graph.config.loss].perSample(scored) },
      metrics: { meanAbsoluteError: metrics.meanAbsoluteError.perSample(scored) },
    };
  },
  show: (graph) => {
    const name = requireSubject(graph);
    const code = graph.apply("encoder", graph.column(name));
    const node = graph.apply("decoder", code);
    return {
      rebuilt: { kind: requireColumn(graph.data, name).kind, node, areProbabilities: isProbability(node) },
      code: { kind: "codes", node: rowsOf(code) },
    };
  },
});
