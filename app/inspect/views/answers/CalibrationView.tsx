/** Whether probabilities can be believed: how often a model is right that says it is so sure. */
import { formatCount, formatPercent } from "../../../common/format";
import { t } from "../../../common/words";
import { isRight } from "./judged";
import { calibrationOf } from "./measures";
import { Plane } from "./Plane";
import { SplitLine, Waiting } from "./SplitLine";
import { type JudgedSplit, useJudged } from "./useJudged";
import tables from "./ClassTable.module.css";
import classes from "./CalibrationView.module.css";

export function CalibrationView() {
  const split = useJudged();
  if (!split) return <Waiting />;
  if (!split.judged.answers.areProbabilities) return <p className={classes.note}>{t("inspect.noProbabilities")}</p>;
  return <Diagram split={split} />;
}

function Diagram({ split }: { readonly split: JudgedSplit }) {
  const { judged } = split;
  const { bins, expectedError } = calibrationOf(judged.certainty, (n) => isRight(judged, n));
  const most = Math.max(1, ...bins.map(({ count }) => count));
  const accuracy =
    bins.reduce((total, bin) => total + (bin.count > 0 ? bin.accuracy * bin.count : 0), 0) / judged.count;
  const certainty =
    bins.reduce((total, bin) => total + (bin.count > 0 ? bin.certainty * bin.count : 0), 0) / judged.count;
  return (
    <div className={classes.view}>
      <Plane
        title={t("inspect.expectedError", { error: formatPercent(expectedError) })}
        across={t("inspect.certainty")}
        up={t("inspect.shareRight")}
        line={[]}
        hasDiagonal
        bars={bins.map(({ count, accuracy: right }, i) => ({
          from: i / bins.length,
          to: (i + 1) / bins.length,
          height: count === 0 ? 0 : right,
          strength: count / most,
        }))}
      />
      <div className={classes.told}>
        <SplitLine split={split} />
        <p className={classes.sentence}>
          {t(certainty > accuracy ? "inspect.tooSure" : "inspect.tooModest", {
            certainty: formatPercent(certainty, 1),
            right: formatPercent(accuracy, 1),
          })}
        </p>
        <p className={classes.note}>{t("inspect.calibrationHint")}</p>
      </div>
      <table className={tables.table} aria-label={t("results.calibrationTab")}>
        <thead>
          <tr>
            <th scope="col">{t("inspect.certainty")}</th>
            <th scope="col">{t("inspect.shareRight")}</th>
            <th scope="col">{t("inspect.support")}</th>
          </tr>
        </thead>
        <tbody>
          {bins
            .filter(({ count }) => count > 0)
            .map((bin) => (
              <tr key={bin.certainty}>
                <th scope="row">{formatPercent(bin.certainty, 1)}</th>
                <td>{formatPercent(bin.accuracy, 1)}</td>
                <td>{formatCount(bin.count)}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </div>
  );
}
