/** What classification and regression have in common: one network, which reads one column and is held against another. */
import type { ColumnKind } from "../data";
import { type ColumnInfo, typeOfColumn } from "../data/column";
import type { ConfigOf, Fields } from "../fields";
import type { Node } from "../graph/node";
import { type LossType, losses, nameOfLoss } from "../nn/losses";
import { metrics, type MetricType } from "../nn/metrics";
import { mul } from "../ops/pointwise";
import { isProbability } from "../nn/source";
import type { Target } from "../nn/target";
import { type About, columnOf, problemOf, requireColumn, type TaskDef, type TaskProblem, targetOf } from "./task";
import { english, type EngineKey, nameOf, type Said, say } from "../words/said";
import { nameOfData } from "../data/dataset";

/** The name of the only network. */
export const MODEL = "model";

/** What a network may read. */
const READABLE: readonly ColumnKind[] = ["image", "points", "series", "text", "value"];

interface Supervision {
  /** The task's name in the registry. */
  readonly type: string;
  readonly title: string;
  readonly help: string;
  /** What the target may be. */
  readonly targets: readonly ColumnKind[];
  /** What the data must have, where they do not. */
  readonly needs: Said<EngineKey>;
  readonly metrics: readonly MetricType[];
}

/** The settings that the loss is read from. */
type LossFields = Fields & { readonly loss: Fields[string] };

interface Pair {
  readonly input: string;
  readonly target: string;
}

const curves = { loss: { title: "Loss", help: "How wrong the model is: what training makes small." } };

/** A task of this kind. @param fields its settings, `loss` among them */
export function supervisedTask<const F extends LossFields>(
  { type, title, help, targets, needs, metrics: told }: Supervision,
  fields: F,
): TaskDef<F> {
  const pair = ({ data }: About<F>): Pair | TaskProblem => {
    const target = columnOf(data, targets);
    const input = columnOf(data, READABLE, target?.name);
    if (target && input) return { input: input.name, target: target.name };
    return {
      said: say("task.lacksColumn", { task: nameOf(`tasks.${type}.title`, title), needs, data: nameOfData(data) }),
    };
  };
  const requirePair = (about: About<F>): Pair => {
    const found = pair(about);
    if ("said" in found) throw new Error(english(found.said));
    return found;
  };
  const lossTypeOf = ({ config }: { readonly config: ConfigOf<F> }) => config.loss as LossType;
  const lossOf = (about: { readonly config: ConfigOf<F> }) => losses[lossTypeOf(about)];
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
          return "said" in found ? null : typeOfColumn(requireColumn(about.data, found.input));
        },
        gives: (about) => requirePair(about).target,
      },
    },
    columns: (about) => {
      const found = pair(about);
      return "said" in found ? found : [found.input, found.target];
    },
    problems: (about, { [MODEL]: output }) => {
      const { target } = requirePair(about);
      const loss = lossOf(about);
      const problem = output && loss.problem(output.shape, targetOf(requireColumn(about.data, target)));
      return problem ? [problemOf(problem, lossTypeOf(about), MODEL)] : [];
    },
    lesson: (about) => {
      const found = pair(about);
      return "said" in found ? undefined : { ...found, loss: lossTypeOf(about) };
    },
    endings: (about) => {
      const { ending } = lossOf(about);
      return {
        [MODEL]: {
          by: nameOfLoss(lossTypeOf(about)),
          ...ending(targetOf(requireColumn(about.data, requirePair(about).target))),
        },
      };
    },
    curves,
    losses: (about) => [
      {
        id: "loss",
        ...curves.loss,
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
      const scaled = inUnits(scored, requireColumn(graph.data, name));
      return {
        losses: { loss: lossOf(graph).perSample(scored) },
        metrics: Object.fromEntries(metricsFor(graph).map((id) => [id, metrics[id].perSample(scaled)])),
      };
    },
    show: (graph) => {
      const { input, target } = requirePair(graph);
      const node = graph.apply(MODEL, graph.column(input));
      return { output: { kind: requireColumn(graph.data, target).kind, node, areProbabilities: isProbability(node) } };
    },
  };
}

/** Numbers that are kept in standard deviations, for metrics that are in the unit of the target: the mean is the same on both sides. */
function inUnits(scored: { readonly output: Node; readonly target: Target }, { unit }: ColumnInfo): typeof scored {
  const { output, target } = scored;
  if (!unit || target.kind !== "values") return scored;
  const values = mul(target.values, unit.deviation);
  return { output: mul(output, unit.deviation), target: { ...target, values } };
}

function asTarget(node: Node, { data }: Pick<About, "data">, name: string): Target {
  const info = targetOf(requireColumn(data, name));
  return info.kind === "class"
    ? { kind: "class", labels: node, classes: info.classes }
    : { kind: "values", values: node };
}
