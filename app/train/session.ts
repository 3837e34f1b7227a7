/** The rules between the model being edited and the model being trained: when to prepare, what Train means in each
 *  state, what an edit does to a run. It holds no numbers of its own: status and curves are in the stores. */
import type { ModelDescription, Said, TrainerEvent, TrainerStatus } from "../../src/engine";
import { say, sizeOf } from "../../src/engine";
import { clearProfile, useProfile } from "../store/profile";
import {
  addRateMark,
  addSteps,
  addValidations,
  clearMetrics,
  rewindMetrics,
  setStepsPerEpoch,
  startMetrics,
} from "../store/metrics";
import { curvesOfModel, dataOf, useModel } from "../store/model";
import type { RunOn } from "../store/run";
import { dismissTopic, emptyStatus, isRunActive, isRunOver, notify, useRun } from "../store/run";
import { announce, setPreferences } from "../store/ui";
import type { TrainerClient } from "./client";
import { startTrainer } from "./client";
import { stepBatch, validationBatch } from "./metricBatch";
import { hasErrors, isOutdated, learningRatesOf } from "./rules";
import { describeEpoch } from "./statusText";
import { t } from "../common/words";

const PREPARE_DELAY_MS = 400;
const RATE_DELAY_MS = 250;
const STATUS_INTERVAL_MS = 150;
/** Samples asked about: few large ones, and many small ones, which are drawn as points. */
const SHOWN_SAMPLES = { large: 24, small: 256 };
/** Numbers in a small sample at most. */
const SMALL = 16;
const PREDICTION_INTERVAL_MS = 2000;
/** How many times as long as a prediction took the next one waits, while training. */
const PREDICTION_PATIENCE = 30;

let trainer: TrainerClient | null = null;
/** A model was sent, and the trainer has not yet said that it works on it: what it says meanwhile is of the old one. */
let isAwaited = false;
/** Train was not only pressed, but passed on. */
let isTrainSent = false;
/** The latest preparation; resolves when the trainer has answered it. */
let preparation: Promise<void> = Promise.resolve();
let sentRates: Readonly<Record<string, number>> = {};
let isPlanPrinted = false;

const stateNow = (): TrainerStatus["state"] => useRun.getState().status.state;
const description = (): ModelDescription => useModel.getState().description;

/** Starts the worker and prepares the model, so that the first press of Train finds everything ready. */
export function startSession(): void {
  trainer = startTrainer(hear, (reason) => fail(say("train.workerStopped", { reason })));
  let prepareTimer: ReturnType<typeof setTimeout> | undefined;
  let rateTimer: ReturnType<typeof setTimeout> | undefined;
  useModel.subscribe(() => {
    clearTimeout(prepareTimer);
    clearTimeout(rateTimer);
    prepareTimer = setTimeout(prepareIfIdle, PREPARE_DELAY_MS);
    rateTimer = setTimeout(sendRates, RATE_DELAY_MS);
  });
  const tellVisibility = (): void => void trainer?.setVisible(!document.hidden);
  document.addEventListener("visibilitychange", tellVisibility);
  // A page may be opened in the background.
  if (document.hidden) tellVisibility();
  // With nothing to prepare, it is still told what there is to train on.
  if (hasErrors(description())) void trainer.runOn(useRun.getState().runOn);
  prepareIfIdle();
}

function fail(said: Said): void {
  notify({ severity: "error", topic: "internal", said });
  useRun.setState(({ status }) => ({ status: { ...status, state: "failed" }, isTrainWanted: false }));
}

/** Sends the model to the trainer, whatever it is doing. */
function prepare(): Promise<void> {
  if (!trainer) return Promise.resolve();
  const model = description();
  startMetrics(curvesOfModel(model));
  flushStatus({ ...useRun.getState().status, ...emptyProgress, state: "preparing" });
  useRun.setState({ prepared: model, predictions: null });
  for (const topic of ["dataset", "model", "memory", "non-finite", "early-stopping", "learning-rate"])
    dismissTopic(topic);
  sentRates = learningRatesOf(model);
  isAwaited = true;
  preparation = trainer.prepare(model, {
    ...useRun.getState().runOn,
    datasetsUrl: new URL("datasets/", document.baseURI).href,
  });
  return preparation;
}

const { backend: _, memory: __, ...emptyProgress } = emptyStatus;

/** Prepares the edited model ahead of Train, unless there is something to lose: a run under way, or the results of one
 *  that is over, which stay through edits and give way to another model. */
