/** Scoring a model again and again, with other weights rounded each time. */
import type { ModelDescription, RoundableModel, Rounding, Score } from "../../../../src/engine";
import { isRoundable } from "../../../../src/engine";
import { isRunOver, useRun } from "../../../store/run";
import { currentTrainer } from "../../../train/client";

export interface RoundedScore {
  /** What is rounded: nothing, all of the model, or one layer by its name. */
  readonly what: "nothing" | "all" | { readonly layer: string };
  readonly rounding: Rounding | null;
  readonly score: Score;
}

export interface Survey {
  /** The model that was asked about, as it was prepared. */
  readonly model: ModelDescription | null;
  readonly about: RoundableModel;
  readonly scores: readonly RoundedScore[];
  /** How many scores there are to be. */
  readonly total: number;
}

/** The layers that hold weights to round, each with their names. */
export function roundableLayers(weights: RoundableModel["weights"]): ReadonlyMap<string, readonly string[]> {
  const layers = new Map<string, string[]>();
  for (const [name, shape] of Object.entries(weights)) {
    if (!isRoundable(shape)) continue;
    const layer = name.slice(0, name.lastIndexOf("/"));
    layers.set(layer, [...(layers.get(layer) ?? []), name]);
  }
  return layers;
}

/** What is to be scored, in order: the model as it is, all of it rounded, each layer alone. */
export function roundingsFor(
  { weights }: Pick<RoundableModel, "weights">,
  how: Omit<Rounding, "only">,
): Omit<RoundedScore, "score">[] {
  const layers = [...roundableLayers(weights)];
  return [
    { what: "nothing", rounding: null },
    { what: "all", rounding: how },
    ...layers.map(([layer, only]) => ({ what: { layer }, rounding: { ...how, only } })),
  ];
}

/** Scores the split that is scored now: the test set once the run is over, or where no sample is held out.
 *  @param hear hears of each score  @returns false where there is no model, no room for a copy, or it is no longer finite */
export async function survey(
  how: Omit<Rounding, "only">,
  hear: (survey: Survey) => void,
  signal: AbortSignal,
): Promise<boolean> {
  const trainer = currentTrainer();
  if (!trainer) return false;
  const { status, prepared } = useRun.getState();
  const isTest = isRunOver(status.state) || prepared?.training.validationCount === 0;
  const about = await trainer.openRounding(isTest ? "test" : "validation");
  try {
    if (!about) return false;
    const wanted = roundingsFor(about, how);
    const scores: RoundedScore[] = [];
    for (const each of wanted) {
      if (signal.aborted) return true;
      const score = await trainer.scoreRounded(each.rounding);
      // Another model may have taken its place meanwhile.
      if (signal.aborted || useRun.getState().prepared !== prepared) return true;
      if (!score) return false;
      scores.push({ ...each, score });
      hear({ model: prepared, about, scores: [...scores], total: wanted.length });
    }
    return true;
  } finally {
    await trainer.closeRounding();
  }
}
