/** Policy gradient: an agent that makes more probable what turned out better than expected. */
import { real } from "../fields";
import type { Node } from "../graph/node";
import { beforeActivation, isProbability } from "../nn/source";
import { sum } from "../ops/broadcast";
import { reshape } from "../ops/layout";
import { exp, mul, neg, square, sub } from "../ops/pointwise";
import { logSoftmax, softmax } from "../ops/softmax";
import { say } from "../words/said";
import {
  actionsOf,
  alone,
  discountField,
  drawn,
  episodes,
  experienceColumns,
  greatest,
  observationType,
  ofAction,
  oneOf,
  problemOfUnits,
} from "./agents";
import { defineTask, type TaskGraph } from "./task";

const TITLE = "Act by policy gradient";

const curves = {
  policyLoss: {
    title: "Policy loss",
    help: "Minus how probable the actions were, each weighted by its advantage: its slope counts, not its height.",
  },
  baselineLoss: {
    title: "Baseline loss",
    help: "How far the baseline is off what really came: squared, in rewards a step.",
  },
  entropy: { title: "Entropy", help: "How undecided the policy is: it falls from all actions alike to one for sure." },
  ...episodes.curves,
};

/** Log probabilities of all actions, whether or not the network ends in a softmax. `[N, A]` */
const logOf = (output: Node): Node => logSoftmax(beforeActivation(output, "softmax") ?? output);

const baselineOf = (graph: TaskGraph): Node =>
  reshape(graph.apply("baseline", graph.column("observation")), [graph.batch]);

/** Two networks: the policy gives the probability of each action, the baseline what it expects from here on. The return that follows
 *  a step, `G = r + discount G'`, goes on with the baseline's guess where time was up; both are in rewards a step, `(1 - discount) G`, so
 *  that they are about 1 whatever the horizon. Advantages `G - baseline` have mean 0 and variance 1 in each batch. The loss is
 *  `-log p(action) advantage - weight entropy`.
 *  Source: Williams 1992, "Simple statistical gradient-following algorithms for connectionist reinforcement learning"; Sutton and Barto
 *  2018, section 13.4; Mnih et al. 2016, "Asynchronous methods for deep reinforcement learning", for the entropy. */
export const policyGradient = defineTask({
  title: TITLE,
  help: "Plays episodes, and makes actions more probable that led to more than the baseline expected.",
  fields: {
    discount: discountField,
    entropyWeight: real({
      label: "Entropy weight",
      help: "How much undecidedness is rewarded, so that the agent does not settle too early.",
      min: 0,
      max: 1,
      step: 0.001,
      default: 0.005,
      live: true,
    }),
  },
  networks: {
    policy: {
      title: "Policy",
      help: "Reads an observation and gives the probability of each action.",
      input: observationType,
      gives: () => "action",
    },
    baseline: {
      title: "Baseline",
      help: "Reads an observation and guesses what will come: one number.",
      input: observationType,
    },
  },
  columns: (about) =>
    experienceColumns("policyGradient", TITLE, about, ["observation", "action", "worth", "advantage", "episodes"]),
  problems: (about, { policy, baseline }) => [
    ...problemOfUnits("policy", policy, actionsOf(about), "softmax"),
    ...problemOfUnits("baseline", baseline, 1, "linear"),
  ],
  endings: () => ({
    policy: { by: say("task.thePolicy"), takes: say("task.probabilities"), from: ["softmax", "linear"] },
    baseline: { by: say("task.theBaseline"), from: ["linear"] },
  }),
  curves,
  losses: () => {
    const shared = { unit: "", format: "number", better: "lower" } as const;
    return [
      { id: "policyLoss", ...curves.policyLoss, ...shared, trains: ["policy"] },
      { id: "baselineLoss", ...curves.baselineLoss, ...shared, trains: ["baseline"] },
      ...episodes.losses(),
      { id: "entropy", ...curves.entropy, ...shared, unit: "nats", trains: [] },
    ];
  },
  metrics: () => [],
  score: (graph) => {
    const log = logOf(graph.apply("policy", graph.column("observation")));
    const entropy = neg(sum(mul(exp(log), log), [-1]));
    const gain = mul(ofAction(graph, log), oneOf(graph, "advantage"));
    return {
      losses: {
        policyLoss: sub(neg(gain), mul(entropy, graph.config.entropyWeight)),
        baselineLoss: square(sub(oneOf(graph, "worth"), baselineOf(graph))),
        ...episodes.score(graph),
        entropy,
      },
      metrics: {},
    };
  },
  show: (graph) => {
    const output = graph.apply("policy", graph.column("observation"));
    const node = isProbability(output) ? output : softmax(output);
    return {
      policy: { kind: "actions", node, areProbabilities: true },
      expected: { kind: "value", node: baselineOf(graph) },
    };
  },
  asked: {
    policy: alone("policy"),
    baseline: alone("baseline"),
  },
  play: {
    act: ({ policy = [] }, _config, dice, isTest) => (isTest ? greatest(policy) : drawn(policy, dice)),
    teach: ({ count, rewards, next, shown: { expected = new Float32Array() } }, { discount }) => {
      const scale = Math.max(1 - discount, 1e-3);
      const worth = new Float32Array(count);
      const advantage = new Float32Array(count);
      for (let row = count - 1; row >= 0; row--) {
        const after = next[row] ?? -1;
        const later = after < 0 ? 0 : ((after < count ? worth[after] : expected[after]) ?? 0);
        worth[row] = scale * (rewards[row] ?? 0) + discount * later;
        advantage[row] = (worth[row] ?? 0) - (expected[row] ?? 0);
      }
      return { worth, advantage: standardised(advantage) };
    },
  },
});

/** The same with mean 0 and variance 1; all 0 where they are alike. */
function standardised(values: Float32Array): Float32Array {
  const mean = values.reduce((total, value) => total + value, 0) / values.length;
  const variance = values.reduce((total, value) => total + (value - mean) ** 2, 0) / values.length;
  return values.map((value) => (value - mean) / (Math.sqrt(variance) + 1e-8));
}
