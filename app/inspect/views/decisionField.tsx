/** What a classifier says of every place in a plane, under the points that it is tested on; of few points, a table too. */
import { lazily } from "../../common/lazily";
import { MAX_CLASSES } from "./field/paint";
import { readClassified } from "./readPredictions";
import type { ResultView } from "./view";

const Field = lazily(() => import("./field/FieldView").then(({ FieldView }) => FieldView));

export const decisionField: ResultView = {
  id: "field",
  hint: "results.fieldHint",
  render: (predictions) => {
    const classified = readClassified(predictions);
    if (!classified || classified.input.kind !== "points" || classified.input.shape.join() !== "2") return null;
    if (classified.classNames.length > MAX_CLASSES) return null;
    return <Field />;
  },
};
