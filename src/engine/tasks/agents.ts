/** What all agents have in common: columns of experience, how an action is chosen, and curves. */
import type { Dice } from "../environments";
import { nameOfData } from "../data/dataset";
import { typeOfColumn } from "../data/column";
import { real } from "../fields";
import type { Node } from "../graph/node";
import type { TensorType } from "../graph/type";
import { reshape } from "../ops/layout";
import { mul } from "../ops/pointwise";
import { sum } from "../ops/broadcast";
import { slice } from "../ops/strided";
import { sameShape } from "../shape";
import { nameOf, say } from "../words/said";
import type { About, LossInfo, Question, TaskGraph, TaskProblem } from "./task";
import { requireColumn } from "./task";

/** How much later rewards count, as a setting. */
export const discountField = real({
  label: "Discount",
  help: "What a reward one step later is worth of one now. Close to 1 looks far ahead.",
  min: 0,
  max: 1,
  step: 0.01,
  default: 0.99,
  live: true,
});

/** The columns that agents learn from, or why there are none. @param type the task's name in the registry */
export const experienceColumns = (
  type: string,
  title: string,
  { data }: Pick<About, "data">,
  columns: readonly string[],
): readonly string[] | TaskProblem =>
  data.environment
    ? columns
    : {
        said: say("task.lacksColumn", {
          task: nameOf(`tasks.${type}.title`, title),
          needs: say("task.environment"),
          data: nameOfData(data),
        }),
      };

/** What a network that acts reads. */
export const observationType = ({ data }: Pick<About, "data">): TensorType | null =>
  data.environment ? typeOfColumn(requireColumn(data, "observation")) : null;

/** How many actions there are. */
export const actionsOf = ({ data }: Pick<About, "data">): number => requireColumn(data, "action").shape[0] ?? 1;

/** What is wrong with a network that must give so many numbers. */
export function problemOfUnits(
  network: string,
  output: TensorType | undefined,
  units: number,
  activation: string,
): TaskProblem[] {
  if (!output || sameShape(output.shape, [units])) return [];
  const problem = say("task.notSoMany", { network, units, given: output.shape });
  const said = say("problem.advised", { problem, advice: say("task.endWithDense", { units }) });
  return [{ network, said, units, activation }];
}

/** What the step's own action has of a row of numbers for all actions. `[N, A]` to `[N]` */
export const ofAction = (graph: TaskGraph, rows: Node): Node => sum(mul(rows, graph.column("action")), [-1]);

/** A column of one number a step. `[N]` */
export const oneOf = (graph: TaskGraph, name: string): Node => reshape(graph.column(name), [graph.batch]);

const episodeCurves = {
  return: { title: "Return", help: "What an episode earns in all: the mean of those that were just played." },
  episodeLength: { title: "Episode length", help: "Steps of an episode: the mean of those that were just played." },
};

/** Return and length of the episodes that a batch is of, told and not learnt from. */
export const episodes = {
  curves: episodeCurves,
  losses: (): LossInfo[] => [
    { id: "return", ...episodeCurves.return, unit: "", format: "number", better: "higher", trains: [] },
    {
      id: "episodeLength",
      ...episodeCurves.episodeLength,
      unit: "steps",
      format: "number",
      better: "higher",
      trains: [],
    },
  ],
  score: (graph: TaskGraph): Readonly<Record<string, Node>> => {
    const told = graph.column("episodes");
    const at = (place: number): Node => reshape(slice(told, [0, place], [graph.batch, 1]), [graph.batch]);
    return { return: at(0), episodeLength: at(1) };
  },
};

/** What a network of an agent's gives by itself. */
export const alone = (network: string): Question => ({
  network,
  show: (graph) => ({ [network]: { kind: "value", node: graph.apply(network, graph.column("observation")) } }),
});

/** The place of the largest number; the first of several. */
export function greatest(row: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < row.length; i++) if ((row[i] ?? 0) > (row[best] ?? 0)) best = i;
  return best;
}

/** An action by its probability. */
export function drawn(probabilities: ArrayLike<number>, dice: Dice): number {
  let left = dice();
  for (let action = 0; action < probabilities.length - 1; action++) {
    left -= probabilities[action] ?? 0;
    if (left < 0) return action;
  }
  return probabilities.length - 1;
}
