/** Two classes told apart by one number: ROC and precision over recall, and what a threshold of the visitor's gives. */
import { Slider } from "@mantine/core";
import { useMemo, useState } from "react";
import { formatPercent, formatScore } from "../../../common/format";
import { t } from "../../../common/words";
import { outputsOf } from "./judged";
import { type Ranking, rankingOf, type Threshold } from "./measures";
import { Plane } from "./Plane";
import type { JudgedSplit } from "./useJudged";
import classes from "./TwoClasses.module.css";

const rate = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

/** Of what is taken for the second class, the share that is right; all of nothing. */
const precisionOf = ({ truePositives, falsePositives }: Threshold): number =>
  truePositives + falsePositives === 0 ? 1 : truePositives / (truePositives + falsePositives);

/** What holds from a threshold on: the last step of the ranking that is not below it. */
function stepAt({ thresholds }: Ranking, threshold: number): Threshold | undefined {
  return thresholds.findLast(({ score }) => score >= threshold);
}

export function TwoClasses({ split: { judged, classifier } }: { readonly split: JudgedSplit }) {
  const [threshold, setThreshold] = useState(0.5);
  const ranking = useMemo(() => {
    const scores = Array.from({ length: judged.count }, (_, n) => outputsOf(judged, n)[1] ?? 0);
    return rankingOf(scores, judged.answers.labels);
  }, [judged]);
  if (!judged.answers.areProbabilities) return null;
  const { thresholds, positives, negatives, auc, averagePrecision } = ranking;
  const at = stepAt(ranking, threshold) ?? { score: 1, truePositives: 0, falsePositives: 0 };
  const recall = (step: Threshold): number => rate(step.truePositives, positives);
  const roc = (step: Threshold) => [rate(step.falsePositives, negatives), recall(step)] as const;
  const precision = (step: Threshold) => [recall(step), precisionOf(step)] as const;
  const name = classifier.classNames[1] ?? "";
  return (
    <section className={classes.two} aria-label={t("inspect.threshold")}>
      <div className={classes.planes}>
        <Plane
          title={t("inspect.roc", { area: formatScore(auc) })}
          across={t("inspect.falsePositives")}
          up={t("inspect.recall")}
          line={thresholds.map(roc)}
          mark={roc(at)}
          hasDiagonal
        />
        <Plane
          title={t("inspect.precisionRecall", { mean: formatScore(averagePrecision) })}
          across={t("inspect.recall")}
          up={t("inspect.precision")}
          line={thresholds.map(precision)}
          mark={precision(at)}
        />
      </div>
      <div className={classes.slider}>
        <Slider
          min={0}
          max={1}
          step={0.01}
          value={threshold}
          label={null}
          thumbLabel={t("inspect.threshold")}
          onChange={setThreshold}
        />
      </div>
      <p className={classes.told} role="status">
        {t("inspect.atThreshold", {
          name,
          threshold: threshold.toFixed(2),
          precision: formatPercent(precisionOf(at), 1),
          recall: formatPercent(recall(at), 1),
          falsely: formatPercent(rate(at.falsePositives, negatives), 1),
        })}
      </p>
    </section>
  );
}
