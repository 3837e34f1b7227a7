/** Scores: the numbers of a step, a validation or a test by the id of their curve, and where each of them lies in a row of the
 *  ring that programs write. */
import { type MetricDef, metrics, type MetricType } from "../nn/metrics";
import type { About, CurveInfo, LossInfo, TaskDef } from "../tasks/task";

/** Values by the ids of a task's curves: losses in their unit, metrics as they are, for example accuracy from 0 to 1. */
export type Score = Readonly<Record<string, number>>;

/** Training steps one after the other, a column for each curve. */
export interface StepBatch {
  /** Of the first of them; steps count from 1. */
  readonly first: number;
  readonly count: number;
  readonly stepsPerEpoch: number;
  /** Milliseconds of training time at the end of each step, pauses left out. */
  readonly elapsedMs: Float64Array;
  /** Of each step, on its own batch. */
  readonly values: Readonly<Record<string, Float32Array>>;
}

/** Scores on samples that training does not see, at the end of an epoch. */
export interface ValidationMetrics {
  readonly step: number;
  /** Epochs done, with fractions. */
  readonly epoch: number;
  readonly elapsedMs: number;
  readonly values: Score;
}

/** Where in a row of the ring everything is: the losses, one number each, then what is summed for each metric, then how many
 *  things losses are means of where those are not samples. A scored batch's row ends in the losses' penalties. */
export interface ScoreLayout {
  readonly losses: readonly LossInfo[];
  /** Whether losses are means of other things than samples. */
  readonly isCounted: boolean;
  readonly metrics: readonly { readonly id: MetricType; readonly width: number }[];
}

/** The curves of a task, which are told of every step: its losses, then its metrics but for those that need a whole split. */
export const curvesOf = (task: TaskDef, about: About): CurveInfo[] =>
  figuresOf(task, about).filter(({ ofSplits }) => !ofSplits);

/** What is told of a split that is scored: the curves, and the metrics that steps do without. */
export function figuresOf(task: TaskDef, about: About): CurveInfo[] {
  const ofMetrics = task.metrics(about).map((id): CurveInfo => {
    const { title, help, unit, format, better, ofSplits }: MetricDef = metrics[id];
    return { id, title, help, unit, format, better, ...(ofSplits && { ofSplits }) };
  });
  const ofLosses = task.losses(about).map((loss): CurveInfo => {
    const { trains: _, ...curve } = loss;
    return curve;
  });
  return [...ofLosses, ...ofMetrics];
}

/** Numbers in a row of sums. */
export const sumsIn = ({ losses, metrics: told, isCounted }: ScoreLayout): number =>
  told.reduce((total, { width }) => total + width, losses.length + (isCounted ? 1 : 0));

/** Reads a training step's row, whose losses are means with penalties.
 *  @param at where in the ring the row begins  @param count of samples in the step's batch */
export function scoreOfStep(layout: ScoreLayout, ring: ArrayLike<number>, at: number, count: number): Score {
  const losses = layout.losses.map(({ id }, i) => [id, ring[at + i] ?? NaN] as const);
  return { ...Object.fromEntries(losses), ...metricsOfSums(layout, ring, at, count) };
}

/** Reads the sums of a whole split. @param sums as in a row of the ring, the penalties, which are not summed, last */
export function scoreOfSums(layout: ScoreLayout, sums: ArrayLike<number>, count: number): Score {
  const penalties = sumsIn(layout);
  const of = layout.isCounted ? sums[penalties - 1] || NaN : count;
  const losses = layout.losses.map(({ id }, i) => [id, (sums[i] ?? NaN) / of + (sums[penalties + i] ?? 0)] as const);
  return { ...Object.fromEntries(losses), ...metricsOfSums(layout, sums, 0, count) };
}

function metricsOfSums(
  { losses, metrics: told }: ScoreLayout,
  row: ArrayLike<number>,
  at: number,
  count: number,
): Score {
  let next = at + losses.length;
  const values = told.map(({ id, width }) => {
    const own = Array.from({ length: width }, (_, k) => row[next + k] ?? NaN);
    next += width;
    return [id, metrics[id].ofSums(own, count)] as const;
  });
  return Object.fromEntries(values);
}
