/** Classification: which of several classes a sample belongs to. */
import { choice } from "../fields";
import { losses, type LossType } from "../nn/losses";
import { supervisedTask } from "./supervised";
import { say } from "../words/said";

/** One network, from a column of any kind to one output per class. */
export const classification = supervisedTask(
  {
    type: "classification",
    title: "Classify",
    help: "Tells which of several classes a sample belongs to.",
    targets: ["class"],
    needs: say("task.classColumn"),
    metrics: ["accuracy", "topK", "macroF1", "macroPrecision", "macroRecall"],
  },
  {
    loss: choice({
      label: "Loss",
      help: "What training makes small.",
      options: Object.keys(losses) as LossType[],
      default: "sparseCategoricalCrossentropy",
      described: losses,
      registry: "losses",
    }),
  },
);
