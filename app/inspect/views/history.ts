/** When samples were learnt and forgotten. */
import { lazily } from "../../common/lazily";
import { classifierOf } from "./classifier";
import type { Inspection } from "./inspection";

export const remembered: Inspection = {
  id: "history",
  tab: "results.historyTab",
  about: "errors",
  suits: (model) => classifierOf(model) !== null,
  showsChosen: true,
  Content: lazily(() => import("./history/HistoryView").then(({ HistoryView }) => HistoryView)),
};
