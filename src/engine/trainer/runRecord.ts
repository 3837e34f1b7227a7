/** A run in the hands of its keeper, and what is written of it. */
import { digestsAside } from "../digest";
import type { ModelDescription } from "../model/description";
import { createMetricLog, type MetricColumns, type MetricLog } from "../train/metricLog";
import type { KeptRun, RunEvent, RunStore } from "./keptRuns";
import type { TrainerStatus, ValidationMetrics } from "./protocol";

/** Buckets of a run's logs. */
export const CAPACITY = 2048;

/** A run that is trained or rests. */
export interface RunInHand {
  readonly id: string;
  readonly createdAt: number;
  readonly parent: string | null;
  readonly forkedAt?: number | undefined;
  readonly train: MetricLog;
  validation: MetricLog;
  events: RunEvent[];
  test: KeptRun["test"];
  description: ModelDescription | undefined;
  /** The last that was of this run. */
  status: TrainerStatus | undefined;
  /** Gives the run up to other tabs. */
  readonly release: () => void;
}

/** Adds scores on what is held out. The first say which metrics there are, more than steps have. */
export function addValidation(run: RunInHand, { step, elapsedMs, values }: ValidationMetrics): void {
  if (run.validation.count === 0) run.validation = createMetricLog(Object.keys(values), CAPACITY);
  const columns = Object.fromEntries(run.validation.ids.map((id) => [id, [values[id] ?? NaN]]));
  run.validation.append({ steps: [step], elapsedMs: [elapsedMs], columns });
}

/** Fetches what makes a file of a copy of a run; then what that does before it returns its promise takes time from training. */
export type Filing = () => Promise<() => Promise<Uint8Array<ArrayBuffer>>>;

/** Makes a file. @returns its bytes, and for how many milliseconds that held up the training: waiting for what makes the first file, for
 *  a digest beside this thread, or for the disk, costs it nothing */
export async function fileFrom(filing: Filing): Promise<{ bytes: Uint8Array<ArrayBuffer>; heldMs: number }> {
  const make = await filing();
  const started = performance.now();
  const making = make();
  const laidOutMs = performance.now() - started;
  const bytes = await making;
  return { bytes, heldMs: digestsAside() ? laidOutMs : performance.now() - started };
}

/** A copy of its state that is to be written. */
export interface Copy {
  readonly step: number;
  readonly isBest: boolean;
  /** How many epochs had ended, at the end of one. */
  readonly epoch: number | undefined;
  readonly file: Filing;
}

/** What there is to write of a run; undefined before it is known. */
export function recordOf(current: RunInHand): Parameters<RunStore["putRun"]> | undefined {
  const { id, createdAt, parent, forkedAt, train, validation, events, test, description, status } = current;
  if (!description || !status) return undefined;
  const { state, step, stepsPerEpoch, totalSteps, elapsedMs, epochMean, backend } = status;
  const kept: KeptRun = {
    id,
    createdAt,
    updatedAt: Date.now(),
    parent,
    ...(forkedAt !== undefined && { forkedAt }),
    description,
    state,
    step,
    stepsPerEpoch,
    totalSteps,
    elapsedMs,
    latest: epochMean?.values ?? null,
    validation: status.validation,
    test,
    extremes: extremesOf(validation),
    machine: backend && { kind: backend.kind, adapter: backend.adapter },
    events,
  };
  return [kept, { train: train.dump(), validation: validation.dump() }];
}

function extremesOf(log: MetricColumns): KeptRun["extremes"] {
  const found = log.ids.map((id) => {
    const { lows, highs } = log.column(id);
    let [low, high] = [Infinity, -Infinity];
    for (let i = 0; i < log.count; i++) {
      if (lows[i]! < low) low = lows[i]!;
      if (highs[i]! > high) high = highs[i]!;
    }
    return [id, { low, high }] as const;
  });
  return Object.fromEntries(found.filter(([, { low, high }]) => low <= high));
}
