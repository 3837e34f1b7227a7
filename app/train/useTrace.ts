/** What every block of the model that is trained makes of one sample, kept up with its weights. */
import { useEffect, useState } from "react";
import type { BlockOutput } from "../../src/engine";
import { takeState, useRun } from "../store/run";
import { currentTrainer } from "./client";
import { LiveQuestion } from "./liveQuestion";
import { canBeAsked } from "./useShown";

/** @param column the column that `values` are of, as networks see them  @returns null without a sample or a model */
export function useTrace(column: string, values: Float32Array | null): readonly BlockOutput[] | null {
  const isReady = canBeAsked(useRun(takeState));
  const [outputs, setOutputs] = useState<readonly BlockOutput[] | null>(null);
  useEffect(() => {
    if (!values || !isReady) return;
    const question = new LiveQuestion<Float32Array, readonly BlockOutput[] | null>({
      ask: async (asked) => (await currentTrainer()?.trace({ [column]: asked })) ?? null,
      hear: setOutputs,
      isTraining: () => useRun.getState().status.state === "running",
    });
    question.ask(values);
    const unsubscribe = useRun.subscribe(({ status }, before) => {
      if (status.step !== before.status.step && !document.hidden) question.ask(values);
    });
    return () => {
      question.stop();
      unsubscribe();
    };
  }, [values, isReady, column]);
  return values && isReady ? outputs : null;
}
