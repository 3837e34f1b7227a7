/** What a classifier says of every place in a plane. */
import { lazily } from "../../common/lazily";
import { classifierOf } from "./classifier";
import type { Inspection } from "./inspection";
import { MAX_CLASSES } from "./field/paint";

export const decisionField: Inspection = {
  id: "field",
  tab: "results.fieldTab",
  about: "answers",
  suits: (model) => {
    const classifier = classifierOf(model);
    const isPlane = classifier?.info.kind === "points" && classifier.info.shape[0] === 2;
    return isPlane && classifier.info.shape.length === 1 && classifier.classNames.length <= MAX_CLASSES;
  },
  Content: lazily(() => import("./field/FieldView").then(({ FieldView }) => FieldView)),
};
