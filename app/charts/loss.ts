/** The loss: what training makes small. Its linear axis starts at zero. */
import { formatLoss, formatRate } from "../format";
import type { ChartDef } from "./chart";
import { niceRange } from "./ticks";

export const lossChart: ChartDef = {
  id: "loss",
  title: "Loss",
  help: "How wrong the model is, in the unit of its loss. Lower is better.",
  column: ({ losses }) => losses,
  read: ({ loss }) => loss,
  format: formatLoss,
  formatTick: formatRate,
  quietEdge: "top",
  range: (low, high) => niceRange(Math.min(0, low), high, 4),
};
