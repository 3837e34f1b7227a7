/** What the trainer says of its state, as the page shows it: at once where the state is another, a few times a second otherwise. */
import type { TrainerStatus } from "../../src/engine";
import { clearProfile } from "../store/profile";
import { isRunOver, useRun } from "../store/run";

/** Status arrives up to ten times a second; numbers on the screen need not change that fast. */
const INTERVAL_MS = 150;

/** Train was not only pressed, but passed on. */
let isTrainSent = false;
let timer: ReturnType<typeof setTimeout> | undefined;
let pending: TrainerStatus | null = null;

export const noteTrainSent = (isSent: boolean): void => {
  isTrainSent = isSent;
};

/** Shows a status, in the place of any that waits. */
export function showStatus(status: TrainerStatus): void {
  clearTimeout(timer);
  timer = undefined;
  pending = null;
  if (status.state === "preparing") clearProfile();
  const { state } = status;
  const isSettled = state === "running" || state === "failed" || state === "diverged" || isRunOver(state);
  const { isTrainWanted, isChoiceOffered } = useRun.getState();
  useRun.setState({
    status,
    isTrainWanted: isTrainWanted && !(isSettled && isTrainSent),
    isChoiceOffered: isChoiceOffered && isRunOver(state),
  });
}

/** Shows a status, or one that comes meanwhile, in a moment. */
export function showSoon(status: TrainerStatus): void {
  pending = status;
  timer ??= setTimeout(() => {
    if (pending) showStatus(pending);
  }, INTERVAL_MS);
}
