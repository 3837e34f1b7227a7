/** Where a run is to be forked: one of the steps of which a checkpoint is kept. */
import { Button, NativeSelect } from "@mantine/core";
import { useEffect, useState } from "react";
import type { ListedRun } from "../../src/engine";
import { formatEpoch } from "../common/format";
import { t } from "../common/words";
import { resumeRun } from "../train/session";
import { stepsOf } from "./watch";
import classes from "./RunsPanel.module.css";

interface ForkPointProps {
  readonly run: ListedRun;
  readonly name: string;
  readonly onDone: () => void;
}

/** It opens below what was pressed, where a phone may have no room for it. */
const bringIntoSight = (box: HTMLElement | null): void => box?.scrollIntoView({ block: "nearest" });

export function ForkPoint({ run: { id, stepsPerEpoch }, name, onDone }: ForkPointProps) {
  const [steps, setSteps] = useState<readonly number[]>([]);
  const [chosen, setChosen] = useState<number | null>(null);
  useEffect(() => {
    let isOpen = true;
    void stepsOf(id).then((found) => {
      if (isOpen) setSteps(found);
    });
    return () => {
      isOpen = false;
    };
  }, [id]);
  const step = chosen !== null && steps.includes(chosen) ? chosen : steps.at(-1);
  if (step === undefined) return null;
  const fork = (): void => {
    onDone();
    void resumeRun(id, step, true);
  };
  return (
    <div ref={bringIntoSight} className={classes.fork}>
      <NativeSelect
        aria-label={t("runs.forkStep", { name })}
        data={steps.map((at) => ({
          value: String(at),
          label: t("runs.forkPoint", { step: at, epoch: formatEpoch(at / (stepsPerEpoch || 1)) }),
        }))}
        value={String(step)}
        onChange={({ currentTarget: { value } }) => setChosen(Number(value))}
      />
      <Button onClick={fork}>{t("runs.forkAt", { step })}</Button>
      <span>{t("runs.forkNext")}</span>
    </div>
  );
}