function prepareIfIdle(): void {
  const { prepared, status } = useRun.getState();
  const model = description();
  const isAnother = prepared !== null && (prepared.name !== model.name || prepared.dataset !== model.dataset);
  const mayPrepare = isRunOver(status.state) ? isAnother : !isRunActive(status.state);
  if (mayPrepare && isOutdated(prepared, model) && !hasErrors(model)) void prepare();
}

/** Sends changed learning rates, if that is all that changed since the trainer got its model: shortly after an edit,
 *  and before a step that must not be made at the old ones. */
function sendRates(): void {
  const { prepared } = useRun.getState();
  if (!trainer || isOutdated(prepared, description())) return;
  for (const [network, rate] of Object.entries(learningRatesOf(description()))) {
    if (rate === sentRates[network]) continue;
    void trainer.setLearningRate(rate, network);
    if (isRunActive(stateNow())) addRateMark(rate);
  }
  sentRates = learningRatesOf(description());
}

/** What keeps Train and Step from doing anything: errors in the edited model. A run under way is none of the edits'. */
const isBlocked = (state: TrainerStatus["state"], model: ModelDescription): boolean =>
  !isRunActive(state) && hasErrors(model);

/** Trains: at once, or as soon as the preparation is done. After the end of a run it begins a new one. An outdated run
 *  that is paused goes on as it was; an outdated one that is over makes way for the edited model. */
export async function train(): Promise<void> {
  if (!trainer || isBlocked(stateNow(), description())) return;
  isTrainSent = false;
  useRun.setState({ isTrainWanted: true });
  if (!(await getReady())) return;
  // It may have been taken back while it waited.
  if (!useRun.getState().isTrainWanted) return;
  sendRates();
  isTrainSent = true;
  void trainer.train();
}

/** Runs one step and pauses. */
export async function step(): Promise<void> {
  if (!trainer || isBlocked(stateNow(), description())) return;
  if (!(await getReady())) return;
  sendRates();
  await trainer.step();
  void refreshPredictions();
}

async function getReady(): Promise<boolean> {
  const { prepared, status } = useRun.getState();
  const isStale = isOutdated(prepared, description()) && !isRunActive(status.state);
  if (isStale || status.state === "failed" || status.state === "empty") void prepare();
  else if (isRunOver(status.state)) await rewind();
  // An edit may have begun another preparation meanwhile: wait for the last one.
  for (let awaited: Promise<void> | null = null; awaited !== preparation;) {
    awaited = preparation;
    await awaited;
  }
  const isReady = stateNow() !== "failed" && stateNow() !== "empty";
  if (!isReady) useRun.setState({ isTrainWanted: false });
  return isReady;
}

/** Pauses; or takes back a press of Train that still waits. */
export function pause(): void {
  useRun.setState({ isTrainWanted: false });
  void trainer?.pause();
}

/** Ends the run and scores it on the test set. */
export async function stop(): Promise<void> {
  useRun.setState({ isTrainWanted: false });
  await trainer?.stop();
}

/** Back to step 0 and the same initial weights; with edits that have not been applied, to those of the edited model. */
export async function reset(): Promise<void> {
  if (!trainer) return;
  useRun.setState({ isTrainWanted: false });
  const { prepared, status } = useRun.getState();
  if ((isOutdated(prepared, description()) && !hasErrors(description())) || status.state === "failed") {
    await prepare();
    return;
  }
  await rewind();
}

async function rewind(): Promise<void> {
  if (!trainer) return;
  dismissTopic("non-finite");
  dismissTopic("early-stopping");
  await trainer.reset();
  // The live rates are the ones to start from again.
  sentRates = {};
  sendRates();
}

/** Trains on so many CPU threads from now on, or as many as the machine has; a run goes on where it is. */
export function setThreads(threads: number | null): void {
  const { runOn } = useRun.getState();
  const { threads: _threads, ...rest } = runOn;
  const next: RunOn = { ...rest, ...(threads !== null && { threads }) };
  setPreferences({ threads });
  useRun.setState({ runOn: next });
  if (stateNow() === "preparing") void prepare();
  else void trainer?.runOn(next);
}

/** Throws the run away and trains the edited model. */
export async function applyAndRestart(): Promise<void> {
  if (hasErrors(description())) return;
  void prepare();
  await train();
}

/** Another model was chosen: it takes the place of a run under way, whose curves and answers are not to be taken for its
 *  own. A run of this very model goes on. */
