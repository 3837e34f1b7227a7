/** Looks at the checkpoints of a run, the last and the first before those between, so that there is something to see at once. */
import { useEffect, useState } from "react";
import type { ListedRun } from "../../src/engine";
import { reachOf } from "../inspect/views/field/paint";
import { stepsOf, watchRuns } from "../runs/watch";
import { useRuns } from "../store/runs";
import { CheckpointViewer } from "../train/viewer";
import { type Frame, frameOf, lineOf, momentsOfFilm, type Scene } from "./frames";

export interface FilmState {
  readonly scene: Scene | null;
  /** Those that were looked at, by step ascending. */
  readonly frames: readonly Frame[];
  /** How many there will be; null before that is known. */
  readonly all: number | null;
  readonly problem: string;
}

export function useFilm(run: ListedRun, name: string): FilmState {
  const [state, setState] = useState<FilmState>({ scene: null, frames: [], all: null, problem: "" });
  // Of a run that goes on meanwhile the film is as it was.
  const [filmed] = useState({ run, name });
  useEffect(() => {
    let isOpen = true;
    const viewer = new CheckpointViewer();
    const look = async (): Promise<void> => {
      const store = await watchRuns();
      const line = lineOf(filmed.run, useRuns.getState().runs ?? []);
      const [curves, kept] = await Promise.all([
        store?.curves(filmed.run.id),
        Promise.all(line.map(async (own) => ({ run: own, steps: await stepsOf(own.id) }))),
      ]);
      const moments = curves ? momentsOfFilm(kept) : [];
      if (!isOpen) return;
      setState((before) => ({ ...before, all: moments.length }));
      const order = [...new Set([moments.at(-1), moments[0], ...moments])].filter((moment) => moment !== undefined);
      for (const { run: of, step } of order) {
        if (!isOpen || !curves) return;
        const { frame, predictions } = await frameOf(viewer, of, step);
        const { columns, count } = predictions;
        const points = Object.values(columns).find(({ info }) => info.kind === "points")?.values;
        setState((before) => ({
          ...before,
          scene: before.scene ?? { ...filmed, curves, columns, count, reach: reachOf(points ?? []) },
          frames: [...before.frames, frame].toSorted((a, b) => a.step - b.step),
        }));
      }
    };
    look().catch((error: unknown) => {
      const problem = error instanceof Error ? error.message : String(error);
      if (isOpen) setState((before) => ({ ...before, problem }));
    });
    return () => {
      isOpen = false;
      viewer.close();
    };
  }, [filmed]);
  return state;
}
