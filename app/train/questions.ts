/** What the page asks the trainer of the model as it is: its answers, its plan, its profile. Asking changes nothing. */
import type { ModelDescription } from "../../src/engine";
import { sizeOf } from "../../src/engine";
import { t } from "../common/words";
import { dataOf, useModel } from "../store/model";
import { clearProfile, useProfile } from "../store/profile";
import { useRun } from "../store/run";
import { announce } from "../store/ui";
import { currentTrainer } from "./client";

/** Samples asked about: few large ones, and many small ones, which are drawn as points. */
const SHOWN_SAMPLES = { large: 24, small: 256 };
/** Numbers in a small sample at most. */
const SMALL = 16;
const PREDICTION_INTERVAL_MS = 2000;
/** How many times as long as a prediction took the next one waits, while training. */
const PREDICTION_PATIENCE = 30;

let isPlanPrinted = false;

/** Asks how the trainer goes about a step. */
export async function refreshPlan(): Promise<void> {
  const report = (await currentTrainer()?.explain()) ?? null;
  useProfile.setState({ report });
}

/** Prints the plan of a step to the console, of every model from now on that is prepared. */
export function printPlans(): void {
  isPlanPrinted = true;
}

/** What was known of the last model's plan is void; where plans are printed, that of the new one is. */
export function forgetPlan(hasNewOne: boolean): void {
  clearProfile();
  if (isPlanPrinted && hasNewOne) void printPlan();
}

async function printPlan(): Promise<void> {
  await refreshPlan();
  console.info(useProfile.getState().report?.text ?? "There is no plan.");
}

/** Times every launch of a step; a run under way waits meanwhile. */
export async function profile(): Promise<void> {
  const trainer = currentTrainer();
  if (!trainer || useProfile.getState().progress) return;
  useProfile.setState({ progress: { done: 0, total: 0 } });
  try {
    const taken = await trainer.profile();
    if (taken) {
      useProfile.setState({ profile: taken });
      announce(t("train.profileTaken"));
    }
  } finally {
    useProfile.setState({ progress: null });
  }
}

/** Ends the profile that is being taken. */
export function cancelProfile(): void {
  void currentTrainer()?.cancelProfile();
}

function samplesToShow(model: ModelDescription): number {
  const sizes = Object.values(dataOf(model).columns).map(({ shape }) => sizeOf(shape));
  return Math.max(0, ...sizes) > SMALL ? SHOWN_SAMPLES.large : SHOWN_SAMPLES.small;
}

let isPredicting = false;

/** Whoever was asked is gone and will not answer. */
export function forgetQuestions(): void {
  isPredicting = false;
  clearProfile();
}

let nextPredictionAt = 0;

/** Asks what the model now makes of the first test samples. One question at a time. */
export async function refreshPredictions(): Promise<void> {
  const trainer = currentTrainer();
  if (!trainer || isPredicting) return;
  isPredicting = true;
  const askedAt = performance.now();
  try {
    useRun.setState({ predictions: await trainer.predictTest(0, samplesToShow(useModel.getState().description)) });
  } finally {
    isPredicting = false;
    const now = performance.now();
    nextPredictionAt = now + Math.max(PREDICTION_INTERVAL_MS, PREDICTION_PATIENCE * (now - askedAt));
  }
}

/** The same in the midst of an epoch, so seldom that training hardly notices. */
export function refreshNowAndThen(): void {
  if (performance.now() >= nextPredictionAt && !document.hidden) void refreshPredictions();
}
