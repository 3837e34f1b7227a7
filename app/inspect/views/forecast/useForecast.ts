/** How a model goes on with a series by itself: it reads what it has told. */
import { useEffect, useState } from "react";
import type { ShownValues } from "../../../../src/engine";
import { takeState, useRun } from "../../../store/run";
import { currentTrainer } from "../../../train/client";
import { LiveQuestion } from "../../../train/liveQuestion";
import { canBeAsked } from "../../../train/useShown";

/** How long a forecast stays while training, before the next one is begun. */
const REST_MS = 1500;

/** @param start the steps that it begins with; another array is another beginning
 *  @returns what it has told so far, or the whole forecast before that; nothing before there is a model */
export function useForecast(column: string, start: Float32Array<ArrayBuffer>, length: number): readonly number[] {
  const isReady = canBeAsked(useRun(takeState));
  const [told, setTold] = useState<readonly number[]>([]);
  useEffect(() => {
    if (!isReady) return;
    let steps: readonly number[] = [];
    let isFirst = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let stepAtStart = useRun.getState().status.step;
    const window = (): Float32Array<ArrayBuffer> => Float32Array.from([...start, ...steps].slice(-start.length));
    const question = new LiveQuestion<Float32Array<ArrayBuffer>, ShownValues | null>({
      ask: async (values) => (await currentTrainer()?.show({ [column]: values }, 1)) ?? null,
      hear: (shown) => {
        const next = shown && Object.values(shown).find(({ kind }) => kind === "value");
        if (next) steps = [...steps, next.data[0] ?? NaN];
        // The forecast before it stays until the next one is whole.
        if (isFirst || steps.length >= length) setTold(steps);
        if (steps.length < length) question.ask(window());
        else timer = setTimeout(again, REST_MS);
      },
      isTraining: () => useRun.getState().status.state === "running",
      patience: 2,
    });
    /** The same model would tell the same again. */
    const again = (): void => {
      const { step } = useRun.getState().status;
      if (step === stepAtStart || document.hidden) timer = setTimeout(again, REST_MS);
      else {
        stepAtStart = step;
        isFirst = false;
        steps = [];
        question.ask(window());
      }
    };
    question.ask(window());
    return () => {
      clearTimeout(timer);
      question.stop();
      setTold([]);
    };
  }, [column, start, length, isReady]);
  return told;
}
