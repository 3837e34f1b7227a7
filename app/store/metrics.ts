/** The curves of the current run. They are not React state: they land here, and charts subscribe and are told at
 *  most ten times a second that there is something new. */
import { useEffect, useState } from "react";
import type { CurveInfo, KeptCurves, MetricBatch, MetricColumns, MetricLog } from "../../src/engine";
import { createMetricLog } from "../../src/engine";

/** A change of the learning rate while the run was under way. */
export interface RateMark {
  readonly step: number;
  readonly elapsedMs: number;
  readonly learningRate: number;
}

/** What there is to draw, as of one moment. A new one is a new object, though the logs in it are the same. */
export interface Metrics {
  readonly infos: readonly CurveInfo[];
  /** Without what is told of whole splits alone. */
  readonly train: MetricColumns;
  readonly validation: MetricColumns;
  readonly marks: readonly RateMark[];
  /** Steps of an epoch; 0 while it is not known. */
  readonly stepsPerEpoch: number;
  /** Counts the runs: another number is another run. */
  readonly run: number;
}

const DRAW_INTERVAL_MS = 100;
/** More than anybody sets by hand. */
const MAX_MARKS = 256;
/** Validations are fewer than steps, and their line needs fewer points. */
const VALIDATION_CAPACITY = 4096;

interface State extends Metrics {
  readonly train: MetricLog;
  readonly validation: MetricLog;
}

const emptyRun = (infos: readonly CurveInfo[], run: number): State => {
  const ofSteps = infos.filter(({ ofSplits }) => !ofSplits);
  const train = createMetricLog(ofSteps.map(({ id }) => id));
  const validation = createMetricLog(
    infos.map(({ id }) => id),
    VALIDATION_CAPACITY,
  );
  return { infos, train, validation, marks: [], stepsPerEpoch: 0, run };
};

let state = emptyRun([], 0);
let timer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

function change(patch: Partial<State>): void {
  state = { ...state, ...patch };
  timer ??= setTimeout(() => {
    timer = undefined;
    for (const listener of listeners) listener();
  }, DRAW_INTERVAL_MS);
}

/** What there is to draw now. */
export const readMetrics = (): Metrics => state;

/** Begins a run with these metrics, and with empty curves. */
export function startMetrics(infos: readonly CurveInfo[]): void {
  change(emptyRun(infos, state.run + 1));
}

/** Empties the curves: a new run with the same metrics. */
export function clearMetrics(): void {
  state.train.clear();
  state.validation.clear();
  change({ marks: [], stepsPerEpoch: 0, run: state.run + 1 });
}

/** Puts the curves of a run that is kept in place of what is there; whatever does not fit its metrics is left out. */
export function restoreMetrics({ train, validation }: KeptCurves, stepsPerEpoch: number): void {
  try {
    state.train.restore(train);
    // Runs that were kept before have none of what is told of splits alone.
    state.validation.restore(
      validation,
      state.infos.flatMap(({ id, ofSplits }) => (ofSplits ? [id] : [])),
    );
  } catch {
    state.train.clear();
    state.validation.clear();
  }
  change({ stepsPerEpoch });
}

/** Says how many steps an epoch has. */
export function setStepsPerEpoch(stepsPerEpoch: number): void {
  if (stepsPerEpoch !== state.stepsPerEpoch) change({ stepsPerEpoch });
}

/** Adds training steps. */
export function addSteps(batch: MetricBatch): void {
  state.train.append(batch);
  change({});
}

/** Adds scores on the held-out samples, each after a step. */
export function addValidations(batch: MetricBatch): void {
  state.validation.append(batch);
  change({});
}

/** Marks a change of the learning rate at the latest step. Two changes at the same step leave one mark. */
export function addRateMark(learningRate: number): void {
  const { train, marks } = state;
  if (train.count === 0) return;
  const [step, elapsedMs] = [train.to[train.count - 1]!, train.toMs[train.count - 1]!];
  const others = marks.filter((mark) => mark.step !== step).slice(1 - MAX_MARKS);
  change({ marks: [...others, { step, elapsedMs, learningRate }] });
}

/** Forgets everything after a step: it was lost, and will be run again. @returns whether a mark was among it */
export function rewindMetrics(step: number): boolean {
  state.train.rewind(step);
  state.validation.rewind(step);
  const marks = state.marks.filter((mark) => mark.step <= step);
  const isMarkLost = marks.length < state.marks.length;
  change({ marks });
  return isMarkLost;
}

/** The last step that was told of; 0 before the first. */
export const lastStep = (): number => state.train.to[state.train.count - 1] ?? 0;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** What there is to draw, renewed at most ten times a second.
 *  @param delayMs waits this long before telling, so that several drawings do not fall into one frame
 *  @param isSeen while it is false, nothing is told: what nobody sees is not drawn */
export function useMetrics(delayMs = 0, isSeen = true): Metrics {
  const [drawn, setDrawn] = useState(readMetrics);
  useEffect(() => {
    if (!isSeen) return undefined;
    const draw = (): void => {
      if (!document.hidden) setDrawn(readMetrics());
    };
    // What has come while nobody looked.
    let delay = setTimeout(draw, delayMs);
    const drawLater = (): void => {
      clearTimeout(delay);
      delay = setTimeout(draw, delayMs);
    };
    const unsubscribe = subscribe(drawLater);
    document.addEventListener("visibilitychange", drawLater);
    return () => {
      clearTimeout(delay);
      unsubscribe();
      document.removeEventListener("visibilitychange", drawLater);
    };
  }, [delayMs, isSeen]);
  return drawn;
}

const readInfos = (): readonly CurveInfo[] => state.infos;

/** The metrics of the current run. */
export function useMetricInfos(): readonly CurveInfo[] {
  const [infos, setInfos] = useState(readInfos);
  useEffect(() => subscribe(() => setInfos(readInfos())), []);
  return infos;
}
