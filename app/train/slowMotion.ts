/** Slow motion: steps one after the other, each shown phase by phase. A step is that of full speed, to the bit; what is slow is what is
 *  shown of it. */
import { dataOf, useModel } from "../store/model";
import { isRunOpen, useRun } from "../store/run";
import { useSlow } from "../store/slow";
import { pause, step } from "./session";
import { phasesOf } from "../store/phases";

/** How long a phase is shown. */
const PHASE_MS = 1500;

/** Counts the starts and ends: who finds another number is no longer wanted. */
let turn = 0;

const rest = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Whether it can go on: nobody has pressed Train, and the run is not over. */
function mayGoOn(): boolean {
  const { status, isTrainWanted } = useRun.getState();
  return !isTrainWanted && (status.state === "ready" || isRunOpen(status.state));
}

/** Runs step after step in slow motion, until that is ended, Train is pressed or the run is over. */
export async function startSlow(): Promise<void> {
  const own = ++turn;
  const isWanted = (): boolean => own === turn;
  if (useRun.getState().status.state === "running" || useRun.getState().isTrainWanted) pause();
  while (isWanted() && useRun.getState().status.state === "running") await rest(50);
  while (isWanted() && mayGoOn()) {
    let isTaken = false;
    const { description } = useModel.getState();
    for (const phase of phasesOf(description, dataOf(description), useRun.getState().status.step)) {
      useSlow.setState({ phase });
      if (phase.kind === "update" && !isTaken) {
        isTaken = true;
        await step();
      }
      await rest(PHASE_MS);
      if (!isWanted()) return;
      if (!mayGoOn()) break;
    }
  }
  if (isWanted()) endSlow();
}

/** Ends slow motion; what was trained stays. */
export function endSlow(): void {
  turn++;
  useSlow.setState({ phase: null });
}
