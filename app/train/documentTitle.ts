/** The run in the title of the tab, for those who look elsewhere meanwhile. */
import type { TrainerStatus } from "../../src/engine";
import { formatPercent } from "../format";
import { isRunOver, useRun } from "../store/run";

const plain = document.title;
const INTERVAL_MS = 1000;

/** `42% · Descent` while training, the test accuracy after it. */
function titleFor({ state, step, totalSteps, test }: TrainerStatus): string {
  if (state === "running" && totalSteps > 0) return `${Math.floor((step / totalSteps) * 100)}% · Descent`;
  if (isRunOver(state) && test) return `${formatPercent(test.accuracy, 1)} accurate · Descent`;
  return plain;
}

/** Keeps the title up to date from now on. */
export function keepDocumentTitle(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  useRun.subscribe(() => {
    timer ??= setTimeout(() => {
      timer = undefined;
      const title = titleFor(useRun.getState().status);
      if (title !== document.title) document.title = title;
    }, INTERVAL_MS);
  });
}
