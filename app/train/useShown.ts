/** What the model that is trained makes of samples that the page gives, kept up with its weights. */
import { useEffect, useRef, useState } from "react";
import type { ColumnData, ShownValues, TrainerState } from "../../src/engine";
import { isRunActive, isRunOver, takeState, useRun } from "../store/run";
import { currentTrainer } from "./client";
import { LiveQuestion } from "./liveQuestion";

interface Answer {
  readonly values: ColumnData;
  readonly shown: ShownValues;
}

/** Whether there is a model to ask. */
export const canBeAsked = (state: TrainerState): boolean => state === "ready" || isRunActive(state) || isRunOver(state);

/** What is shown of a sample, or of several, asked again whenever they or the weights have changed; the answer before it stays until
 *  then.
 *  @param column the column that `values` are of, as networks see them; null where the model reads none
 *  @param asks one of the questions that the task can be asked; what it shows when left out
 *  @returns null without a sample or a model */
export function useShown(column: string | null, values: ColumnData | null, count = 1, asks?: string): Answer | null {
  const state = useRun(takeState);
  // Another model is prepared first, and so is one in another worker: then it is another question.
  const isReady = canBeAsked(state);
  const [answer, setAnswer] = useState<Answer | null>(null);
  const live = useRef<LiveQuestion<ColumnData, ShownValues | null>>(null);
  useEffect(() => {
    if (!isReady) return;
    const question = new LiveQuestion<ColumnData, ShownValues | null>({
      ask: async (asked) =>
        (await currentTrainer()?.show(column === null ? {} : { [column]: asked }, count, asks)) ?? null,
      hear: (shown, asked) => setAnswer(shown && { values: asked, shown }),
      isTraining: () => useRun.getState().status.state === "running",
    });
    live.current = question;
    return () => {
      question.stop();
      live.current = null;
      setAnswer(null);
    };
  }, [isReady, column, count, asks]);
  useEffect(() => {
    if (!values || !isReady) return;
    const ask = (): void => live.current?.ask(values);
    ask();
    return useRun.subscribe(({ status }, before) => {
      const hasMoved = status.step !== before.status.step || status.state !== before.status.state;
      if (hasMoved && !document.hidden) ask();
    });
  }, [values, isReady]);
  return values && answer;
}
