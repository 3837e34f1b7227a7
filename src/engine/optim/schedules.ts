/** Learning-rate schedules: pure functions of the step, evaluated on the host, so that none ever recompiles. */
import type { ConfigOf, Fields } from "../fields";
import { real, whole } from "../fields";
import { type EngineKey, type Said, say } from "../words/said";

/** How far training has come. */
export interface Progress {
  /** Steps done before this one. */
  readonly step: number;
  readonly stepsPerEpoch: number;
  readonly totalSteps: number;
}

/** A setting of a schedule that does not fit the length of the run, and what would. */
export interface ScheduleMisfit {
  /** What is amiss, in a clause. */
  readonly said: Said<EngineKey>;
  readonly key: string;
  readonly value: number;
}

/** A schedule. */
export interface ScheduleDef<F extends Fields = Fields> {
  readonly type: string;
  readonly title: string;
  readonly help: string;
  readonly fields: F;
  /** What keeps it from doing what it is for in so many epochs, if anything does. */
  misfit?(epochs: number, config: ConfigOf<F>): ScheduleMisfit | undefined;
  /** What the base learning rate is multiplied by at this step. */
  factor(progress: Progress, config: ConfigOf<F>): number;
}

function defineSchedule<const F extends Fields>(def: ScheduleDef<F>): ScheduleDef<F> {
  return def;
}

const everyEpochs = whole({ label: "Every", help: "Epochs between two cuts.", min: 1, max: 1000, default: 2 });
const cut = (initial: number) =>
  real({ label: "Factor", help: "What the rate is multiplied by.", min: 0.01, max: 1, step: 0.05, default: initial });

const registry = {
  constant: defineSchedule({
    type: "constant",
    title: "Constant",
    help: "The same learning rate throughout.",
    fields: {},
    factor: () => 1,
  }),
  step: defineSchedule({
    type: "step",
    title: "Step",
    help: "Cuts the rate at once every few epochs.",
    fields: { factor: cut(0.5), everyEpochs },
    factor: ({ step, stepsPerEpoch }, config) =>
      config.factor ** Math.floor(step / (stepsPerEpoch * config.everyEpochs)),
  }),
  exponential: defineSchedule({
    type: "exponential",
    title: "Exponential",
    help: "Lowers the rate a little each step, by the factor once per period.",
    fields: { factor: cut(0.9), everyEpochs: { ...everyEpochs, default: 1 } },
    factor: ({ step, stepsPerEpoch }, config) => config.factor ** (step / (stepsPerEpoch * config.everyEpochs)),
  }),
  /** Linear from 0 over the warm-up, then half a cosine down to the floor. Source: Loshchilov and Hutter 2017. */
  cosine: defineSchedule({
    type: "cosine",
    title: "Cosine with warm-up",
    help: "Rises from zero, then glides down along a cosine until the last step.",
    fields: {
      warmupEpochs: real({
        label: "Warm-up",
        help: "Epochs of linear rise.",
        min: 0,
        max: 100,
        step: 0.1,
        default: 0.1,
      }),
      floor: real({
        label: "Floor",
        help: "Share of the rate left at the end.",
        min: 0,
        max: 1,
        step: 0.01,
        default: 0,
      }),
    },
    misfit: (epochs, { warmupEpochs }) => {
      if (warmupEpochs < epochs) return undefined;
      const said = say("problem.longWarmup", { warmupEpochs, epochs });
      return { said, key: "warmupEpochs", value: Math.max(0.1, Math.round(epochs) / 10) };
    },
    factor: ({ step, stepsPerEpoch, totalSteps }, config) => {
      const warmup = Math.min(config.warmupEpochs * stepsPerEpoch, totalSteps);
      if (step < warmup) return (step + 1) / (warmup + 1);
      const done = Math.min(1, (step - warmup) / Math.max(1, totalSteps - warmup));
      return config.floor + (1 - config.floor) * 0.5 * (1 + Math.cos(Math.PI * done));
    },
  }),
} satisfies Record<string, unknown>;

/** The registry as it stands, of which another language has the words. */
export type ScheduleRegistry = typeof registry;

/** What `training.schedule.type` of a model description may be. */
export type ScheduleType = keyof typeof registry;

/** All schedules, in the order to offer them. */
export const schedules: Readonly<Record<ScheduleType, ScheduleDef>> = registry;
