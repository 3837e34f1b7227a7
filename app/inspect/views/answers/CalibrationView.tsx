/** Whether probabilities can be believed: how often a model is right that says it is so sure. */
import { say } from "../../../../src/engine";
import { formatCount, formatPercent } from "../../../common/format";
import { t } from "../../../common/words";
import { choose } from "./choose";
import { byLoss, isRight, samplesWhere } from "./judged";
import { binOf, calibrationOf } from "./measures";
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
  const endsOf = (bin: number) => ({
    from: formatPercent(bin / bins.length, 0),
    to: formatPercent((bin + 1) / bins.length, 0),
  });
  const chooseBin = (bin: number): void => {
    const found = samplesWhere(judged, (n) => binOf(judged.certainty[n] ?? 0, bins.length) === bin);
    if (found.length > 0) choose(split, byLoss(judged, found), say("inspect.chosenBin", endsOf(bin)));
  };
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
        onBar={chooseBin}
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
          {bins.map(
            (bin, i) =>
              bin.count > 0 && (
                <tr key={bin.certainty}>
                  <th scope="row">
                    <button
                      type="button"
                      className={tables.choose}
                      aria-label={t("inspect.chooseBin", endsOf(i))}
                      onClick={() => chooseBin(i)}
                    >
                      {formatPercent(bin.certainty, 1)}
                    </button>
                  </th>
                  <td>{formatPercent(bin.accuracy, 1)}</td>
                  <td>{formatCount(bin.count)}</td>
                </tr>
              ),
          )}
        </tbody>
      </table>
    </div>
  );
}
