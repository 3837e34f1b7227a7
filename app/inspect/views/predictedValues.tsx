/** Predicted numbers: over the input where that is one number, and over the true ones otherwise. */
import { lazily } from "../../common/lazily";
import { pairsOf } from "./readPredictions";
import { axisOf } from "./row";
import type { ResultView } from "./view";
import { t } from "../../common/words";

const Scatter = lazily(() => import("./Scatter").then(({ Scatter: Found }) => Found));

const PredictedOverTrue = lazily(() => import("./PredictedOverTrue").then(({ PredictedOverTrue: Found }) => Found));

export const predictedValues: ResultView = {
  id: "predicted-values",
  hint: "results.predictedValuesHint",
  render: ({ count, columns, shown }) => {
    const predicted = shown["output"];
    const truth = Object.values(columns).findLast(({ info }) => info.kind === "value");
    if (predicted?.kind !== "value" || !truth || predicted.data.length !== count) return null;
    const input = Object.values(columns).find((column) => column !== truth && column.values.length === count);
    if (!input) return <PredictedOverTrue measured={truth.values} predicted={predicted.data} />;
    const { name, at } = axisOf(input.info, 0);
    const across = Array.from(input.values, at);
    return (
      <Scatter
        label={t("results.predictedOverInput")}
        {...(name !== undefined && { across: name })}
        sets={[
          { title: t("results.measured"), look: "data", points: pairsOf(across, truth.values) },
          { title: t("results.predicted"), look: "model", points: pairsOf(across, predicted.data) },
        ]}
      />
    );
  },
};
