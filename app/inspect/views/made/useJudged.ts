/** A thousand samples of the generator's, judged in slices so small that the page never stops for them. */
import { useEffect, useMemo, useState } from "react";
import { sizeOf } from "../../../../src/engine";
import { useShown } from "../../../train/useShown";
import judgeUrl from "./judge.safetensors?url";
import { type Judge, readJudge, sumUp, type Verdicts } from "./judge";

export const SAMPLES = 1000;
/** Images judged at a time: some three milliseconds. */
const SLICE = 15;

let fetching: Promise<Judge> | undefined;

async function fetchJudge(): Promise<Judge> {
  const answer = await fetch(judgeUrl);
  if (!answer.ok) throw new Error(`Judge: expected its weights, got ${answer.status}.`);
  return readJudge(new Uint8Array(await answer.arrayBuffer()));
}

const nextSlice = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 0));

/** What the judge makes of samples of digits; null until there is something, or where it could not be fetched. */
export function useJudged(): Verdicts | null {
  const nothing = useMemo(() => new Float32Array(), []);
  const made = useShown(null, nothing, SAMPLES)?.shown["made"];
  const [verdicts, setVerdicts] = useState<Verdicts | null>(null);
  useEffect(() => {
    if (!made) return;
    const wanted = new AbortController();
    const size = sizeOf(made.shape);
    const judgeAll = async (): Promise<void> => {
      fetching ??= fetchJudge();
      const judge = await fetching.catch(() => {
        fetching = undefined;
      });
      if (!judge) return;
      const answers: Float32Array[] = [];
      for (let from = 0; from < SAMPLES; from += SLICE) {
        if (wanted.signal.aborted) return;
        for (let i = from; i < Math.min(from + SLICE, SAMPLES); i++) {
          answers.push(judge(made.data.subarray(i * size, (i + 1) * size)));
        }
        await nextSlice();
      }
      setVerdicts(sumUp(answers));
    };
    void judgeAll();
    return () => wanted.abort();
  }, [made]);
  return made ? verdicts : null;
}
