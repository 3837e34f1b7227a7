/** The charts in numbers, for those who cannot see them or want them exact. Always in the page; on the screen when asked
 *  for. */
import { memo } from "react";
import { formatCount, formatPercent } from "../format";
import type { Metrics } from "../store/metrics";
import { useMetrics } from "../store/metrics";
import { takeState, useRun } from "../store/run";
import { useThrottled } from "../train/useThrottled";
import { tableRows } from "./tableRows";
import classes from "./MetricsTable.module.css";

// Twice a second is as fast as numbers can be read.
const INTERVAL_MS = 500;
const NONE = "–";

const exact = (value: number | undefined): string =>
  value === undefined ? NONE : Number.isFinite(value) ? value.toPrecision(6) : "not finite";
const share = (value: number | undefined): string => (value === undefined ? NONE : formatPercent(value));

export function MetricsTable({ isShown }: { readonly isShown: boolean }) {
  const metrics = useThrottled(useMetrics(), INTERVAL_MS, useRun(takeState));
  return (
    <div className={isShown ? classes.scroll : "visuallyHidden"} tabIndex={isShown ? 0 : undefined}>
      <Rows metrics={metrics} />
    </div>
  );
}

const Rows = memo(function Rows({ metrics }: { readonly metrics: Metrics }) {
  const rows = tableRows(metrics.train, metrics.validations);
  return (
    <table className={classes.table} aria-label="Training metrics">
      <caption className="visuallyHidden">The first step, the latest steps, and every validation</caption>
      <thead>
        <tr>
          <th scope="col">Step</th>
          <th scope="col">Epoch</th>
          <th scope="col">Train loss</th>
          <th scope="col">Train accuracy</th>
          <th scope="col">Validation loss</th>
          <th scope="col">Validation accuracy</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ step, epoch, train, validation }) => (
          <tr key={step}>
            <th scope="row">{formatCount(step)}</th>
            <td>{epoch.toFixed(2)}</td>
            <td>{exact(train?.loss)}</td>
            <td>{share(train?.accuracy)}</td>
            <td>{exact(validation?.loss)}</td>
            <td>{share(validation?.accuracy)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
});
