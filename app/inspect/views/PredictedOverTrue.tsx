/** Predicted numbers over measured ones, with the line on which they would be the same. */
import { t } from "../../common/words";
import { pairsOf } from "./readPredictions";
import { Scatter } from "./Scatter";

interface PredictedOverTrueProps {
  readonly measured: ArrayLike<number>;
  readonly predicted: ArrayLike<number>;
}

export function PredictedOverTrue({ measured, predicted }: PredictedOverTrueProps) {
  const all = Array.from(measured);
  const ends = [Math.min(...all), Math.max(...all)];
  return (
    <Scatter
      label={t("results.predictedOverTrue")}
      across={t("results.measured")}
      up={t("results.predicted")}
      sets={[
        { title: t("results.equal"), look: "line", points: pairsOf(ends, ends) },
        { title: t("results.predicted"), look: "model", points: pairsOf(measured, predicted) },
      ]}
    />
  );
}
