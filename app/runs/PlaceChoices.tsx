/** What can be done at a place of the curves: fork each run that is drawn, at the nearest step of which a checkpoint is kept, and choose
 *  what that step was trained on. Loaded when the first place is asked for. */
import { Button, Popover } from "@mantine/core";
import { IconGitFork, IconPhotoSearch } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { RunSwatch } from "../charts/RunSwatch";
import { t } from "../common/words";
import { type CurvePlace, setCurvePlace } from "../store/curvePlace";
import { type PinSlot, useRuns } from "../store/runs";
import { chooseBatch } from "../train/chooseBatch";
import { ownRun } from "../train/keptRun";
import { resumeRun } from "../train/session";
import { nearestStep } from "./nearestStep";
import { stepsOf } from "./watch";
import classes from "./PlaceChoices.module.css";

interface Choice {
  readonly id: string;
  readonly name: string;
  /** Undefined for this tab's run. */
  readonly slot: PinSlot | undefined;
  readonly step: number;
}

async function choicesAt(step: number): Promise<readonly Choice[]> {
  const own = ownRun();
  const { overlays } = useRuns.getState();
  const drawn = [
    ...(own ? [{ id: own, name: t("runs.thisRun"), slot: undefined }] : []),
    ...overlays.filter(({ id }) => id !== own).map(({ id, name, slot }) => ({ id, name, slot })),
  ];
  const found = await Promise.all(
    drawn.map(async (run) => ({ ...run, step: nearestStep(await stepsOf(run.id), step) })),
  );
  return found.flatMap((choice) => (choice.step === undefined ? [] : [{ ...choice, step: choice.step }]));
}

export function PlaceChoices({ place }: { readonly place: CurvePlace }) {
  const { steps } = place;
  const [choices, setChoices] = useState<readonly Choice[] | null>(null);
  useEffect(() => {
    let isOpen = true;
    void choicesAt(place.step).then((found) => {
      if (isOpen) setChoices(found);
    });
    return () => {
      isOpen = false;
    };
  }, [place.step]);
  if (!choices) return null;
  const close = (): void => setCurvePlace(null);
  return (
    <Popover
      opened
      onChange={(isOpen) => !isOpen && close()}
      position="top"
      withArrow
      trapFocus
      returnFocus
      shadow="md"
    >
      <Popover.Target>
        <span className={classes.spot} style={{ left: place.left, top: place.top }} />
      </Popover.Target>
      <Popover.Dropdown className={classes.choices} aria-label={t("runs.forkHere", { step: place.step })}>
        <p className={classes.title}>{t("runs.forkHere", { step: place.step })}</p>
        {choices.map(({ id, name, slot, step }) => (
          <Button
            key={id}
            size="compact-sm"
            variant="default"
            justify="flex-start"
            leftSection={slot === undefined ? <IconGitFork size={16} /> : <RunSwatch slot={slot} />}
            title={name}
            onClick={() => {
              close();
              void resumeRun(id, step, true);
            }}
          >
            <span className={classes.label}>
              {choices.length > 1 ? t("runs.forkOf", { name, step }) : t("runs.forkAt", { step })}
            </span>
          </Button>
        ))}
        {steps && (
          <Button
            size="compact-sm"
            variant="default"
            justify="flex-start"
            leftSection={<IconPhotoSearch size={16} />}
            onClick={() => {
              close();
              void chooseBatch(steps);
            }}
          >
            {t("runs.trainedOn")}
          </Button>
        )}
        <p className={classes.note}>{t(choices.length > 0 ? "runs.forkNearest" : "runs.forkNone")}</p>
      </Popover.Dropdown>
    </Popover>
  );
}
