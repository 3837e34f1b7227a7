/** Clustering: k groups of samples, each around its middle, found without labels; labels, where there are some, only tell how pure the
 *  groups are. */
import type { ColumnKind } from "../data";
import { typeOfColumn } from "../data/column";
import { nameOfData } from "../data/dataset";
import type { Node } from "../graph/node";
import { layerFor } from "../nn/layers/roles";
import { metrics } from "../nn/metrics";
import { neg } from "../ops/pointwise";
import { max } from "../ops/reduce";
import { say } from "../words/said";
import { MODEL } from "./supervised";
import { type About, columnOf, defineTask, requireColumn, type TaskGraph } from "./task";

/** What can be grouped: numbers, not indices. */
const GROUPED: readonly ColumnKind[] = ["image", "points", "series", "value"];

const subject = ({ data }: Pick<About, "data">): string | undefined => columnOf(data, GROUPED)?.name;

/** The column of classes, which nothing is learnt from. */
const labelsOf = ({ data }: Pick<About, "data">) => columnOf(data, ["class"]);

const distancesOf = (graph: TaskGraph): Node => graph.apply(MODEL, graph.column(subject(graph) ?? ""));

const curves = {
  inertia: {
    title: "Inertia",
    help: "The mean squared distance of samples from the nearest centroid. Other libraries give the sum.",
  },
};

/** One network that ends in centroids, which learn by themselves; no gradient is taken. */
export const clustering = defineTask({
  title: "Group",
  help: "Puts each sample into the cluster whose middle is nearest, and each middle where its samples are: k-means. Needs no labels.",
  fields: {},
  endsIn: layerFor.clusters,
  networks: {
    [MODEL]: {
      title: "Model",
      help: "Reads a sample and gives how far it is from the middle of each cluster.",
      input: (about) => {
        const name = subject(about);
        return name === undefined ? null : typeOfColumn(requireColumn(about.data, name));
      },
    },
  },
  columns: (about) => {
    const name = subject(about);
    const labels = labelsOf(about)?.name;
    if (name !== undefined) return labels === undefined ? [name] : [name, labels];
    return { said: say("task.nothingToGroup", { data: nameOfData(about.data) }) };
  },
  problems: () => [],
  endings: () => ({}),
  curves,
  losses: () => [{ id: "inertia", ...curves.inertia, unit: "", format: "number", better: "lower", trains: [] }],
  metrics: (about) => (labelsOf(about) ? ["purity"] : []),
  score: (graph) => {
    const distances = distancesOf(graph);
    const labels = labelsOf(graph);
    const classes = labels?.column.names?.length ?? 1;
    return {
      losses: { inertia: neg(max(neg(distances), [1])) },
      metrics: labels
        ? {
            purity: metrics.purity.perSample({
              output: distances,
              target: { kind: "class", classes, labels: graph.column(labels.name) },
            }),
          }
        : {},
    };
  },
  show: (graph) => ({ distances: { kind: "codes", node: distancesOf(graph) } }),
});
