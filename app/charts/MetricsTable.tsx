/** The charts in numbers, for those who cannot see them or want them exact. Always in the page; on the screen when asked
 *  for. */
import { useElementSize } from "@mantine/hooks";
import { memo } from "react";
import type { CurveInfo } from "../../src/engine";
import { formatPercent } from "../common/format";
import type { Metrics } from "../store/metrics";
import { useMetrics } from "../store/metrics";
import { takeState, useRun } from "../store/run";
import { useThrottled } from "../common/useThrottled";
import { MAX_VALIDATION_ROWS, stepsInRows, tableRows } from "./tableRows";
import { t } from "../common/words";
import classes from "./MetricsTable.module.css";

// Twice a second is as fast as numbers can be read.
const INTERVAL_MS = 500;
const NONE = "–";

const formats: Readonly<Record<CurveInfo["format"], (value: number) => string>> = {
  number: (value) => value.toPrecision(6),
  percent: (value) => formatPercent(value),
};

function textOf(info: CurveInfo, value: number | undefined): string {
  if (value === undefined) return NONE;
  return Number.isFinite(value) ? formats[info.format](value) : t("number.notFinite");
}

export function MetricsTable({ isShown }: { readonly isShown: boolean }) {
  // Without a width it is in a part of the page that is put away, where nobody can read it.
  const { ref, width } = useElementSize<HTMLDivElement>();
  const metrics = useThrottled(useMetrics(0, width > 0), INTERVAL_MS, useRun(takeState));
  return (
    <div ref={ref} className={isShown ? classes.box : undefined}>
      <div className={isShown ? classes.scroll : "visuallyHidden"} tabIndex={isShown ? 0 : undefined}>
        <Rows metrics={metrics} />
      </div>
    </div>
  );
}

const Rows = memo(function Rows({ metrics }: { readonly metrics: Metrics }) {
  const { infos, train, validation, stepsPerEpoch } = metrics;
  const rows = tableRows(train, validation);
  // In the order of the logs: steps are not told all that splits are.
  const ofSteps = infos.filter(({ ofSplits }) => !ofSplits);
  const heads = [
    ...ofSteps.map(({ title }) => t("table.trainOf", { title })),
    ...infos.map(({ title }) => t("table.validationOf", { title })),
  ];
  return (
    <table className={classes.table} aria-label={t("table.title")}>
      <caption className="visuallyHidden">
        {t("table.about", { validations: MAX_VALIDATION_ROWS, steps: stepsInRows(train) })}
      </caption>
      <thead>
        <tr>
          <th scope="col">{t("chart.step")}</th>
          <th scope="col">{t("chart.epoch")}</th>
          {heads.map((head) => (
            <th key={head} scope="col">
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.to}>
            <th scope="row">{t("table.steps", { from: row.from, to: row.to })}</th>
            <td>{(row.to / (stepsPerEpoch || 1)).toFixed(2)}</td>
            {/* Texts of the cells themselves, because translators of pages replace others. */}
            {ofSteps.map((info, i) => (
              <td key={`train ${info.id}`}>{textOf(info, row.train?.[i])}</td>
            ))}
            {infos.map((info, i) => (
              <td key={`validation ${info.id}`}>{textOf(info, row.validation?.[i])}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
});
