/** What tasks that rebuild samples have in common: an encoder that squeezes a sample into a code, and a decoder that rebuilds the
 *  sample from it. */
import type { ColumnKind } from "../data";
import { typeOfColumn } from "../data/column";
import { nameOfData } from "../data/dataset";
import { choice } from "../fields";
import type { Node } from "../graph/node";
import type { TensorType } from "../graph/type";
import { losses, type LossType, nameOfLoss } from "../nn/losses";
import { metrics } from "../nn/metrics";
import { isProbability, rowsOf } from "../nn/source";
import {
  type About,
  type BatchScores,
  columnOf,
  type NetworkOutputs,
  problemOf,
  requireColumn,
  type Question,
  type Shown,
  type TaskDef,
  type TaskGraph,
  type TaskProblem,
  targetOf,
} from "./task";
import { say } from "../words/said";

/** What can be rebuilt: numbers, not indices. */
const REBUILT: readonly ColumnKind[] = ["image", "points", "series", "value"];

/** What a task is asked about, as far as it matters here. */
type OfData = Pick<About, "data">;
type OfLoss = About & { readonly config: { readonly loss: LossType } };

const subject = ({ data }: OfData): string | undefined => columnOf(data, REBUILT)?.name;

/** The column that is rebuilt. @throws Error where the data have none, which `columns` would have told */
export function requireSubject(about: OfData): string {
  const name = subject(about);
  if (name === undefined)
    throw new Error(`Reconstruction: expected a column of numbers in ${about.data.title}, got none.`);
  return name;
}

const targetOfSubject = (about: OfData) => targetOf(requireColumn(about.data, requireSubject(about)));

/** How far a rebuilt sample is from the original, as a setting. */
export const lossField = choice({
  label: "Loss",
  help: "How far the rebuilt sample is from the original.",
  options: ["binaryCrossentropy", "meanSquaredError", "meanAbsoluteError"],
  default: "binaryCrossentropy",
  described: losses,
  registry: "losses",
});

/** The type of the samples; null where the data have none. */
export function sampleType(about: OfData): TensorType | null {
  const name = subject(about);
  return name === undefined ? null : typeOfColumn(requireColumn(about.data, name));
}

/** The networks of an autoencoder whose code is what the encoder gives. */
export const encoderAndDecoder = {
  encoder: { title: "Encoder", help: "Reads a sample and gives its code.", input: sampleType },
  decoder: {
    title: "Decoder",
    help: "Reads a code and gives the sample back.",
    input: (_: unknown, { encoder }: NetworkOutputs): TensorType | null => encoder ?? null,
    gives: requireSubject,
  },
};

/** The column that such tasks read, or why the data have none. */
export function rebuiltColumns(about: OfData): readonly string[] | TaskProblem {
  const name = subject(about);
  if (name !== undefined) return [name];
  return { said: say("task.nothingToRebuild", { data: nameOfData(about.data) }) };
}

/** What the loss finds wrong with what the decoder gives. */
export function problemsOfDecoder(about: OfLoss, decoder: TensorType | undefined): readonly TaskProblem[] {
  const { loss } = about.config;
  const problem = decoder && losses[loss].problem(decoder.shape, targetOfSubject(about));
  return problem ? [problemOf(problem, loss, "decoder")] : [];
}

/** What the decoder should end in for the loss to learn. */
export const endingOfDecoder = (about: OfLoss): ReturnType<TaskDef["endings"]> => {
  const { loss } = about.config;
  return { decoder: { by: nameOfLoss(loss), ...losses[loss].ending(targetOfSubject(about)) } };
};

/** How far `output` is from `values`, `[N, ...shape]` both: the loss and the mean absolute error of each sample, `[N]` f32 each. */
export function distance(loss: LossType, output: Node, values: Node) {
  const scored = { output, target: { kind: "values", values } } as const;
  return {
    loss: losses[loss].perSample(scored),
    metrics: { meanAbsoluteError: metrics.meanAbsoluteError.perSample(scored) },
  };
}

/** Samples as views show them. */
export const shownSample = (about: OfData, node: Node): Shown => ({
  kind: requireColumn(about.data, requireSubject(about)).kind,
  node,
  areProbabilities: isProbability(node),
});

/** Codes as views show them: a row of numbers each. */
export const shownCode = (node: Node): Shown => ({ kind: "codes", node: rowsOf(node) });

/** What can be asked of an encoder and a decoder apart: the codes of samples, and the samples of codes that the caller gives.
 *  @param codeOf the code that stands for samples, `[N, ...code]` */
export const askedOfCodes = (codeOf: (graph: TaskGraph) => Node): Readonly<Record<"encode" | "decode", Question>> => ({
  encode: { network: "encoder", show: (graph) => ({ code: shownCode(codeOf(graph)) }) },
  decode: {
    network: "decoder",
    show: (graph) => {
      const code = graph.given("code", codeOf(graph).shape.slice(1));
      return { rebuilt: shownSample(graph, graph.apply("decoder", code)) };
    },
  },
});

/** The loss by which encoder and decoder learn together. @param told its title and help */
export const lossOfBoth = <const T extends { readonly title: string; readonly help: string }>(
  loss: LossType,
  told: T,
) =>
  [
    {
      id: "loss",
      ...told,
      unit: losses[loss].unit,
      format: "number",
      better: "lower",
      trains: ["encoder", "decoder"],
    },
  ] as const;

/** How far a batch is from what comes of `read`, which the encoder reads in its place, `[N, ...shape]`. */
export function scoreOfBoth(graph: TaskGraph, loss: LossType, read: Node): BatchScores {
  const output = graph.apply("decoder", graph.apply("encoder", read));
  const { loss: rows, metrics: far } = distance(loss, output, graph.column(requireSubject(graph)));
  return { losses: { loss: rows }, metrics: far };
}

/** What comes of `read`, its code, and where it is not the sample itself, `read`. */
export function shownOfBoth(graph: TaskGraph, read: Node, isSample: boolean): Readonly<Record<string, Shown>> {
  const code = graph.apply("encoder", read);
  return {
    rebuilt: shownSample(graph, graph.apply("decoder", code)),
    ...(!isSample && { noisy: shownSample(graph, read) }),
    code: shownCode(code),
  };
}
