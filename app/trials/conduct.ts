/** What races and searches have in common on the page: a worker from beginning to end, and what is told of their runs, drawn a few
 *  times a second. */
import * as Comlink from "comlink";
import {
  createMetricLog,
  type LaneReport,
  type MetricLog,
  type Said,
  say,
  type TrialControls,
  type TrialEvent,
} from "../../src/engine";
import { type TrialKind, useTrials } from "../store/trials";
import { noteKept } from "../train/keptRun";
import { pause as pauseTraining } from "../train/session";
import { startTrials, type TrialWorker } from "./client";

/** One run and its curves. */
export interface TrialLane {
  readonly report: LaneReport;
  readonly train: MetricLog | null;
  readonly validation: MetricLog | null;
}

/** A run that has not begun. */
export const waitingLane: TrialLane = {
  report: { state: "waiting", run: null, step: 0, stepsPerEpoch: 0, elapsedMs: 0, end: null, score: null },
  train: null,
  validation: null,
};

/** Who shows it. */
export interface TrialListener {
  lanes(lanes: readonly TrialLane[]): void;
  round?(round: number): void;
  problem(said: Said): void;
}

/** Curves need not be drawn more often. */
const DRAW_MS = 200;
const CAPACITY = 1024;

let worker: TrialWorker | null = null;

/** Has a worker do something, while nothing else trains, and resolves at its end, however that comes.
 *  @param kind what it is  @param count of runs  @param ask is given the worker's controls, and what is to hear of its runs */
export async function conduct(
  kind: TrialKind,
  count: number,
  listener: TrialListener,
  ask: (trials: TrialControls, hear: (event: TrialEvent) => void) => Promise<void>,
): Promise<void> {
  pauseTraining();
  useTrials.setState({ isUnderWay: true, unseen: null });
  noteKept();
  let lanes: readonly TrialLane[] = Array.from({ length: count }, () => waitingLane);
  let timer: ReturnType<typeof setTimeout> | undefined;
  listener.lanes(lanes);
  const draw = (): void => {
    clearTimeout(timer);
    timer = undefined;
    listener.lanes(lanes);
  };
  const hear = (event: TrialEvent): void => {
    if (event.type === "round") listener.round?.(event.round);
    else if (event.type === "warning") listener.problem(event.said);
    else if (event.type !== "backend") {
      lanes = lanes.map((lane, i) => (i === event.lane ? heard(lane, event) : lane));
      timer ??= setTimeout(draw, DRAW_MS);
    }
  };
  try {
    worker = await startTrials();
    await Promise.race([ask(worker.trials, Comlink.proxy(hear)), worker.lost]);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    listener.problem(worker ? say("trials.lost") : say("trials.notStarted", { reason }));
  } finally {
    worker?.end();
    worker = null;
    useTrials.setState(({ open }) => ({ isUnderWay: false, unseen: open === kind ? null : kind }));
    draw();
  }
}

/** Holds what is under way, or goes on with it. */
export const hold = (isPaused: boolean): void => void worker?.trials.pause(isPaused);

/** Ends what is under way; what runs is scored and kept first. */
export const stopTrials = (): void => void worker?.trials.stop();

const logOf = (log: MetricLog | null, values: object): MetricLog =>
  log ?? createMetricLog(Object.keys(values), CAPACITY);

function heard(lane: TrialLane, event: Extract<TrialEvent, { readonly lane: number }>): TrialLane {
  if (event.type === "lane") return { ...lane, report: event.report };
  if (event.type === "steps") {
    const { first, count, elapsedMs, values: columns } = event.steps;
    const train = logOf(lane.train, columns);
    train.append({ steps: Float64Array.from({ length: count }, (_, i) => first + i), elapsedMs, columns });
    return { ...lane, train };
  }
  const { step, elapsedMs, values } = event.metrics;
  const validation = logOf(lane.validation, values);
  const columns = Object.fromEntries(Object.entries(values).map(([id, value]) => [id, [value]]));
  validation.append({ steps: [step], elapsedMs: [elapsedMs], columns });
  return { ...lane, validation };
}
