/** A race as the page knows it: its variants, what is told of their runs, and what begins and holds it. It goes on while its dialog
 *  is closed. */
import { create } from "zustand";
import type { Entrant, ModelDescription, RaceVerdict, Said, SettingValues } from "../../src/engine";
import { t } from "../common/words";
import { nameOfRun } from "../runs/settings";
import { curvesOfModel, goalOf } from "../store/model";
import { startOption } from "../store/start";
import { useTrials } from "../store/trials";
import { surroundings } from "../train/client";
import { conduct, hold, type TrialLane } from "./conduct";
import { suggestedValues } from "./suggest";
import { judge, withSettings } from "./tools";

export const MAX_VARIANTS = 4;

/** What one variant has that the model has not. */
export interface Variant {
  readonly id: number;
  readonly values: SettingValues;
}

/** One run of the race, and its curves. */
export interface RaceLane extends TrialLane {
  readonly variant: number;
}

interface RaceState {
  readonly base: ModelDescription | null;
  readonly variants: readonly Variant[];
  readonly seconds: number;
  readonly seeds: number;
  /** The id of the curve that it is judged by. */
  readonly metric: string;
  readonly phase: "setup" | "preparing" | "running" | "paused" | "over";
  readonly round: number;
  /** Through all rounds, those of a round in the order of the variants. */
  readonly lanes: readonly RaceLane[];
  readonly problem: Said | null;
}

export const useRace = create<RaceState>()(() => ({
  base: null,
  variants: [],
  seconds: 20,
  seeds: 1,
  metric: "",
  phase: "setup",
  round: 0,
  lanes: [],
  problem: null,
}));

let nextId = 1;

/** Sets up a race of this model, unless one of it is set up or under way. */
export function setUp(base: ModelDescription): void {
  const race = useRace.getState();
  if (race.phase !== "setup" || race.base === base) return;
  const variants = [{}, suggestedValues(base, 0)].map((values) => ({ id: nextId++, values }));
  useRace.setState({ base, variants, metric: goalOf(curvesOfModel(base))?.id ?? "", problem: null, lanes: [] });
}

/** Back to the variants, which are of the model that is edited now. */
export function changeVariants(base: ModelDescription): void {
  const { base: before, variants } = useRace.getState();
  useRace.setState({ phase: "setup", lanes: [], problem: null });
  if (before === base) useRace.setState({ variants });
  else setUp(base);
}

export function addVariant(): void {
  const { base, variants } = useRace.getState();
  if (!base || variants.length >= MAX_VARIANTS) return;
  useRace.setState({
    variants: [...variants, { id: nextId++, values: suggestedValues(base, variants.length - 1) }],
  });
}

export const removeVariant = (id: number): void =>
  useRace.setState(({ variants }) => ({ variants: variants.filter((variant) => variant.id !== id) }));

/** Gives a variant its own value of a setting; with undefined it is the model's again. */
export const setValue = (id: number, key: string, value: unknown): void =>
  useRace.setState(({ variants }) => ({
    variants: variants.map((variant) => {
      if (variant.id !== id) return variant;
      const { [key]: _, ...rest } = variant.values;
      return { ...variant, values: value === undefined ? rest : { ...variant.values, [key]: value } };
    }),
  }));

/** The model of a variant. */
export const modelOfVariant = (base: ModelDescription, { values }: Variant): ModelDescription =>
  withSettings(base, values);

/** What a variant is called: what it has that the model has not. */
export const nameOfVariant = (base: ModelDescription, variant: Variant): string =>
  Object.keys(variant.values).length === 0 || modelOfVariant(base, variant) === base
    ? t("trials.asItIs")
    : nameOfRun(base, modelOfVariant(base, variant));

export const letterOf = (index: number): string => String.fromCodePoint(65 + index);

/** Runs the race that is set up, and resolves at its end. */
export async function startRace(): Promise<void> {
  const { base, variants, seconds, seeds } = useRace.getState();
  if (!base || useTrials.getState().isUnderWay) return;
  useRace.setState({ phase: "preparing", round: 0, problem: null });
  const rounds = Array.from({ length: seeds }, (_, round) =>
    variants.map((variant): Entrant => entrantOf(base, variant, round, seeds)),
  );
  const listener = {
    lanes: (lanes: readonly TrialLane[]) => {
      useRace.setState({ lanes: lanes.map((lane, i) => ({ ...lane, variant: i % variants.length })) });
      const isRunning = lanes.some(({ report }) => report.state === "running");
      if (isRunning && useRace.getState().phase === "preparing") useRace.setState({ phase: "running" });
    },
    round: (round: number) => useRace.setState({ round }),
    problem: (problem: Said) => useRace.setState({ problem }),
  };
  const options = { ...surroundings(), ...startOption() };
  await conduct("race", seeds * variants.length, listener, (trials, hear) =>
    trials.race({ rounds, budgetMs: seconds * 1000 }, options, hear),
  );
  useRace.setState({ phase: "over" });
}

function entrantOf(base: ModelDescription, variant: Variant, round: number, seeds: number): Entrant {
  const model = modelOfVariant(base, variant);
  const seed = (model.training.seed + round) % 0x1_0000_0000;
  const own = nameOfVariant(base, variant);
  const name = model === base ? base.name : own;
  return {
    description: { ...model, training: { ...model.training, seed } },
    name: (seeds > 1 ? t("trials.seedName", { name, seed }) : name).slice(0, 80),
    note: t("trials.note"),
  };
}

export function pauseRace(isPaused: boolean): void {
  hold(isPaused);
  useRace.setState({ phase: isPaused ? "paused" : "running" });
}

/** Who won, as far as it is known: of rounds that are over. */
export function verdictOf(
  { lanes, variants, metric }: Pick<RaceState, "lanes" | "variants" | "metric">,
  better: "higher" | "lower",
): RaceVerdict {
  const values = variants.map((_, variant) =>
    lanes.filter((lane) => lane.variant === variant).flatMap(({ report }) => report.score?.[metric] ?? []),
  );
  return judge(values, better);
}
