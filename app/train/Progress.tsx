/** How far the epoch and the whole run have come. */
import { formatCount } from "../format";
import { takeStatus, useRun } from "../store/run";
import { currentEpoch, stepInEpoch } from "./statusText";
import classes from "./Progress.module.css";

export function Progress() {
  const status = useRun(takeStatus);
  const { step, totalSteps, stepsPerEpoch, epochs, loading, phase } = status;
  const isLoading = phase === "loading" && loading !== null;
  const inEpoch = stepInEpoch(status);
  return (
    <div className={classes.bars}>
      <Bar
        label={isLoading ? "Data" : "Epoch"}
        text={
          isLoading ? "loading" : epochs > 0 ? `${formatCount(currentEpoch(status))} of ${formatCount(epochs)}` : ""
        }
        share={isLoading ? loading.loadedBytes / loading.totalBytes : totalSteps > 0 ? step / totalSteps : 0}
      />
      <Bar
        label="Batch"
        text={stepsPerEpoch > 0 ? `${formatCount(inEpoch)} of ${formatCount(stepsPerEpoch)}` : ""}
        share={stepsPerEpoch > 0 ? inEpoch / stepsPerEpoch : 0}
        isThin
      />
    </div>
  );
}

interface BarProps {
  readonly label: string;
  readonly text: string;
  readonly share: number;
  readonly isThin?: boolean;
}

function Bar({ label, text, share, isThin = false }: BarProps) {
  const percent = Math.round(Math.min(Math.max(share, 0), 1) * 1000) / 10;
  return (
    <div className={classes.bar}>
      <span className={classes.caption} aria-hidden>
        <span>{label}</span>
        <span>{text}</span>
      </span>
      <div
        className={classes.track}
        data-thin={isThin || undefined}
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(percent)}
        aria-valuetext={text || "not started"}
      >
        <div className={classes.fill} style={{ transform: `scaleX(${percent / 100})` }} />
      </div>
    </div>
  );
}
