/** How far the run has come, or the data's download before it: a line along the edge of the transport bar. The numbers are
 *  in the status beside the controls. */
import { takeStatus, useRun } from "../store/run";
import { currentEpoch } from "./statusText";
import { t } from "../common/words";
import classes from "./Progress.module.css";

export function Progress() {
  const status = useRun(takeStatus);
  const { state, step, totalSteps, epochs, loading } = status;
  const isLoading = state === "preparing" && loading !== null;
  const share = isLoading ? loading.loadedBytes / loading.totalBytes : totalSteps > 0 ? step / totalSteps : 0;
  const percent = Math.round(Math.min(Math.max(share, 0), 1) * 1000) / 10;
  const epoch = epochs > 0 ? t("status.epochOf", { done: currentEpoch(status), all: epochs }) : t("status.notStarted");
  return (
    <div
      className={classes.track}
      data-track
      data-loading={isLoading || undefined}
      role="progressbar"
      aria-label={t(isLoading ? "status.data" : "status.epoch")}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(percent)}
      aria-valuetext={isLoading ? t("status.percentLoaded", { percent: Math.round(percent) }) : epoch}
    >
      <div className={classes.fill} data-bar style={{ transform: `scaleX(${percent / 100})` }} />
    </div>
  );
}
