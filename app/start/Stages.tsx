/** The stages of a preset as a row of steps: where one is, and what each begins with. */
import { useEffect, useState } from "react";
import { IconCheck } from "@tabler/icons-react";
import type { ModelDescription, PresetId, Score } from "../../src/engine";
import { t } from "../common/words";
import { formatCurve } from "../common/format";
import { figuresOfModel, goalOf, useDescription, useModel } from "../store/model";
import { takePrepared, takeStatus, takeTest, useRun } from "../store/run";
import { useRuns } from "../store/runs";
import { watchRuns } from "../runs/watch";
import type { Start } from "../store/start";
import { beginFrom, keptStart, presentStart } from "./begin";
import { modelOfStage, stageOf, stages } from "./stages";
import classes from "./Stages.module.css";

/** What was learnt at a stage, and how to get at its weights. */
interface Learnt {
  readonly model: ModelDescription;
  readonly start: () => Promise<Start | null>;
}

export function Stages({ preset }: { readonly preset: PresetId }) {
  const description = useDescription();
  const prepared = useRun(takePrepared);
  const { step, state } = useRun(takeStatus);
  const test = useRun(takeTest);
  const { runs } = useRuns();
  const [failure, setFailure] = useState("");
  const [isBusy, setIsBusy] = useState(false);
  useEffect(() => void watchRuns(), []);
  const all = stages[preset] ?? [];
  const here = stageOf(preset, description);
  const titleOf = (stage: number): string => t(all[stage]?.name ?? "starts.stages");
  /** The newest run of a stage: the present one, or one that is kept. */
  const learntAt = (stage: number): Learnt | null => {
    const title = titleOf(stage);
    if (prepared && stageOf(preset, prepared) === stage && step > 0 && state !== "preparing") {
      return { model: prepared, start: () => presentStart(title) };
    }
    const kept = runs?.find((run) => stageOf(preset, run.description) === stage && (run.savedStep ?? 0) > 0);
    return kept ? { model: kept.description, start: () => keptStart(kept.id, title) } : null;
  };
  /** What the newest run of a stage came to on the test set, for stages to be held against each other. */
  const scoreAt = (stage: number): string => {
    if (prepared && test && stageOf(preset, prepared) === stage) return scoreOf(prepared, test);
    const kept = runs?.find((run) => stageOf(preset, run.description) === stage && run.test !== null);
    return kept?.test ? scoreOf(kept.description, kept.test) : "";
  };
  const go = async (stage: number): Promise<void> => {
    const from = all[stage]?.from ?? null;
    const learnt = from === null ? null : learntAt(from);
    if (from !== null && !learnt) {
      setFailure(t("starts.trainFirst", { title: titleOf(from) }));
      return;
    }
    setFailure("");
    setIsBusy(true);
    try {
      const start = (await learnt?.start()) ?? null;
      if (from !== null && !start) throw new Error(t("starts.gone"));
      await beginFrom(start, modelOfStage(preset, stage, learnt?.model ?? useModel.getState().description));
    } catch (error) {
      setFailure(t("starts.failed", { reason: error instanceof Error ? error.message : String(error) }));
    } finally {
      setIsBusy(false);
    }
  };
  const hint = all[here]?.hint;
  return (
    <section className={classes.card} aria-label={t("starts.stages")}>
      <ol className={classes.list}>
        {all.map(({ name, from }, stage) => {
          const isOpen = from === null || learntAt(from) !== null;
          const score = scoreAt(stage);
          return (
            <li key={name} className={classes.item}>
              <button
                type="button"
                className={classes.stage}
                aria-current={stage === here ? "step" : undefined}
                aria-disabled={!isOpen || isBusy}
                title={isOpen || from === null ? undefined : t("starts.trainFirst", { title: titleOf(from) })}
                onClick={() => {
                  if (!isBusy && stage !== here) void go(stage);
                }}
              >
                <span className={classes.number} aria-hidden>
                  {learntAt(stage) ? <IconCheck size={13} stroke={2.5} /> : stage + 1}
                </span>
                <span>{t(name)}</span>
                {score && (
                  <span className={classes.score} title={t("starts.testScore")}>
                    {score}
                  </span>
                )}
              </button>
            </li>
          );
        })}
      </ol>
      <p className={classes.help} role="status">
        {failure || (hint ? t(hint) : "")}
      </p>
    </section>
  );
}

function scoreOf(model: ModelDescription, test: Score): string {
  const goal = goalOf(figuresOfModel(model));
  return goal ? formatCurve(goal, test[goal.id]) : "";
}
