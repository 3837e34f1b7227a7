/** Watching what scores are made of, sample by sample. It costs a copy at each validation while somebody looks, and nothing otherwise. */
import { useEffect } from "react";
import type { TrainerEvent } from "../../src/engine";
import { forgetAnswers, useAnswers } from "../store/answers";
import { forgetHealth } from "../store/health";
import { isRunOver, takeState, useRun } from "../store/run";
import { clearSamples, useSamples } from "../store/samples";
import { currentTrainer } from "./client";
import { canBeAsked } from "./useShown";

/** Takes over what the trainer tells of answers, and forgets those that are void. */
export function hearWatched(event: TrainerEvent): void {
  if (event.type === "answers") useAnswers.setState({ told: { answers: event.answers, step: event.step } });
  else if (event.type === "cleared" || event.type === "rewound") {
    forgetAnswers();
    forgetHealth();
  }
}

/** Another model is prepared: its samples stay chosen where they are of the same dataset. */
export function forgetWatched(dataset: string): void {
  forgetAnswers();
  forgetHealth();
  useAnswers.setState({ isAsking: false });
  if (useSamples.getState().chosen?.dataset !== dataset) clearSamples();
}

/** How soon it is asked again for samples that have not arrived. */
const RETRY_MS = 700;

/** How many views look. */
let watchers = 0;

/** Asks for the answers to the split that is scored now: the test set once the run is over, or where no sample is held out. */
async function ask(): Promise<void> {
  const trainer = currentTrainer();
  const { isAsking } = useAnswers.getState();
  if (!trainer || isAsking) return;
  useAnswers.setState({ isAsking: true });
  try {
    const { status, prepared } = useRun.getState();
    const isTest = isRunOver(status.state) || prepared?.training.validationCount === 0;
    const told = await trainer.answers(isTest ? "test" : "validation");
    // Another model may have taken its place meanwhile, and samples may not have arrived yet.
    const isWanted = watchers > 0 && useRun.getState().prepared === prepared;
    if (told && isWanted) useAnswers.setState({ told });
    else if (isWanted && status.state !== "diverged") setTimeout(askAgain, RETRY_MS);
  } finally {
    useAnswers.setState({ isAsking: false });
  }
}

/** Asks once more, unless somebody has told since. */
function askAgain(): void {
  if (watchers > 0 && !useAnswers.getState().told) void ask();
}

/** Keeps {@link useAnswers} up to date as long as the component is there: at each validation and test, and whenever a run comes to
 *  rest elsewhere. */
export function useWatchedAnswers(): void {
  const state = useRun(takeState);
  // Another model is prepared first, and so is one in another worker, which does not know yet that it is watched.
  const isReady = canBeAsked(state);
  const isResting = isReady && state !== "running" && state !== "scoring" && state !== "tracing";
  useEffect(() => {
    if (!isReady) return;
    watchers++;
    void currentTrainer()?.watch(true);
    if (!useAnswers.getState().told) void ask();
    return () => {
      watchers--;
      if (watchers === 0) void currentTrainer()?.watch(false);
    };
  }, [isReady]);
  useEffect(() => {
    if (!isResting) return;
    const refresh = (): void => {
      const { told } = useAnswers.getState();
      const { step, state: now } = useRun.getState().status;
      if (told?.step !== step || isRunOver(now) !== (told.answers.split === "test")) void ask();
    };
    // The step of a run that has just come to rest may still be on its way.
    const timer = setTimeout(refresh, 200);
    return () => clearTimeout(timer);
  }, [isResting]);
}
