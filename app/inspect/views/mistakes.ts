/** A classifier's worst and surest answers. */
import { classifierOf } from "./classifier";
import type { Inspection } from "./inspection";
import { lazily } from "../../common/lazily";

export const mistakes: Inspection = {
  id: "mistakes",
  tab: "results.mistakesTab",
  about: "errors",
  suits: (model) => classifierOf(model) !== null,
  Content: lazily(() => import("./answers/MistakesView").then(({ MistakesView }) => MistakesView)),
};
