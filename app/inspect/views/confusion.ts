/** Which classes a classifier takes for which. */
import { classifierOf } from "./classifier";
import type { Inspection } from "./inspection";
import { lazily } from "../../common/lazily";

/** Beyond, a table of all pairs is no picture any more. */
const MAX_CLASSES = 40;

export const confusion: Inspection = {
  id: "confusion",
  tab: "results.confusionTab",
  about: "errors",
  suits: (model) => (classifierOf(model)?.classNames.length ?? Infinity) <= MAX_CLASSES,
  Content: lazily(() => import("./answers/ConfusionView").then(({ ConfusionView }) => ConfusionView)),
};
