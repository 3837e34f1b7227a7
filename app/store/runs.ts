/** The runs that are kept, as the page lists them, and those of them that are drawn over the charts. */
import { useMemo } from "react";
import { create } from "zustand";
import {
  findDataset,
  type KeptCurves,
  type ListedRun,
  type LogDump,
  type MetricColumns,
  type ModelDescription,
} from "../../src/engine";

/** What files of runs end in. */
export const RUNS_FILE = ".descent-runs";

/** How many can be drawn over the charts, beside the baseline. */
export const MAX_PINS = 4;

/** Where a run has its colour and its dashes from: one of the pins, or the baseline's own. */
export type PinSlot = number | "baseline";

/** A run that is drawn over the charts. */
export interface Overlay {
  readonly id: string;
  readonly name: string;
  readonly slot: PinSlot;
  readonly train: MetricColumns;
  readonly validation: MetricColumns;
  readonly stepsPerEpoch: number;
  /** Undefined where nobody knows. */
  readonly samplesPerEpoch?: number | undefined;
}

/** A run that is shown over the page, and how. */
export interface Shown {
  readonly as: "card" | "film";
  readonly id: string;
}

/** A run that was deleted, and can be brought back. */
export interface DeletedRun {
  readonly id: string;
  readonly name: string;
}

interface RunsState {
  /** The newest first; null before they are read. */
  readonly runs: readonly ListedRun[] | null;
  readonly names: ReadonlyMap<string, string>;
  /** Those that a tab has at hand. */
  readonly taken: ReadonlySet<string>;
  readonly budgetBytes: number;
  /** The browser keeps none. */
  readonly isForbidden: boolean;
  readonly overlays: readonly Overlay[];
  readonly shown: Shown | null;
  /** Those that were deleted in this tab, the latest last. */
  readonly deleted: readonly DeletedRun[];
}

export const useRuns = create<RunsState>()(() => ({
  runs: null,
  names: new Map(),
  taken: new Set(),
  budgetBytes: 0,
  isForbidden: false,
  overlays: [],
  shown: null,
  deleted: [],
}));

export const takeOverlays = ({ overlays }: RunsState): readonly Overlay[] => overlays;

/** What a chart reads of kept curves. @param first the step with which they begin */
export function columnsOf(dump: LogDump, first = 0): MetricColumns {
  const { from, to, fromMs, toMs, counts, columns } = first > 0 ? cut(dump, first) : dump;
  return {
    count: from.length,
    ids: Object.keys(columns),
    from,
    to,
    fromMs,
    toMs,
    counts,
    column(id) {
      const found = columns[id];
      if (!found)
        throw new RangeError(`Kept curves: expected one of "${Object.keys(columns).join('", "')}", got "${id}".`);
      return found;
    },
  };
}

/** Curves without what came before a step, but for the point from which they go on. */
function cut(dump: LogDump, first: number): LogDump {
  const at = Math.max(
    0,
    dump.to.findIndex((step) => step >= first),
  );
  const columns = Object.entries(dump.columns).map(([id, { counts, means, lows, highs, lasts }]) => {
    const values = { means: means.subarray(at), lows: lows.subarray(at), highs: highs.subarray(at) };
    return [id, { counts: counts.subarray(at), ...values, lasts: lasts.subarray(at) }] as const;
  });
  return {
    size: dump.size,
    from: dump.from.subarray(at),
    to: dump.to.subarray(at),
    fromMs: dump.fromMs.subarray(at),
    toMs: dump.toMs.subarray(at),
    counts: dump.counts.subarray(at),
    columns: Object.fromEntries(columns),
  };
}

/** A pinned run as it is drawn. @param first the step with which its curves begin, where another has those before */
export const overlayOf = (run: ListedRun, name: string, slot: PinSlot, curves: KeptCurves, first = 0): Overlay => ({
  id: run.id,
  name,
  slot,
  train: columnsOf(curves.train, first),
  validation: columnsOf(curves.validation, first),
  stepsPerEpoch: run.stepsPerEpoch,
  samplesPerEpoch: samplesOf(run.description, run.stepsPerEpoch),
});

/** How many samples an epoch has. They are counted by the data, as far as that goes with the steps: a run may have been of a part of
 *  them, or its data are no longer there. */
export function samplesOf({ dataset, training }: ModelDescription, stepsPerEpoch: number): number {
  const { batchSize, validationCount } = training;
  const most = stepsPerEpoch * batchSize;
  const count = (findDataset(dataset)?.trainCount ?? 0) - validationCount;
  return count > most - batchSize && count <= most ? count : most;
}

const hasMetric = ({ train, validation }: Overlay, metric: string): boolean =>
  [train, validation].some(({ ids }) => ids.includes(metric));

/** The runs that are drawn over a chart of this metric. */
export function useOverlays(metric: string): readonly Overlay[] {
  const overlays = useRuns(takeOverlays);
  return useMemo(() => overlays.filter((run) => hasMetric(run, metric)), [overlays, metric]);
}
