/** What classification and regression have in common: one network, which reads one column and is held against another. */
import type { ColumnKind } from "../data";
import { typeOfColumn } from "../data/column";
import type { ConfigOf, Fields } from "../fields";
import type { Node } from "../graph/node";
import { type LossType, losses } from "../nn/losses";
import { metrics, type MetricType } from "../nn/metrics";
import { isProbability } from "../nn/source";
import type { Target } from "../nn/target";
import { type About, columnOf, requireColumn, type TaskDef, type TaskProblem, targetOf } from "./task";

/** The name of the only network. */
export const MODEL = "model";

/** What a network may read. */
const READABLE: readonly ColumnKind[] = ["image", "points", "series", "text", "value"];

interface Supervision {
  readonly title: string;
  readonly help: string;
  /** What the target may be. */
  readonly targets: readonly ColumnKind[];
  /** The target in words, where there is none. */
  readonly needs: string;
  readonly metrics: readonly MetricType[];
}

/** The settings that the loss is read from. */
type LossFields = Fields & { readonly loss: Fields[string] };

interface Pair {
  readonly input: string;
  readonly target: string;
}

/** A task of this kind. @param fields its settings, `loss` among them */
export function supervisedTask<const F extends LossFields>(
  { title, help, targets, needs, metrics: told }: Supervision,
  fields: F,
): TaskDef<F> {
  const pair = ({ data }: About<F>): Pair | TaskProblem => {
    const target = columnOf(data, targets);
    const input = columnOf(data, READABLE, target?.name);
    if (target && input) return { input: input.name, target: target.name };
    return { message: `${title} needs ${needs}, which ${data.title} does not have. Choose another dataset or task` };
  };
  const requirePair = (about: About<F>): Pair => {
    const found = pair(about);
    if ("message" in found) throw new Error(`${found.message}.`);
    return found;
  };
  const lossOf = ({ config }: { readonly config: ConfigOf<F> }) => losses[config.loss as LossType];
  const metricsFor = (about: About<F>): readonly MetricType[] => {
    const { target } = requirePair(about);
    return told.filter((id) => metrics[id].fits(targetOf(requireColumn(about.data, target))));
  };
  return {
    title,
    help,
    fields,
    networks: {
      [MODEL]: {
        title: "Model",
        help: "Reads the input and gives what is held against the target.",
        input: (about) => {
          const found = pair(about);
          return "message" in found ? null : typeOfColumn(requireColumn(about.data, found.input));
        },
      },
    },
    columns: (about) => {
      const found = pair(about);
      return "message" in found ? found : [found.input, found.target];
    },
    problems: (about, { [MODEL]: output }) => {
      const { target } = requirePair(about);
      const loss = lossOf(about);
      const problem = output && loss.problem(output.shape, targetOf(requireColumn(about.data, target)));
      return problem ? [{ ...problem, network: MODEL, message: `${loss.title} ${problem.message}` }] : [];
    },
    endings: (about) => {
      const { title: by, ending } = lossOf(about);
      return { [MODEL]: { by, ...ending(targetOf(requireColumn(about.data, requirePair(about).target))) } };
    },
    losses: (about) => [
      {
        id: "loss",
        title: "Loss",
        help: "How wrong the model is: what training makes small.",
        unit: lossOf(about).unit,
        format: "number",
        better: "lower",
        trains: [MODEL],
      },
    ],
    metrics: metricsFor,
    score: (graph) => {
      const { input, target: name } = requirePair(graph);
      const output = graph.apply(MODEL, graph.column(input));
      const target = asTarget(graph.column(name), graph, name);
      const scored = { output, target };
      return {
        losses: { loss: lossOf(graph).perSample(scored) },
        metrics: Object.fromEntries(metricsFor(graph).map((id) => [id, metrics[id].perSample(scored)])),
      };
    },
    show: (graph) => {
      const { input, target } = requirePair(graph);
      const node = graph.apply(MODEL, graph.column(input));
      return { output: { kind: requireColumn(graph.data, target).kind, node, areProbabilities: isProbability(node) } };
    },
  };
}

function asTarget(node: Node, { data }: Pick<About, "data">, name: string): Target {
  const info = targetOf(requireColumn(data, name));
  return info.kind === "class"
    ? { kind: "class", labels: node, classes: info.classes }
    : { kind: "values", values: node };
}
