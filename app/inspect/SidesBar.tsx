/** Steps at which one side of a task learns and the others stay as they are, and slow motion, which names the phases of a step. */
import { Button, Switch } from "@mantine/core";
import { useEffect, useId } from "react";
import type { ModelDescription } from "../../src/engine";
import { formats, t } from "../common/words";
import { networkHelp, networkTitle } from "../store/networkTitle";
import { curvesOfModel, dataOf } from "../store/model";
import { takeStatus, useRun } from "../store/run";
import { takePhase, useSlow } from "../store/slow";
import { pause, step } from "../train/session";
import { lossesOf, type Phase, phasesOf, sidesOfModel } from "../store/phases";
import { endSlow, startSlow } from "../train/slowMotion";
import classes from "./SidesBar.module.css";

export default function SidesBar({ model }: { readonly model: ModelDescription }) {
  const phase = useSlow(takePhase);
  const id = useId();
  const sides = sidesOfModel(model, dataOf(model));
  useEffect(() => endSlow, []);
  const titleOf = (networks: readonly string[]): string =>
    formats().list(networks.map((network) => networkTitle(model, network)));
  const stepOf = (networks?: readonly string[]): void => {
    endSlow();
    if (useRun.getState().status.state === "running") pause();
    void step(networks);
  };
  return (
    <section aria-label={t("inspect.sides")} className={classes.bar}>
      <div className={classes.slow}>
        <Switch
          id={id}
          checked={phase !== null}
          onChange={({ currentTarget }) => {
            if (currentTarget.checked) void startSlow();
            else endSlow();
          }}
        />
        <label htmlFor={id}>{t("inspect.slowMotion")}</label>
      </div>
      {phase && <Phases model={model} phase={phase} titleOf={titleOf} />}
      <div className={classes.controls}>
        <span className={classes.label} aria-hidden>
          {t("inspect.stepOf")}
        </span>
        <div role="group" aria-label={t("inspect.stepOf")} className={classes.steps}>
          {sides.map((side) => (
            <Button
              key={side.join()}
              className={classes.step ?? ""}
              variant="default"
              title={t("inspect.stepSideHelp", { networks: titleOf(side) })}
              onClick={() => stepOf(side)}
            >
              {t("inspect.stepSide", { networks: titleOf(side) })}
            </Button>
          ))}
          <Button
            className={classes.step ?? ""}
            variant="default"
            title={t("inspect.stepAllHelp")}
            onClick={() => stepOf()}
          >
            {t(sides.length === 2 ? "inspect.stepBoth" : "inspect.stepAll")}
          </Button>
        </div>
      </div>
    </section>
  );
}

interface PhasesProps {
  readonly model: ModelDescription;
  readonly phase: Phase;
  readonly titleOf: (networks: readonly string[]) => string;
}

const isSame = (a: Phase, b: Phase): boolean => a.kind === b.kind && a.networks.join() === b.networks.join();

/** All phases, the present one marked, with a sentence about it. */
function Phases({ model, phase, titleOf }: PhasesProps) {
  const { step: done } = useRun(takeStatus);
  const data = dataOf(model);
  // What is shown of an update is the step that was just taken.
  const all = phasesOf(model, data, phase.kind === "update" ? done - 1 : done);
  const ids = lossesOf(model, data, phase.networks);
  const losses = curvesOfModel(model).flatMap(({ id, title }) => (ids.includes(id) ? [title] : []));
  const [network = ""] = phase.networks;
  return (
    <div className={classes.phases}>
      <ol className={classes.list} aria-label={t("inspect.phases")}>
        {all.map((one) => (
          <li key={`${one.kind} ${one.networks.join()}`} aria-current={isSame(one, phase) ? "step" : undefined}>
            {t(one.kind === "forward" ? "inspect.phaseForward" : "inspect.phaseUpdate", {
              networks: titleOf(one.networks),
            })}
          </li>
        ))}
      </ol>
      <p className={classes.help}>
        {phase.kind === "forward"
          ? networkHelp(model, network)
          : t("inspect.phaseUpdateHelp", { networks: titleOf(phase.networks), losses: formats().list(losses) })}
      </p>
    </div>
  );
}
