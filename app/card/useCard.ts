/** Brings together what a run's card is made of: its curves, what its last weights say of the test set, and a link to its model. */
import { useEffect, useState } from "react";
import type { Answers, KeptCurves, ListedRun, ModelDescription } from "../../src/engine";
import { lossesFor } from "../store/losses";
import { initialPreferences } from "../store/ui";
import { watchRuns } from "../runs/watch";
import { CheckpointViewer } from "../train/viewer";

export interface CardState {
  readonly curves: KeptCurves | null;
  readonly answers: Answers | null;
  /** The address of its model; null where it is too long, or this browser makes none. */
  readonly link: string | null;
  /** The test set is being scored. */
  readonly isScoring: boolean;
  /** Why it could not be. */
  readonly problem: string;
}

const begin: CardState = { curves: null, answers: null, link: null, isScoring: true, problem: "" };

export function useCard(run: ListedRun): CardState {
  const [state, setState] = useState(begin);
  const { id, savedStep, description } = run;
  useEffect(() => {
    let isOpen = true;
    const change = (patch: Partial<CardState>): void => {
      if (isOpen) setState((before) => ({ ...before, ...patch }));
    };
    const viewer = savedStep === null ? null : new CheckpointViewer();
    void watchRuns().then(async (store) => change({ curves: (await store?.curves(id)) ?? null }));
    void linkTo(description).then((link) => change({ link }));
    if (viewer && savedStep !== null) {
      viewer
        .at(id, savedStep, async (trainer) => {
          // This waits for the test set to arrive.
          await trainer.predictTest(0, 1);
          return await trainer.answers("test");
        })
        .then((told) => change({ answers: told?.answers ?? null, isScoring: false }))
        .catch((error: unknown) =>
          change({ isScoring: false, problem: error instanceof Error ? error.message : String(error) }),
        )
        .finally(() => viewer.close());
    } else change({ isScoring: false });
    return () => {
      isOpen = false;
      viewer?.close();
    };
  }, [id, savedStep, description]);
  return state;
}

async function linkTo(description: ModelDescription): Promise<string | null> {
  try {
    const { writeLink } = await import("../store/linkText");
    const link = await writeLink({ model: description, losses: lossesFor(description), view: initialPreferences });
    if (link === null) return null;
    const address = new URL(location.pathname, location.href);
    address.hash = link.hash;
    return address.href;
  } catch {
    return null;
  }
}
