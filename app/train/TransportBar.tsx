/** The controls of the run and how it goes, always in sight. */
import { Button, Tooltip } from "@mantine/core";
import {
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconPlayerSkipForwardFilled,
  IconPlayerStopFilled,
  IconRotate,
} from "@tabler/icons-react";
import { type ReactNode, useEffect, useRef } from "react";
import { type Problem, say } from "../../src/engine";
import { useDescription, useReport } from "../store/model";
import {
  isRunActive,
  isRunOpen,
  isRunOver,
  takeIsChoiceOffered,
  takeIsTrainWanted,
  takePrepared,
  takeState,
  takeStatus,
  useRun,
} from "../store/run";
import { partElementId, showPart } from "../store/ui";
import { hasStepsLeft, isOutdated, moreEpochs } from "./rules";
import { applyAndRestart, pause, reset, startOver, step, stop, train, trainOn } from "./session";
import { Progress } from "./Progress";
import { TrainingStatus } from "./TrainingStatus";
import { t, tell } from "../common/words";
import classes from "./TransportBar.module.css";

/** For moving the focus here. */
export const TRAIN_BUTTON_ID = "transport-train";

export function TransportBar() {
  return (
    <section aria-label={t("train.transport")} className={classes.bar}>
      <Controls />
      <div className={classes.remark}>
        <Remark />
      </div>
      <TrainingStatus />
      <div className={classes.progress}>
        <Progress />
      </div>
    </section>
  );
}

const takeHasSteps = (run: ReturnType<typeof useRun.getState>): boolean => takeStatus(run).step > 0;

function Controls() {
  const state = useRun(takeState);
  const hasSteps = useRun(takeHasSteps);
  const isTrainWanted = useRun(takeIsTrainWanted);
  const [error] = useErrors();
  const isRunning = state === "running";
  const isGoing = isRunning || isTrainWanted;
  // What is wrong with the edited model does not hold a run under way.
  const isBlocked = error !== undefined && !isGoing && !isRunActive(state);
  const canRewind = hasSteps || state === "diverged" || isRunOver(state);
  const isDone = useIsDone();
  return (
    <div className={classes.controls} role="group" aria-label={t("train.run")}>
      <Control
        label={t("train.reset")}
        help={t("train.resetHelp")}
        isOff={!canRewind}
        onPress={reset}
        icon={<IconRotate size={18} />}
      />
      <Tooltip label={error && tell(error.said)} disabled={!isBlocked}>
        <Button
          id={TRAIN_BUTTON_ID}
          className={classes.train ?? ""}
          size="sm"
          aria-label={t(isGoing ? "train.pause" : "train.start")}
          aria-describedby={isBlocked ? BLOCKED_ID : undefined}
          aria-disabled={isBlocked}
          {...(isBlocked && { "data-disabled": true })}
          leftSection={isGoing ? <IconPlayerPauseFilled size={17} /> : <IconPlayerPlayFilled size={17} />}
          onClick={({ detail }) => {
            // The second half of a double click would take the first one back.
            if (detail > 1) return;
            if (isGoing) pause();
            else if (!isBlocked) {
              void train();
              showCurves();
            }
          }}
        >
          {t(isGoing ? "train.pause" : "train.start")}
        </Button>
      </Tooltip>
      <Control
        label={t("train.step")}
        help={isBlocked ? tell(error.said) : t("train.stepHelp")}
        isOff={isBlocked || isDone}
        onPress={step}
        icon={<IconPlayerSkipForwardFilled size={18} />}
      />
      <Control
        label={t("train.stop")}
        help={t("train.stopHelp")}
        isOff={!isRunOpen(state)}
        onPress={stop}
        icon={<IconPlayerStopFilled size={18} />}
      />
    </div>
  );
}

interface ControlProps {
  readonly label: string;
  readonly help: string;
  /** Off, it can still be focused: the keyboard must not lose its place between two presses. */
  readonly isOff: boolean;
  readonly onPress: () => Promise<void>;
  readonly icon: ReactNode;
}

function Control({ label, help, isOff, onPress, icon }: ControlProps) {
  return (
    <Tooltip label={t("train.control", { label, help })}>
      <button
        type="button"
        className={classes.control}
        aria-disabled={isOff}
        onClick={() => {
          if (!isOff) void onPress();
        }}
      >
        {icon}
        <span className={classes.controlLabel}>{label}</span>
      </button>
    </Tooltip>
  );
}

/** On a small screen the curves are behind a tab, and on a low one below the bars. */
function showCurves(): void {
  showPart("charts");
  requestAnimationFrame(() => document.getElementById(partElementId("charts"))?.scrollIntoView({ block: "nearest" }));
}

const BLOCKED_ID = "transport-blocked";

/** What keeps the edited model from being trained. */
const useErrors = (): readonly Problem[] => useReport().problems.filter(({ severity }) => severity === "error");

/** Whether the run is over and has had all its epochs. */
function useIsDone(): boolean {
  const description = useDescription();
  return useRun(({ status }) => isRunOver(status.state) && !hasStepsLeft(status, description));
}

const takeIsOver = ({ status }: ReturnType<typeof useRun.getState>): boolean => isRunOver(status.state);
const takeIsActive = ({ status }: ReturnType<typeof useRun.getState>): boolean => isRunActive(status.state);

/** Why Train cannot be pressed, or that the model differs from the one in training. */
function Remark() {
  const isActive = useRun(takeIsActive);
  const description = useDescription();
  const errors = useErrors();
  const prepared = useRun(takePrepared);
  const isOver = useRun(takeIsOver);
  const isDiverged = useRun(takeState) === "diverged";
  const isChoiceOffered = useRun(takeIsChoiceOffered);
  const [first] = errors;
  if (first) {
    const more = errors.length - 1;
    const problem = more > 0 ? say("train.andMore", { problem: first.said, more }) : first.said;
    return (
      <Tooltip label={tell(first.said)} events={{ hover: true, focus: true, touch: true }}>
        <p id={BLOCKED_ID} className={classes.blocked} tabIndex={0}>
          {t(isActive ? "train.editBlocked" : "train.blocked", { problem })}
        </p>
      </Tooltip>
    );
  }
  if (isChoiceOffered) return <Choice />;
  if (isDiverged) return <p className={classes.outdated}>{t("train.diverged")}</p>;
  if (!(isActive || isOver) || !isOutdated(prepared, description)) return null;
  if (isOver) return <p className={classes.outdated}>{t("train.resultsBeforeEdits")}</p>;
  return (
    <p className={classes.outdated}>
      <span>{t("train.editedSince")}</span>
      <Button className={classes.apply ?? ""} size="compact-sm" variant="light" onClick={() => void applyAndRestart()}>
        {t("train.applyAndRestart")}
      </Button>
    </p>
  );
}

/** What Train may mean after the last epoch. */
function Choice() {
  const more = moreEpochs(useDescription());
  const first = useRef<HTMLDivElement>(null);
  useEffect(() => first.current?.querySelector("button")?.focus(), []);
  return (
    <div className={classes.outdated} role="group" aria-label={t("train.afterEnd")} ref={first}>
      {more > 0 && (
        <Button className={classes.apply ?? ""} size="compact-sm" variant="light" onClick={() => void trainOn()}>
          {t("train.trainOn", { more })}
        </Button>
      )}
      <Button className={classes.apply ?? ""} size="compact-sm" variant="default" onClick={() => void startOver()}>
        {t("train.startOver")}
      </Button>
    </div>
  );
}
