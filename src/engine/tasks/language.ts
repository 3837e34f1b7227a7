/** Language: which token comes next, at every place of a text. */
import type { DataInfo } from "../data";
import type { Node } from "../graph/node";
import { sum } from "../ops/broadcast";
import { range } from "../ops/constant";
import { equal, greaterEqual, mul, sub } from "../ops/pointwise";
import { slice } from "../ops/strided";
import { losses, nameOfLoss } from "../nn/losses";
import { metrics, type MetricType } from "../nn/metrics";
import { isProbability } from "../nn/source";
import { nameOfData } from "../data/dataset";
import { nameOf, say } from "../words/said";
import { MODEL } from "./supervised";
import { columnOf, defineTask, problemOf, requireColumn, targetOf } from "./task";

const LOSS = "sparseCategoricalCrossentropy";
const TOLD: readonly MetricType[] = ["wholeAnswers", "accuracy", "topK", "perplexity", "bitsPerCharacter"];

const textOf = (data: DataInfo): string | undefined => columnOf(data, ["text"])?.name;

function requireText(data: DataInfo): string {
  const name = textOf(data);
  if (name === undefined) throw new Error(`Language: expected a column of text in ${data.title}, got none.`);
  return name;
}

const curves = {
  loss: { title: "Loss", help: "Nats of surprise at each token, on average: what training makes small." },
};

/** All tokens of a batch `[N, L]` but the last, or but the first: `[N, L - 1]`. */
const without = (tokens: Node, end: "first" | "last"): Node => {
  const [samples = 1, length = 1] = tokens.shape;
  return slice(tokens, [0, end === "first" ? 1 : 0], [samples, length - 1]);
};

/** One network, from tokens `[L - 1]` to the probabilities of the ones that follow, `[L - 1, V]`. The loss is the mean over all
 *  tokens that count of a batch: neither those that fill up short texts, nor those of a question. */
export const language = defineTask({
  title: "Predict the next token",
  help: "Reads a text and tells at every place what comes next. What it can tell it can also write.",
  fields: {},
  networks: {
    [MODEL]: {
      title: "Model",
      help: "Reads tokens and gives, at each place, the probability of each token that may follow.",
      input: ({ data }) => {
        const name = textOf(data);
        if (name === undefined) return null;
        const { shape, names } = requireColumn(data, name);
        return { shape: [(shape[0] ?? 1) - 1], dtype: "u32", ...(names && { below: names.length }) };
      },
      gives: ({ data }) => textOf(data),
    },
  },
  columns: ({ data }) => {
    const name = textOf(data);
    if (name !== undefined) return [name];
    const task = nameOf("tasks.language.title", "Predict the next token");
    return { said: say("task.lacksColumn", { task, needs: say("task.textColumn"), data: nameOfData(data) }) };
  },
  problems: ({ data }, { [MODEL]: output }) => {
    const target = targetOf(requireColumn(data, requireText(data)));
    const problem = output && losses[LOSS].problem(output.shape, target);
    return problem ? [{ ...problemOf(problem, LOSS, MODEL), isEachStep: true }] : [];
  },
  lesson: ({ data }) => ({ input: requireText(data), target: null, loss: LOSS }),
  endings: ({ data }) => ({
    [MODEL]: { by: nameOfLoss(LOSS), ...losses[LOSS].ending(targetOf(requireColumn(data, requireText(data)))) },
  }),
  curves,
  losses: () => [
    { id: "loss", ...curves.loss, unit: losses[LOSS].unit, format: "number", better: "lower", trains: [MODEL] },
  ],
  metrics: ({ data }) => TOLD.filter((id) => metrics[id].fits(targetOf(requireColumn(data, requireText(data))))),
  score: (graph) => {
    const name = requireText(graph.data);
    const { names = [], padding, question = 1 } = requireColumn(graph.data, name);
    const text = graph.column(name);
    const output = graph.apply(MODEL, without(text, "last"));
    const tokens = without(text, "first");
    // Step t is to tell token t + 1.
    const isAsked = greaterEqual(range(tokens.shape[1] ?? 1), question - 1);
    const counts = mul(padding === undefined ? equal(tokens, tokens) : sub(1, equal(tokens, padding)), isAsked);
    const scored = { output, target: { kind: "tokens", tokens, counts, vocabulary: names.length } } as const;
    const target = targetOf(requireColumn(graph.data, name));
    const told = TOLD.filter((id) => metrics[id].fits(target));
    return {
      losses: { loss: losses[LOSS].perSample(scored) },
      counts: sum(counts, [-1]),
      metrics: Object.fromEntries(told.map((id) => [id, metrics[id].perSample(scored)])),
    };
  },
  show: (graph) => {
    const node = graph.apply(MODEL, without(graph.column(requireText(graph.data)), "last"));
    return { next: { kind: "text", node, areProbabilities: isProbability(node) } };
  },
});
