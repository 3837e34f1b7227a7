/** The curves of the current run. They are not React state: they land here, and whoever draws them subscribes and is
 *  told at most ten times a second that there is something new. */
import { useEffect, useState } from "react";
import type { StepBatch, ValidationMetrics as Validation } from "../../src/engine";
import type { MetricColumns, StepMetrics } from "./metricLog";
import { createMetricLog } from "./metricLog";

/** Scores on the held-out samples. */
export type ValidationMetrics = StepMetrics;

/** A change of the learning rate while the run was under way. */
export interface RateMark {
  readonly step: number;
  readonly epoch: number;
  readonly elapsedMs: number;
  readonly learningRate: number;
}

const DRAW_INTERVAL_MS = 100;

const trainLog = createMetricLog();
let validations: ValidationMetrics[] = [];
let marks: RateMark[] = [];
let last: StepMetrics | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

function announce(): void {
  timer ??= setTimeout(() => {
    timer = undefined;
    for (const listener of listeners) listener();
  }, DRAW_INTERVAL_MS);
}

/** What there is to draw, as of one moment. A new one is a new object, though the log in it is always the same. */
export interface Metrics {
  readonly train: MetricColumns;
  readonly validations: readonly ValidationMetrics[];
  readonly marks: readonly RateMark[];
  /** The latest training step. */
  readonly last: StepMetrics | null;
}

/** What there is to draw now. */
export const readMetrics = (): Metrics => ({ train: trainLog, validations, marks, last });

/** Adds steps. */
export function addSteps({ first, count, stepsPerEpoch, elapsedMs, values }: StepBatch): void {
  for (let i = 0; i < count; i++) {
    const step = first + i;
    last = {
      step,
      epoch: step / stepsPerEpoch,
      elapsedMs: elapsedMs[i] ?? NaN,
      loss: values["loss"]?.[i] ?? NaN,
      accuracy: values["accuracy"]?.[i] ?? NaN,
    };
    trainLog.push(last);
  }
  announce();
}

/** Adds scores on the held-out samples. */
export function addValidation({ values, ...rest }: Validation): void {
  const score = { ...rest, loss: values["loss"] ?? NaN, accuracy: values["accuracy"] ?? NaN };
  validations = [...validations, score];
  announce();
}

/** Marks a change of the learning rate at the latest step. Two changes at the same step leave one mark. */
export function addRateMark(learningRate: number): void {
  if (!last) return;
  const { step, epoch, elapsedMs } = last;
  marks = [...marks.filter((mark) => mark.step !== step), { step, epoch, elapsedMs, learningRate }];
  announce();
}

/** Forgets everything after a step: it was lost, and will be run again. */
export function rewindMetrics(step: number): void {
  trainLog.rewind(step);
  validations = validations.filter((score) => score.step <= step);
  marks = marks.filter((mark) => mark.step <= step);
  announce();
}

/** Empties the curves: a new run. */
export function clearMetrics(): void {
  trainLog.clear();
  validations = [];
  marks = [];
  last = null;
  announce();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** What there is to draw, renewed at most ten times a second.
 *  @param delayMs waits this long before telling, so that several drawings do not fall into one frame */
export function useMetrics(delayMs = 0): Metrics {
  const [drawn, setDrawn] = useState(readMetrics);
  useEffect(() => {
    let delay: ReturnType<typeof setTimeout> | undefined;
    const unsubscribe = subscribe(() => {
      clearTimeout(delay);
      delay = setTimeout(() => setDrawn(readMetrics()), delayMs);
    });
    return () => {
      clearTimeout(delay);
      unsubscribe();
    };
  }, [delayMs]);
  return drawn;
}
