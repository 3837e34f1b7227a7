/** What a film shows of each checkpoint of a run: what its weights say of the same test samples, and of the plane where they read
 *  points of it. Each is asked once. */
import type { KeptCurves, ListedRun, Predictions, ShownValues } from "../../src/engine";
import { classifierOf } from "../inspect/views/classifier";
import { MAX_CLASSES, placesOf, reachOf } from "../inspect/views/field/paint";
import { classOutputs } from "../inspect/views/readPredictions";
import type { CheckpointViewer } from "../train/viewer";

/** Test samples that are shown. */
const SAMPLES = 200;
/** Squares along each side of a field. */
export const RESOLUTION = 48;
/** Frames of a film; of more checkpoints, some evenly over the run. */
const MAX_FRAMES = 60;

/** One moment. */
export interface Frame {
  readonly step: number;
  readonly shown: ShownValues;
  /** What is said of each place of the plane, `[places, classes]`; null where the model reads none. */
  readonly field: Float32Array | null;
}

/** What all frames have in common. */
export interface Scene {
  readonly run: ListedRun;
  readonly name: string;
  readonly curves: KeptCurves;
  readonly columns: Predictions["columns"];
  readonly count: number;
  readonly reach: number;
}

/** A checkpoint that a frame is made of, and the run that has it. */
export interface Moment<R> {
  readonly run: R;
  readonly step: number;
}

/** The moments of a film: the checkpoints of a run, and before those of a fork its parent's up to there, and so on. Of many, some
 *  evenly over its course, the first and the last among them.
 *  @param line the run, its parent and so on, each with the steps of which it keeps checkpoints */
export function momentsOfFilm<R extends { readonly forkedAt?: number }>(
  line: readonly { readonly run: R; readonly steps: readonly number[] }[],
): readonly Moment<R>[] {
  const moments = new Map<number, Moment<R>>();
  let end = Infinity;
  for (const { run, steps } of line) {
    for (const step of steps) if (step <= end && !moments.has(step)) moments.set(step, { run, step });
    end = Math.min(end, run.forkedAt ?? -1);
  }
  const all = [...moments.values()].toSorted((a, b) => a.step - b.step);
  const count = Math.min(MAX_FRAMES, all.length);
  const places = Array.from({ length: count }, (_, i) => Math.round((i * (all.length - 1)) / Math.max(1, count - 1)));
  return places.flatMap((place) => all[place] ?? []);
}

/** A run, its parent, the parent of that, and so on, as far as they are kept. Those that descend from each other in a circle, as only a
 *  file can say, come once. */
export function lineOf<R extends { readonly id: string; readonly parent: string | null }>(
  run: R,
  all: readonly R[],
): R[] {
  const line = [run];
  for (;;) {
    const parent = all.find(({ id }) => id === line.at(-1)?.parent);
    if (!parent || line.includes(parent)) return line;
    line.push(parent);
  }
}

/** Looks at one checkpoint. @throws Error with the reason where it cannot */
export async function frameOf(
  viewer: CheckpointViewer,
  run: ListedRun,
  step: number,
): Promise<{ readonly frame: Frame; readonly predictions: Predictions }> {
  return await viewer.at(run.id, step, async (trainer) => {
    const predictions = await trainer.predictTest(0, SAMPLES);
    if (!predictions) throw new Error("Film: expected the model to say something of test samples.");
    const classifier = classifierOf(run.description);
    const classes = classifier?.classNames.length ?? 0;
    const isPlane =
      classifier?.info.kind === "points" && classifier.info.shape.join() === "2" && classes <= MAX_CLASSES;
    let field: Float32Array | null = null;
    if (classifier && isPlane) {
      const places = placesOf(RESOLUTION, reachOf(predictions.columns[classifier.input]?.values ?? []));
      const told = await trainer.show({ [classifier.input]: places }, RESOLUTION * RESOLUTION);
      const output = Object.values(told ?? {}).find(({ kind }) => kind === "class");
      field = output ? classOutputs(output.data, RESOLUTION * RESOLUTION, classes) : null;
    }
    return { frame: { step, shown: predictions.shown, field }, predictions };
  });
}
