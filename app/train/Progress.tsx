/** How far the run has come, or the data's download before it: a line along the edge of the transport bar. The numbers are
 *  in the status beside the controls. */
import { formatCount } from "../common/format";
import { takeStatus, useRun } from "../store/run";
import { currentEpoch } from "./statusText";
import classes from "./Progress.module.css";

export function Progress() {
  const status = useRun(takeStatus);
  const { step, totalSteps, epochs, loading, phase } = status;
  const isLoading = phase === "loading" && loading !== null;
  const share = isLoading ? loading.loadedBytes / loading.totalBytes : totalSteps > 0 ? step / totalSteps : 0;
  const percent = Math.round(Math.min(Math.max(share, 0), 1) * 1000) / 10;
  const epoch = epochs > 0 ? `${formatCount(currentEpoch(status))} of ${formatCount(epochs)}` : "not started";
  return (
    <div
      className={classes.track}
      data-track
      data-loading={isLoading || undefined}
      role="progressbar"
      aria-label={isLoading ? "Data" : "Epoch"}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(percent)}
      aria-valuetext={isLoading ? `${Math.round(percent)}% loaded` : epoch}
    >
      <div className={classes.fill} data-bar style={{ transform: `scaleX(${percent / 100})` }} />
    </div>
  );
}
