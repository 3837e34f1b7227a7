/** Questions about the model that is trained, as the page asks them: once, or over and over while it learns. */
import { useEffect, useRef, useState } from "react";
import type { AnswerOf, InquiryName, QuestionOf } from "../../src/engine";
import { whileOpen } from "../common/whileOpen";
import { takeState, useRun } from "../store/run";
import { currentTrainer } from "./client";
import { LiveQuestion } from "./liveQuestion";
import { canBeAsked } from "./useShown";

/** @param onProgress hears how far the answer is  @returns null without a model, or where the question does not fit it */
export async function inquire<K extends InquiryName>(
  name: K,
  question: QuestionOf<K>,
  onProgress?: (done: number, total: number) => void,
): Promise<AnswerOf<K> | null> {
  const ask = async (hear?: (done: number, total: number) => void) =>
    await currentTrainer()?.inquire(name, question, hear);
  const answer = await (onProgress ? whileOpen(onProgress, ask) : ask());
  // The worker's end says of any question that any answer may come.
  return (answer ?? null) as AnswerOf<K> | null;
}

/** Ends an answer that is under way. */
export const dropInquiry = (name: InquiryName): void => void currentTrainer()?.dropInquiry(name);

/** The answer to a question, asked again whenever it or the weights have changed; the one before it stays until then.
 *  @param question the same object as long as it is the same; null asks nothing
 *  @param patience as for {@link LiveQuestion} */
export function useInquiry<K extends InquiryName>(
  name: K,
  question: QuestionOf<K> | null,
  patience?: number,
): AnswerOf<K> | null {
  const isReady = canBeAsked(useRun(takeState));
  const [answer, setAnswer] = useState<AnswerOf<K> | null>(null);
  const live = useRef<LiveQuestion<QuestionOf<K>, AnswerOf<K> | null>>(null);
  useEffect(() => {
    if (!isReady) return;
    const asking = new LiveQuestion<QuestionOf<K>, AnswerOf<K> | null>({
      ask: (asked) => inquire(name, asked),
      hear: setAnswer,
      isTraining: () => useRun.getState().status.state === "running",
      ...(patience !== undefined && { patience }),
    });
    live.current = asking;
    return () => {
      asking.stop();
      live.current = null;
      dropInquiry(name);
      setAnswer(null);
    };
  }, [isReady, name, patience]);
  useEffect(() => {
    if (question === null || !isReady) return;
    live.current?.ask(question, true);
    return useRun.subscribe(({ status }, before) => {
      const hasMoved = status.step !== before.status.step || status.state !== before.status.state;
      if (hasMoved && !document.hidden) live.current?.ask(question);
    });
  }, [question, isReady]);
  return question === null ? null : answer;
}
