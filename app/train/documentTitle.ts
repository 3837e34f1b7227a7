/** The run in the title of the tab, for those who look elsewhere meanwhile. */
import type { ModelDescription, TrainerStatus } from "../../src/engine";
import { formatCurve } from "../common/format";
import { curvesOfModel, goalOf } from "../store/model";
import { isRunOver, useRun } from "../store/run";
import { t } from "../common/words";

const plain = document.title;
const INTERVAL_MS = 1000;

/** `42% · Descent` while training, the test score after it. */
function titleFor({ state, step, totalSteps, test }: TrainerStatus, model: ModelDescription | null): string {
  if (state === "running" && totalSteps > 0) {
    return t("status.runningTitle", { percent: Math.floor((step / totalSteps) * 100) });
  }
  const goal = model && goalOf(curvesOfModel(model));
  if (isRunOver(state) && test && goal) {
    return t("status.scoredTitle", { title: goal.title, value: formatCurve(goal, test[goal.id]) });
  }
  return plain;
}

/** Keeps the title up to date from now on. */
export function keepDocumentTitle(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  useRun.subscribe(() => {
    timer ??= setTimeout(() => {
      timer = undefined;
      const { status, prepared } = useRun.getState();
      const title = titleFor(status, prepared);
      if (title !== document.title) document.title = title;
    }, INTERVAL_MS);
  });
}
