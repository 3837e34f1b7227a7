/** Regression: a number, or several, for each sample. */
import { choice } from "../fields";
import { losses } from "../nn/losses";
import { supervisedTask } from "./supervised";
import { say } from "../words/said";

/** One network, from a column of any kind to the numbers of another. */
export const regression = supervisedTask(
  {
    type: "regression",
    title: "Predict a number",
    help: "Comes as close as it can to a measured number.",
    targets: ["value"],
    needs: say("task.valueColumn"),
    metrics: ["meanAbsoluteError", "r2"],
  },
  {
    loss: choice({
      label: "Loss",
      help: "What training makes small.",
      options: ["meanSquaredError", "meanAbsoluteError"],
      default: "meanSquaredError",
      described: losses,
      registry: "losses",
    }),
  },
);
