/** The accuracy: the share of samples that the model gets right. Its linear axis ends at 100%. */
import { formatPercent } from "../format";
import type { ChartDef } from "./chart";
import { niceRange } from "./ticks";

export const accuracyChart: ChartDef = {
  id: "accuracy",
  title: "Accuracy",
  help: "The share of samples the model gets right. Higher is better.",
  column: ({ accuracies }) => accuracies,
  read: ({ accuracy }) => accuracy,
  format: (value) => formatPercent(value),
  formatTick: (value) => `${Number((value * 100).toPrecision(4))}%`,
  quietEdge: "bottom",
  range: (low) => [Math.max(0, niceRange(Math.min(low, 0.98), 1, 4)[0]), 1],
};
