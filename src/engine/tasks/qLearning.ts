/** Q-learning: an agent that learns what each action is worth in each place, and takes the best. */
import { real } from "../fields";
import { mul, square, sub } from "../ops/pointwise";
import { say } from "../words/said";
import {
  actionsOf,
  discountField,
  episodes,
  experienceColumns,
  observationType,
  ofAction,
  oneOf,
  problemOfUnits,
} from "./agents";
import { MODEL } from "./supervised";
import { defineTask } from "./task";

const TITLE = "Act by Q-learning";

/** Values this close to the best are as good as it: which of them is best is chance, not rounding. */
const TIE = 1e-4;

const curves = {
  loss: {
    title: "Loss",
    help: "How far the values are off what one more step of looking ahead says, squared and halved.",
  },
  ...episodes.curves,
};

/** One network, from an observation to the value of each action. What an action was worth is `r + discount max Q(next)`, or `r` where the
 *  episode was over; the loss is half the squared difference, and only the value of the action that was taken learns. A single dense
 *  layer without bias over cells that are 1 or 0 is a table of values, and this the tabular algorithm. While it learns, the agent does
 *  something at random every so often (`exploration`).
 *  Source: Watkins and Dayan 1992, "Q-learning"; Sutton and Barto 2018, section 6.5. */
export const qLearning = defineTask({
  title: TITLE,
  help: "Learns what each action is worth in each place, from what the best one in the next place is worth, and takes the best.",
  fields: {
    discount: discountField,
    exploration: real({
      label: "Exploration",
      help: "How often it does something at random while it learns, to see what it does not know yet.",
      min: 0,
      max: 1,
      step: 0.05,
      default: 0.3,
      live: true,
    }),
  },
  networks: {
    [MODEL]: {
      title: "Action values",
      help: "Reads an observation and gives what each action is worth.",
      input: observationType,
      gives: () => "action",
    },
  },
  columns: (about) => experienceColumns("qLearning", TITLE, about, ["observation", "action", "worth", "episodes"]),
  problems: (about, { [MODEL]: output }) => problemOfUnits(MODEL, output, actionsOf(about), "linear"),
  endings: () => ({ [MODEL]: { by: say("task.theValues"), from: ["linear"] } }),
  curves,
  losses: () => [
    { id: "loss", ...curves.loss, unit: "", format: "number", better: "lower", trains: [MODEL] },
    ...episodes.losses(),
  ],
  metrics: () => [],
  score: (graph) => {
    const values = graph.apply(MODEL, graph.column("observation"));
    const off = sub(oneOf(graph, "worth"), ofAction(graph, values));
    return { losses: { loss: mul(square(off), 0.5), ...episodes.score(graph) }, metrics: {} };
  },
  show: (graph) => ({ values: { kind: "actions", node: graph.apply(MODEL, graph.column("observation")) } }),
  play: {
    act: ({ values = [] }, { exploration }, dice, isTest) => {
      if (!isTest && dice() < exploration) return Math.floor(dice() * values.length);
      const best = Math.max(...Array.from(values));
      const ties = Array.from(values).flatMap((value, action) => (value >= best - TIE ? [action] : []));
      return ties[isTest ? 0 : Math.floor(dice() * ties.length)] ?? 0;
    },
    teach: ({ count, rewards, actions, next, shown: { values = new Float32Array() } }, { discount }) => {
      const width = values.length / (count + tailsOf(next, count));
      const worth = Float32Array.from({ length: count }, (_, row) => {
        const after = next[row] ?? -1;
        const best = after < 0 ? 0 : Math.max(...values.subarray(after * width, (after + 1) * width));
        return (rewards[row] ?? 0) + discount * best;
      });
      const advantage = worth.map((value, row) => value - (values[row * width + (actions[row] ?? 0)] ?? 0));
      return { worth, advantage };
    },
  },
});

/** How many rows come after those that were played. */
const tailsOf = (next: Int32Array, count: number): number =>
  next.reduce((most, row) => Math.max(most, row - count + 1), 0);
