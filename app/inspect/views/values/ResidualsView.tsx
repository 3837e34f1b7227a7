/** Residuals: measured less predicted, over what is predicted, and the worst of them. */
import { useMemo } from "react";
import { formatCount } from "../../../common/format";
import { t } from "../../../common/words";
import { takePredictions, useRun } from "../../../store/run";
import { pairsOf } from "../readPredictions";
import { Scatter } from "../Scatter";
import tables from "../answers/ClassTable.module.css";
import classes from "../answers/CalibrationView.module.css";
import points from "../PointsTable.module.css";
import { featuresOf, residualsOf, summaryOf } from "./residualsOf";

/** How many of the worst are listed. */
const LISTED = 10;

/** Numbers of any size, so that they can be compared in a column. */
const written = (value: number): string => Number(value.toPrecision(4)).toString();

export function ResidualsView() {
  const predictions = useRun(takePredictions);
  const found = useMemo(() => predictions && residualsOf(predictions), [predictions]);
  if (!found || found.length === 0) return <p className={classes.note}>{t("results.noSamples")}</p>;
  const predicted = found.map((each) => each.predicted);
  const { mean, median } = summaryOf(found);
  const features = predictions && featuresOf(predictions);
  const worst = found.toSorted((a, b) => Math.abs(b.residual) - Math.abs(a.residual)).slice(0, LISTED);
  return (
    <div className={classes.view}>
      <div className={classes.told}>
        <Scatter
          label={t("inspect.residualsOverPredicted")}
          across={t("results.predicted")}
          up={t("inspect.residual")}
          showsAll
          sets={[
            {
              title: t("inspect.noError"),
              look: "line",
              points: pairsOf([Math.min(...predicted), Math.max(...predicted)], [0, 0]),
            },
            {
              title: t("inspect.residual"),
              look: "model",
              points: pairsOf(
                predicted,
                found.map(({ residual }) => residual),
              ),
            },
          ]}
        />
        <p className={classes.sentence}>
          {t("inspect.residualsAre", {
            samples: formatCount(found.length),
            mean: written(mean),
            median: written(median),
          })}
        </p>
        <p className={classes.note}>{t("inspect.residualsHint")}</p>
      </div>
      <div className={points.scroll} role="region" aria-label={t("inspect.worstResiduals")} tabIndex={0}>
        <table className={tables.table} aria-label={t("inspect.worstResiduals")}>
          {features?.lost && <caption className={points.lost}>{features.lost}</caption>}
          <thead>
            <tr>
              <th scope="col">{t("inspect.testSample")}</th>
              <th scope="col">{t("results.measured")}</th>
              <th scope="col">{t("results.predicted")}</th>
              <th scope="col">{t("inspect.residual")}</th>
              {features?.names.map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {worst.map(({ row, measured, predicted: says, residual }) => (
              <tr key={row}>
                <th scope="row">{formatCount(row + 1)}</th>
                <td>{written(measured)}</td>
                <td>{written(says)}</td>
                <td>{written(residual)}</td>
                {features?.of(row).map(({ name, text }) => (
                  <td key={name}>{text}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}
