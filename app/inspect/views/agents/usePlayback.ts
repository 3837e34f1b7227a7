/** Episodes played back one after the other: each is asked for when the one before it has ended, so that it shows the agent as it is
 *  by then. */
import { useEffect, useRef, useState } from "react";
import type { Episode } from "../../../../src/engine";
import { takeState, useRun } from "../../../store/run";
import { inquire } from "../../../train/inquire";
import { canBeAsked } from "../../../train/useShown";

/** How long the end of an episode stays to be seen, and how long the next question waits where there was no answer. */
const REST_MS = 500;

interface Playback {
  readonly episode: Episode | null;
  /** Steps of it that have been shown. */
  readonly step: number;
}

/** @param stepsPerSecond 0 stands still */
export function usePlayback(stepsPerSecond: number): Playback {
  const isReady = canBeAsked(useRun(takeState));
  const [episode, setEpisode] = useState<Episode | null>(null);
  const [step, setStep] = useState(0);
  const [draw, setDraw] = useState(1);
  const at = useRef(0);
  useEffect(() => {
    if (!isReady) return;
    let isOver = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async (): Promise<void> => {
      const answer = document.hidden ? null : await inquire("episode", { draw });
      if (isOver) return;
      if (!answer) {
        timer = setTimeout(() => void ask(), REST_MS);
        return;
      }
      at.current = 0;
      setStep(0);
      setEpisode(answer);
    };
    void ask();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [isReady, draw]);
  useEffect(() => {
    if (!episode || stepsPerSecond === 0) return;
    let before = performance.now();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let frame = requestAnimationFrame(function show(now) {
      at.current = Math.min(at.current + (stepsPerSecond * (now - before)) / 1000, episode.actions.length);
      before = now;
      setStep(Math.floor(at.current));
      if (at.current < episode.actions.length) frame = requestAnimationFrame(show);
      else timer = setTimeout(() => setDraw((last) => last + 1), REST_MS);
    });
    return () => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
    };
  }, [episode, stepsPerSecond]);
  return { episode, step };
}