export function makeWay(): void {
  const { prepared, status } = useRun.getState();
  const { name } = description();
  if (!prepared || !isRunActive(status.state) || !isOutdated(prepared, description())) return;
  useRun.setState({ isTrainWanted: false });
  void prepare();
  notify({
    severity: "info",
    topic: "made-way",
    said: say("train.madeWay", { old: prepared.name, step: status.step, chosen: name }),
  });
}

/** Asks again for what failed. */
export function retry(): void {
  void prepare();
}

// Status arrives up to ten times a second; numbers on the screen need not change that fast.
let statusTimer: ReturnType<typeof setTimeout> | undefined;
let pendingStatus: TrainerStatus | null = null;

function flushStatus(status: TrainerStatus | null): void {
  clearTimeout(statusTimer);
  statusTimer = undefined;
  pendingStatus = null;
  if (!status) return;
  if (status.state === "preparing") clearProfile();
  const isSettled = status.state === "running" || status.state === "failed" || isRunOver(status.state);
  useRun.setState({ status, isTrainWanted: useRun.getState().isTrainWanted && !(isSettled && isTrainSent) });
}

function hearStatus(status: TrainerStatus): void {
  if (status.state === "preparing") isAwaited = false;
  if (isAwaited) return;
  const before = stateNow();
  if (status.state !== before) {
    flushStatus(status);
    if (before === "preparing") {
      clearProfile();
      if (isPlanPrinted && status.state !== "failed") void printPlan();
    }
    if (status.state !== "running" && status.state !== "preparing") void refreshPredictions();
    return;
  }
  pendingStatus = status;
  statusTimer ??= setTimeout(() => flushStatus(pendingStatus), STATUS_INTERVAL_MS);
}

/** What is told of a run, and of no other than the present one. */
const OF_A_RUN: ReadonlySet<TrainerEvent["type"]> = new Set(["steps", "validation", "test", "cleared", "rewound"]);

function hear(event: TrainerEvent): void {
  if (isAwaited && OF_A_RUN.has(event.type)) return;
  switch (event.type) {
    case "status":
      hearStatus(event.status);
      break;
    case "steps":
      setStepsPerEpoch(event.steps.stepsPerEpoch);
      addSteps(stepBatch(event.steps));
      refreshNowAndThen();
      break;
    case "validation":
      addValidations(validationBatch(event.metrics));
      announce(describeEpoch(event.metrics.epoch, event.metrics.values, curvesOfModel(description())));
      void refreshPredictions();
      break;
    case "test":
      void refreshPredictions();
      break;
    case "notice": {
      const { severity, code, said, retry: canRetry } = event.notice;
      notify({ severity, topic: code, said, canRetry: canRetry ?? false });
      break;
    }
    case "cleared":
      clearMetrics();
      break;
    case "rewound":
      rewindMetrics(event.step);
      break;
    case "tuned":
      if (useProfile.getState().report) void refreshPlan();
      break;
    case "profiling":
      if (useProfile.getState().progress) useProfile.setState({ progress: event });
      break;
  }
}

/** Asks how the trainer goes about a step. */
export async function refreshPlan(): Promise<void> {
  const report = (await trainer?.explain()) ?? null;
  useProfile.setState({ report });
}

/** Prints the plan of a step to the console, of every model from now on that is prepared. */
export function printPlans(): void {
  isPlanPrinted = true;
}

async function printPlan(): Promise<void> {
  await refreshPlan();
  console.info(useProfile.getState().report?.text ?? "There is no plan.");
}

/** Times every launch of a step; a run under way waits meanwhile. */
export async function profile(): Promise<void> {
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
  void trainer?.cancelProfile();
}

function samplesToShow(model: ModelDescription): number {
  const sizes = Object.values(dataOf(model).columns).map(({ shape }) => sizeOf(shape));
  return Math.max(0, ...sizes) > SMALL ? SHOWN_SAMPLES.large : SHOWN_SAMPLES.small;
}

let isPredicting = false;
let nextPredictionAt = 0;

/** Asks what the model now makes of the first test samples. One question at a time. */
async function refreshPredictions(): Promise<void> {
  if (!trainer || isPredicting) return;
  isPredicting = true;
  const askedAt = performance.now();
  try {
    useRun.setState({ predictions: await trainer.predictTest(0, samplesToShow(description())) });
  } finally {
    isPredicting = false;
    const now = performance.now();
    nextPredictionAt = now + Math.max(PREDICTION_INTERVAL_MS, PREDICTION_PATIENCE * (now - askedAt));
  }
}

/** The same in the midst of an epoch, so seldom that training hardly notices. */
function refreshNowAndThen(): void {
  if (performance.now() >= nextPredictionAt && !document.hidden) void refreshPredictions();
}
