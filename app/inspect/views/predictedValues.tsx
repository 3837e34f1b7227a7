/** Predicted numbers: over the input where that is one number, and over the true ones otherwise. */
import { lazily } from "../../common/lazily";
import { pairsOf } from "./readPredictions";
import type { ResultView } from "./view";
import { t } from "../../common/words";

const Scatter = lazily(() => import("./Scatter").then(({ Scatter: Found }) => Found));

export const predictedValues: ResultView = {
  id: "predicted-values",
  hint: "results.predictedValuesHint",
  render: ({ count, columns, shown }) => {
    const predicted = shown["output"];
    const truth = Object.values(columns).findLast(({ info }) => info.kind === "value");
    if (predicted?.kind !== "value" || !truth || predicted.data.length !== count) return null;
    const input = Object.values(columns).find((column) => column !== truth && column.values.length === count);
    if (!input) {
      const measured = Array.from(truth.values);
      const ends = [Math.min(...measured), Math.max(...measured)];
      return (
        <Scatter
          label={t("results.predictedOverTrue")}
          across={t("results.measured")}
          up={t("results.predicted")}
          sets={[
            { title: t("results.equal"), look: "line", points: pairsOf(ends, ends) },
            { title: t("results.predicted"), look: "model", points: pairsOf(truth.values, predicted.data) },
          ]}
        />
      );
    }
    return (
      <Scatter
        label={t("results.predictedOverInput")}
        sets={[
          { title: t("results.measured"), look: "data", points: pairsOf(input.values, truth.values) },
          { title: t("results.predicted"), look: "model", points: pairsOf(input.values, predicted.data) },
        ]}
      />
    );
  },
};
