/** A model that writes, token by token, as it is at each token. */
import { useEffect, useRef, useState } from "react";
import type { ShownValues } from "../../../../src/engine";
import { takeState, useRun } from "../../../store/run";
import { currentTrainer } from "../../../train/client";
import { LiveQuestion } from "../../../train/liveQuestion";
import { canBeAsked } from "../../../train/useShown";
import type { TextModel } from "./textModel";
import { drawToken, nextShares, readingOf } from "./tokens";

/** Texts side by side, where texts end by themselves. */
const SHORT_TEXTS = 8;
/** Characters of one that does not end. */
const LONGEST = 480;
/** How long texts that are done stay while training, before others are written. */
const REST_MS = 2500;

export interface Written {
  /** Each with what it begins with. */
  readonly texts: readonly (readonly number[])[];
  readonly isDone: boolean;
}

/** How many texts a model writes at a time. */
export const textsAtATime = ({ info }: TextModel): number => (info.end === undefined ? 1 : SHORT_TEXTS);

/** @param prompt what texts begin with; another array is another beginning  @param isOn whether it writes
 *  @returns null before there is a model */
export function useWriter(
  model: TextModel,
  prompt: readonly number[],
  temperature: number,
  isOn: boolean,
): Written | null {
  const isReady = canBeAsked(useRun(takeState));
  const [written, setWritten] = useState<Written | null>(null);
  const heat = useRef(temperature);
  useEffect(() => {
    heat.current = temperature;
  }, [temperature]);
  useEffect(() => {
    if (!isReady || !isOn) return;
    const { column, info, steps } = model;
    const start = info.end === undefined ? prompt : [info.end, ...prompt];
    const most = info.end === undefined && info.question === undefined ? LONGEST : steps + 1;
    let texts: (readonly number[])[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const isWhole = (text: readonly number[]): boolean =>
      text.length >= most || (text.length > start.length && text.at(-1) === info.end);
    const question = new LiveQuestion<Uint32Array<ArrayBuffer>, ShownValues | null>({
      ask: async (values) => (await currentTrainer()?.show({ [column]: values }, texts.length)) ?? null,
      hear: (shown) => {
        const next = shown && Object.values(shown).find(({ kind }) => kind === "text");
        if (next) {
          const vocabulary = next.shape.at(-1) ?? 1;
          const { at } = readingOf(texts, steps, info);
          texts = texts.map((text, n) => {
            if (isWhole(text)) return text;
            const from = (n * steps + (at[n] ?? 0)) * vocabulary;
            const outputs = next.data.subarray(from, from + vocabulary);
            const shares = nextShares(outputs, next.areProbabilities ?? false, heat.current, info);
            return [...text, drawToken(shares, Math.random())];
          });
        }
        goOn();
      },
      isTraining: () => useRun.getState().status.state === "running",
    });
    const goOn = (): void => {
      const isDone = texts.every(isWhole);
      setWritten({ texts, isDone });
      if (!isDone) question.ask(readingOf(texts, steps, info).values);
      else timer = setTimeout(again, REST_MS);
    };
    /** What would be written again by the same model waits until that has learnt more. */
    const again = (): void => {
      if (useRun.getState().status.state !== "running" || document.hidden) timer = setTimeout(again, REST_MS);
      else begin();
    };
    const begin = (): void => {
      texts = Array.from({ length: textsAtATime(model) }, () => start);
      goOn();
    };
    // What is being typed is not written on at every key.
    timer = setTimeout(begin, 150);
    return () => {
      clearTimeout(timer);
      question.stop();
    };
  }, [model, prompt, isReady, isOn]);
  return isReady ? written : null;
}
