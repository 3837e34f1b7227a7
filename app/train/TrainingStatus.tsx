/** The run in numbers, and the same as the page's status message. */
import type { TrainerStatus } from "../../src/engine";
import { totalBytes } from "../../src/engine";
import { formatBytes, formatCompact, formatCount, formatCurve, formatDuration, roomOf } from "../common/format";
import { useHoldsOut } from "../store/heldOut";
import { curvesOfModel, goalOf, useDescription, useReport } from "../store/model";
import { takePrepared, takeStatus, useRun } from "../store/run";
import { backendName, currentEpoch, describeState } from "./statusText";
import { useThrottled } from "../common/useThrottled";
import { t } from "../common/words";
import classes from "./TrainingStatus.module.css";

// Twice a second is as fast as numbers can be read.
const INTERVAL_MS = 500;
const NONE = "–";

export function TrainingStatus() {
  const live = useRun(takeStatus);
  const status = useThrottled(live, INTERVAL_MS, `${live.state} ${live.phase}`);
  const { state, phase, step, totalSteps, epochs, epochMean, validation, backend, elapsedMs, remainingMs } = status;
  const prepared = useRun(takePrepared);
  const edited = useDescription();
  const holdsOut = useHoldsOut();
  const curves = curvesOfModel(prepared ?? edited);
  const goal = goalOf(curves);
  const isBlocked = useReport().problems.some(({ severity }) => severity === "error");
  const words = describeState(status, isBlocked);
  const isRunning = state === "running";
  return (
    // While it trains or loads it changes all the time: there to be read, but not read out. A change of state is.
    <div
      role="status"
      aria-label={t("status.title")}
      aria-live={isRunning || phase === "loading" ? "off" : "polite"}
      className={classes.status}
    >
      <span className={classes.state} data-state={words === t("status.blocked") ? "failed" : state}>
        {`${words} `}
      </span>
      <Figure
        label={t("status.epoch")}
        value={epochs > 0 ? t("status.outOf", { done: currentEpoch(status), all: epochs }) : NONE}
        room={2 * formatCount(epochs).length + 3}
        spare="fourth"
      />
      <Figure
        label={t("status.step")}
        value={totalSteps > 0 ? t("status.outOf", { done: step, all: totalSteps }) : NONE}
        room={2 * formatCount(totalSteps).length + 3}
        spare="third"
      />
      {curves.map((curve, i) => (
        <Figure
          key={curve.id}
          spare={i === 0 || curve === goal ? undefined : "beside"}
          label={t("status.mean", { title: curve.title })}
          hint={epochMean ? t("status.meanOf", { first: epochMean.first, last: epochMean.last }) : undefined}
          value={epochMean ? formatCurve(curve, epochMean.values[curve.id]) : NONE}
          room={roomOf(curve)}
        />
      ))}
      {goal && holdsOut && (
        <Figure
          label={t("status.validation")}
          value={validation ? formatCurve(goal, validation[goal.id]) : NONE}
          room={roomOf(goal)}
          spare="second"
        />
      )}
      <Figure label={t("status.speed")} value={speedOf(status)} room={6} spare="second" />
      <Figure label={t("status.elapsed")} value={step > 0 ? formatDuration(elapsedMs) : NONE} room={8} spare="first" />
      <Figure
        label={t("status.left")}
        value={isRunning && remainingMs !== null ? formatDuration(remainingMs) : NONE}
        room={8}
        spare="fourth"
      />
      <Figure
        label={t("status.memory")}
        value={status.memory ? formatBytes(totalBytes(status.memory)) : NONE}
        room={8}
        spare="first"
      />
      <Figure label={t("status.backend")} value={backendName(backend) || NONE} room={7} spare="first" />
    </div>
  );
}

const speedOf = ({ step, samplesPerSecond }: TrainerStatus): string =>
  step > 0 && samplesPerSecond > 0 ? formatCompact(samplesPerSecond) : NONE;

interface FigureProps {
  readonly label: string;
  readonly value: string;
  /** What it is, exactly. */
  readonly hint?: string | undefined;
  /** Digits to leave room for, so that nothing moves when they change. */
  readonly room: number;
  /** When it goes where there is little room; it stays for those who hear the page. */
  readonly spare?: "first" | "second" | "third" | "fourth" | "beside" | undefined;
}

function Figure({ label, value, hint, room, spare }: FigureProps) {
  return (
    <span className={classes.figure} data-spare={spare} title={hint}>
      <span className={classes.label}>{label} </span>
      <span className={classes.value} style={{ minWidth: `${room}ch` }}>
        {`${value} `}
      </span>
    </span>
  );
}
