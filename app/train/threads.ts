/** How many threads of the CPU the visitor wants to train on. */
import type { RunOn } from "../store/run";
import { useRun } from "../store/run";
import { setPreferences } from "../store/ui";
import { currentTrainer } from "./client";

/** Trains on so many CPU threads from now on, or as many as the machine has; a run goes on where it is. */
export function setThreads(threads: number | null): void {
  const { runOn } = useRun.getState();
  const { threads: _threads, ...rest } = runOn;
  const next: RunOn = { ...rest, ...(threads !== null && { threads }) };
  setPreferences({ threads });
  useRun.setState({ runOn: next });
  void currentTrainer()?.runOn(next);
}
