/** Agents, which make their samples themselves. A batch is what they play before they learn from it. */
import { MODEL } from "../../tasks/supervised";
import { dense, preset, type Preset } from "./preset";

export const agentsPresets = {
  "cart-pole": preset(
    {
      title: "Cart-pole",
      help: "An agent that learns to balance a pole by trying, with a policy and a baseline.",
      dataset: "cartpole",
    },
    {
      policy: [dense(32, "tanh"), dense(2, "softmax")],
      baseline: [dense(32, "tanh"), dense(1, "linear")],
    },
    {
      task: ["policyGradient", {}],
      optimizer: ["Adam", { learningRate: 0.01 }],
      batchSize: 4096,
      epochs: 200,
      validationCount: 0,
    },
  ),
  "grid-world": preset(
    {
      title: "Grid world",
      help: "A table of what each step is worth: from the goal, the shortest way spreads over the map.",
      dataset: "gridworld",
    },
    { [MODEL]: [["Dense", { units: 4, activation: "linear", useBias: false }]] },
    {
      task: ["qLearning", {}],
      optimizer: ["SGD", { learningRate: 10 }],
      batchSize: 256,
      epochs: 1000,
      validationCount: 0,
    },
  ),
  "grid-network": preset(
    {
      title: "Grid world by a network",
      help: "The same world with a small network in the table's place: cells share what it learns, and it takes longer.",
      dataset: "gridworld",
    },
    // It sees one cell at a time: a bias would move what it says of all of them.
    {
      [MODEL]: [
        ["Dense", { units: 64, activation: "relu", useBias: false }],
        ["Dense", { units: 4, activation: "linear", useBias: false }],
      ],
    },
    {
      // Values that look less far ahead differ more from cell to cell, beside what a moving target leaves in them.
      task: ["qLearning", { discount: 0.95, exploration: 0.4 }],
      optimizer: ["Adam", { learningRate: 0.003 }],
      schedule: ["cosine", {}],
      batchSize: 1024,
      epochs: 1000,
      validationCount: 0,
    },
  ),
} as const satisfies Record<string, Preset>;
