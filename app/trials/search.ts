/** A search as the page knows it: its settings and ranges, what is told of its runs, and what begins and holds it. It goes on while
 *  its dialog is closed. */
import { create } from "zustand";
import type {
  CurveInfo,
  Dimension,
  Entrant,
  ModelDescription,
  Range,
  Rung,
  Said,
  SettingValues,
  Strategy,
} from "../../src/engine";
import { analyzeModel } from "../../src/engine";
import { t } from "../common/words";
import { nameOfRun } from "../runs/settings";
import { curvesOfModel, dataOf, figuresOfModel, goalOf } from "../store/model";
import { startOption } from "../store/start";
import { useTrials } from "../store/trials";
import { surroundings } from "../train/client";
import { conduct, hold, type TrialLane } from "./conduct";
import { gridPoints, modelSettings, randomPoints, rungsOf, suggestedRange, withSettings } from "./tools";

/** More runs are never begun by one search. */
export const MAX_TRIALS = 60;

/** One trial: the values that it has, its model and its run. */
export interface Trial {
  readonly values: SettingValues;
  readonly model: ModelDescription;
}

interface SearchState {
  readonly base: ModelDescription | null;
  readonly dimensions: readonly Dimension[];
  readonly minutes: number;
  readonly strategy: Strategy;
  readonly count: number;
  readonly metric: string;
  readonly phase: "setup" | "preparing" | "running" | "paused" | "over";
  readonly trials: readonly Trial[];
  readonly lanes: readonly TrialLane[];
  readonly rungs: readonly Rung[];
  /** Points whose model cannot be trained. */
  readonly leftOut: number;
  readonly problem: Said | null;
}

export const useSearch = create<SearchState>()(() => ({
  base: null,
  dimensions: [],
  minutes: 2,
  strategy: "halving",
  count: 9,
  metric: "",
  phase: "setup",
  trials: [],
  lanes: [],
  rungs: [],
  leftOut: 0,
  problem: null,
}));

/** Sets up a search around this model, with its learning rates, unless one of it is set up or under way. */
export function setUpSearch(base: ModelDescription): void {
  const search = useSearch.getState();
  if (search.phase !== "setup" || search.base === base) return;
  const settings = modelSettings(base);
  const kept = search.dimensions.filter(({ key }) => settings.some((own) => own.key === key));
  const rates = settings.filter(({ key }) => key.endsWith(".optimizer.learningRate") || key === "training.batchSize");
  const suggested = rates.flatMap((setting) => {
    const range = suggestedRange(setting);
    return range ? [{ key: setting.key, range }] : [];
  });
  useSearch.setState({
    base,
    dimensions: kept.length > 0 ? kept : suggested,
    metric: goalOf(curvesOfModel(base))?.id ?? "",
    problem: null,
  });
}

export const setRange = (key: string, range: Range | null): void =>
  useSearch.setState(({ dimensions }) => {
    if (range === null) return { dimensions: dimensions.filter((own) => own.key !== key) };
    const isKnown = dimensions.some((own) => own.key === key);
    const changed = dimensions.map((own) => (own.key === key ? { key, range } : own));
    return { dimensions: isKnown ? changed : [...dimensions, { key, range }] };
  });

/** The points that a search as it is set up would try; null where a grid of them is too large. */
export function pointsOf({ base, dimensions, strategy, count }: SearchState): readonly SettingValues[] | null {
  if (!base || dimensions.length === 0) return [];
  return strategy === "grid" ? gridPoints(dimensions, MAX_TRIALS) : randomPoints(dimensions, count, base.training.seed);
}

const isTrainable = (model: ModelDescription): boolean =>
  analyzeModel(model, dataOf(model)).problems.every(({ severity }) => severity !== "error");

/** Runs the search that is set up, and resolves at its end. */
export async function startSearch(): Promise<void> {
  const search = useSearch.getState();
  const { base, minutes, strategy, metric } = search;
  const points = pointsOf(search);
  if (!base || !points || useTrials.getState().isUnderWay) return;
  const all = points.map((values): Trial => ({ values, model: withSettings(base, values) }));
  const trials = all.filter(({ model }) => isTrainable(model));
  const rungs = rungsOf(strategy, Math.max(1, trials.length), minutes * 60_000);
  useSearch.setState({ phase: "preparing", trials, rungs, leftOut: all.length - trials.length, problem: null });
  const better = figuresOfModel(base).find(({ id }) => id === metric)?.better ?? "lower";
  const entrants = trials.map(({ model }, i): Entrant => ({
    description: model,
    name: `${i + 1}: ${nameOfRun(base, model)}`.slice(0, 80),
    note: t("trials.searchNote"),
  }));
  const listener = {
    lanes: (lanes: readonly TrialLane[]) => {
      useSearch.setState({ lanes });
      const isRunning = lanes.some(({ report }) => report.state === "running");
      if (isRunning && useSearch.getState().phase === "preparing") useSearch.setState({ phase: "running" });
    },
    problem: (problem: Said) => useSearch.setState({ problem }),
  };
  const options = { ...surroundings(), ...startOption() };
  if (trials.length > 0) {
    await conduct("search", trials.length, listener, (host, hear) =>
      host.search({ entrants, rungs, metric, better }, options, hear),
    );
  }
  useSearch.setState({ phase: "over" });
}

export function pauseSearch(isPaused: boolean): void {
  hold(isPaused);
  useSearch.setState({ phase: isPaused ? "paused" : "running" });
}

/** Back to the settings, around the model that is edited now. */
export function changeSearch(base: ModelDescription): void {
  useSearch.setState({ phase: "setup", lanes: [], trials: [], problem: null });
  setUpSearch(base);
}

const NEARLY = 0.9;

/** Trials in the order of the leaderboard: those that were trained longest first, the better first among them. One that has no number
 *  comes last. @returns their places in the list */
export function leaderboard(
  { lanes, metric, rungs }: Pick<SearchState, "lanes" | "metric" | "rungs">,
  { better }: Pick<CurveInfo, "better">,
): number[] {
  const sign = better === "higher" ? -1 : 1;
  const keyOf = (i: number) => {
    const { report } = lanes[i] ?? {};
    const value = report?.score?.[metric];
    const isDone = report?.end?.kind === "epochs" || report?.end?.kind === "patience" || report?.end?.kind === "time";
    const isScored = value !== undefined && Number.isFinite(value);
    // A run is held between two steps, not at the very millisecond.
    const done = rungs.filter(({ untilMs }) => (report?.elapsedMs ?? 0) >= untilMs * NEARLY).length;
    const stage = isDone ? rungs.length : done;
    return { stage: isScored ? stage : -1, cost: isScored ? sign * value : Infinity };
  };
  return lanes
    .map((_, i) => ({ i, ...keyOf(i) }))
    .toSorted((a, b) => (a.stage === b.stage ? (a.cost === b.cost ? 0 : a.cost - b.cost) : a.stage < b.stage ? 1 : -1))
    .map(({ i }) => i);
}
