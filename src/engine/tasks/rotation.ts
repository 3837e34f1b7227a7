/** Rotation: images are turned by 0, 1, 2 or 3 quarters, and the network tells by how many. Needs no labels, and to tell it has to know
 *  what images look like. */
import { typeOfColumn } from "../data/column";
import { nameOfData } from "../data/dataset";
import type { Node } from "../graph/node";
import { losses, nameOfLoss } from "../nn/losses";
import { metrics } from "../nn/metrics";
import { range } from "../ops/constant";
import { flip } from "../ops/flip";
import { argMax } from "../ops/gather";
import { reshape } from "../ops/layout";
import { add, equal, greater, mul, sub } from "../ops/pointwise";
import { transpose } from "../ops/strided";
import { say } from "../words/said";
import { MODEL } from "./supervised";
import { type About, columnOf, defineTask, problemOf, requireColumn, type TaskGraph } from "./task";

const TURNS = 4;
const LOSS = "sparseCategoricalCrossentropy";
const target = { kind: "class", classes: TURNS } as const;
const curves = { loss: { title: "Loss", help: "How surely the model tells by how much each image was turned." } };

/** The first column of images that are as high as wide. */
const subject = ({ data }: Pick<About, "data">) => {
  const found = columnOf(data, ["image"]);
  const [height, width] = found?.column.shape ?? [];
  return height === width ? found : undefined;
};

/** `x` where `chosen` is 1 and `y` where it is 0, sample by sample. @param chosen `[N]` */
const either = (chosen: Node, x: Node, y: Node): Node =>
  add(y, mul(reshape(chosen, [chosen.shape[0] ?? 1, 1, 1, 1]), sub(x, y)));

/** Each sample turned counterclockwise by a number of quarters that is drawn for it.
 *  @returns images `[N, H, W, C]` and quarters `[N]` f32 */
function turnedBy(graph: TaskGraph): { readonly images: Node; readonly quarters: Node } {
  const x = graph.column(subject(graph)?.name ?? "");
  const drawn = graph.random.uniform([]);
  const quarters = add(add(greater(drawn, 0.25), greater(drawn, 0.5)), greater(drawn, 0.75));
  const is = (turns: number): Node => equal(quarters, turns);
  const across = either(add(is(1), is(3)), transpose(x, [0, 2, 1, 3]), x);
  const upright = either(add(is(1), is(2)), flip(across, 1), across);
  return { images: either(add(is(2), is(3)), flip(upright, 2), upright), quarters };
}

/** One network that learns from images alone. Source: Gidaris, Singh and Komodakis 2018, "Unsupervised representation learning by
 *  predicting image rotations". */
export const rotation = defineTask({
  title: "Tell rotations",
  help: "Tells by how many quarters each image was turned: features are learnt without labels.",
  fields: {},
  networks: {
    [MODEL]: {
      title: "Model",
      help: "Reads a turned image and tells by 0, 1, 2 or 3 quarters.",
      input: (about) => {
        const found = subject(about);
        return found ? typeOfColumn(requireColumn(about.data, found.name)) : null;
      },
    },
  },
  columns: (about) => {
    const found = subject(about);
    return found ? [found.name] : { said: say("task.nothingToTurn", { data: nameOfData(about.data) }) };
  },
  problems: (_, { [MODEL]: output }) => {
    const problem = output && losses[LOSS].problem(output.shape, target);
    return problem ? [problemOf(problem, LOSS, MODEL)] : [];
  },
  endings: () => ({ [MODEL]: { by: nameOfLoss(LOSS), ...losses[LOSS].ending(target) } }),
  curves,
  losses: () => [
    { id: "loss", ...curves.loss, unit: losses[LOSS].unit, format: "number", better: "lower", trains: [MODEL] },
  ],
  metrics: () => ["accuracy"],
  score: (graph) => {
    const { images, quarters } = turnedBy(graph);
    const labels = argMax(equal(reshape(quarters, [graph.batch, 1]), range(TURNS)));
    const scored = { output: graph.apply(MODEL, images), target: { ...target, labels } };
    return {
      losses: { loss: losses[LOSS].perSample(scored) },
      metrics: { accuracy: metrics.accuracy.perSample(scored) },
    };
  },
  show: (graph) => {
    const { images, quarters } = turnedBy(graph);
    return {
      turned: { kind: "image", node: images },
      quarters: { kind: "codes", node: reshape(quarters, [graph.batch, 1]) },
      told: { kind: "codes", node: graph.apply(MODEL, images) },
    };
  },
});
