/** The rules between the model being edited and the model being trained: when to prepare, what Train means in each
 *  state, what an edit does to a run. It holds no numbers of its own: status and curves are in the stores. */
import * as Comlink from "comlink";
import type { Kept, MadeDataset, ModelDescription, Said, TrainerEvent, TrainerStatus } from "../../src/engine";
import { memoryOfMade, say, withLiveSettings } from "../../src/engine";
import { useProfile } from "../store/profile";
import {
  addSteps,
  addValidations,
  clearMetrics,
  rewindMetrics,
  setStepsPerEpoch,
  startMetrics,
} from "../store/metrics";
import { curvesOfModel, figuresOfModel, edit, replaceModel, useModel } from "../store/model";
import { startOption } from "../store/start";
import { isBusy } from "../store/trials";
import { dismissTopic, emptyStatus, isRunActive, isRunOver, notify, useRun } from "../store/run";
import { hearRecorded, leaveRun, prepareAgain, resumeKept } from "./keptRun";
import { currentTrainer, startTrainer, surroundings, type WorkerListener } from "./client";
import { stepBatch, validationBatch } from "./metricBatch";
import {
  hasErrors,
  isAsked,
  isBlocked,
  OF_A_MODEL,
  OF_A_RUN,
  hasSameRates,
  hasStepsLeft,
  isOfOther,
  isOutdated,
  lostFor,
  revivedFrom,
  withLowerRates,
  withMoreEpochs,
} from "./rules";
import { forgetPlan, forgetQuestions, refreshNowAndThen, refreshPlan, refreshPredictions } from "./questions";
import { announceEpoch } from "./announceEpoch";
import { markRates } from "./rateMarks";
import { forgetWatched, hearWatched } from "./watching";
import { hearLosses } from "./address";
import { noteTrainSent, showSoon, showStatus } from "./shownStatus";

const PREPARE_DELAY_MS = 400;
const SETTINGS_DELAY_MS = 250;

/** A model was sent, and the trainer has not yet said that it works on it: what it says meanwhile is of the old one. */
let isAwaited = false;
/** The latest preparation; resolves when the trainer has answered it. */
let preparation: Promise<void> = Promise.resolve();
/** The settings that the trainer has. */
let sent: ModelDescription | null = null;
/** The last copy of the run's state, for another worker to go on from. */
let kept: Kept | null = null;
/** Where the run went on when a worker was lost; null before one was. */
let lostFrom: number | null = null;
/** Those that a run diverged with. */
let divergedWith: ModelDescription | null = null;

const stateNow = (): TrainerStatus["state"] => useRun.getState().status.state;
const description = (): ModelDescription => useModel.getState().description;

/** Starts the worker and prepares the model, so that the first press of Train finds everything ready. */
export function startSession(): void {
  const trainer = startTrainer(worker);
  let prepareTimer: ReturnType<typeof setTimeout> | undefined;
  let settingsTimer: ReturnType<typeof setTimeout> | undefined;
  useModel.subscribe(() => {
    clearTimeout(prepareTimer);
    clearTimeout(settingsTimer);
    prepareTimer = setTimeout(prepareIfIdle, PREPARE_DELAY_MS);
    settingsTimer = setTimeout(sendSettings, SETTINGS_DELAY_MS);
    if (useRun.getState().isChoiceOffered) useRun.setState({ isChoiceOffered: false });
  });
  const tellVisibility = (): void => void currentTrainer()?.setVisible(!document.hidden);
  document.addEventListener("visibilitychange", tellVisibility);
  // A page may be opened in the background.
  if (document.hidden) tellVisibility();
  // With nothing to prepare, it is still told what there is to train on.
  if (hasErrors(description())) void trainer.runOn(useRun.getState().runOn);
  prepareIfIdle();
}

const worker: WorkerListener = {
  event: hear,
  kept: (copy) => {
    if (!isAwaited) kept = copy;
  },
  unborn: (reason) => fail(say("train.workerUnborn", { reason }), true),
  stumbled: (reason) =>
    notify({ severity: "warning", topic: "internal", said: say("train.workerStumbled", { reason }) }),
  lost: revive,
};

/** Starts another worker in the place of one that is lost, and goes on from the last copy of the run; not a second time from
 *  the same step, which would be lost again. */
function revive(reason?: string): void {
  const { prepared, status, isTrainWanted } = useRun.getState();
  const from = kept?.snapshot.step ?? 0;
  const isHopeless = lostFrom === from && prepared !== null;
  lostFrom = from;
  isAwaited = true;
  forgetQuestions();
  const trainer = startTrainer(worker);
  if (document.hidden) void trainer.setVisible(false);
  if (!prepared || isHopeless) {
    fail(lostFor(isHopeless, reason));
    if (!isHopeless) prepareIfIdle();
    return;
  }
  notify({ severity: "warning", topic: "internal", said: revivedFrom(from, status.step, reason) });
  showStatus({ ...status, state: "preparing" });
  preparation = prepareAgain(trainer, prepared, { ...surroundings(), ...startOption() }, kept);
  if (sent) void trainer.configure(sent);
  if (status.state === "running" || isTrainWanted) void trainer.train();
}

function fail(said: Said, canRetry = false): void {
  preparation = Promise.resolve();
  notify({ severity: "error", topic: "internal", said, canRetry });
  useRun.setState(({ status }) => ({ status: { ...status, state: "failed" }, isTrainWanted: false }));
}

/** Sends the model to the trainer, whatever it is doing. */
export function prepare(): Promise<void> {
  const trainer = currentTrainer() ?? startTrainer(worker);
  const model = description();
  startMetrics(figuresOfModel(model));
  showStatus({ ...useRun.getState().status, ...emptyProgress, state: "preparing" });
  hasSent(model);
  isAwaited = true;
  preparation = trainer.prepare(model, { ...surroundings(), ...startOption() });
  return preparation;
}

/** Another model takes the place of the one there was, and of what was said of it. */
function hasSent(model: ModelDescription): void {
  useRun.setState({ prepared: model, predictions: null });
  forgetWatched(model.dataset);
  for (const topic of OF_A_MODEL) dismissTopic(topic);
  sent = model;
  kept = lostFrom = null;
  leaveRun();
}

/** Goes on with a run that is kept, which takes the place of what there is once its checkpoint has been read. */
export async function resumeRun(id: string, at?: number, isFork?: boolean): Promise<void> {
  const trainer = currentTrainer();
  if (!trainer) return;
  useRun.setState({ isTrainWanted: false });
  const isItself = at === undefined && !isFork;
  const resuming = resumeKept(id, (run) => trainer.resumeRun(run, surroundings(), at, isFork), isItself);
  preparation = resuming;
  await resuming;
}

const { backend: _, memory: __, ...emptyProgress } = emptyStatus;

/** Prepares the edited model ahead of Train, unless there is something to lose: a run under way, or the results of one
 *  that is over, which stay through edits and give way to another model. */
export function prepareIfIdle(): void {
  const { prepared, status } = useRun.getState();
  const model = description();
  const isAnother = prepared !== null && isOfOther(prepared, model);
  const mayPrepare = isRunOver(status.state) ? isAnother : !isRunActive(status.state);
  if (mayPrepare && isOutdated(prepared, model) && !hasErrors(model)) void prepare();
}

/** Has the trainer take data that were just made, before it is asked for a model of them. */
export function bringToTrainer(made: MadeDataset): void {
  const trainer = currentTrainer() ?? startTrainer(worker);
  void trainer.bring(Comlink.transfer(made, memoryOfMade(made)));
}

/** Has them kept once that model is ready. @returns whether they are, which is told where they are not */
export async function keepBrought(id: string): Promise<boolean> {
  await preparation;
  const said = await currentTrainer()?.keepBrought(id);
  if (said) notify({ severity: "warning", topic: "brought", said });
  return said === null;
}

/** Sends changed settings: shortly after an edit, and before a step that must not be made by the old ones. What else was edited
 *  waits until it is applied. */
function sendSettings(): void {
  const { prepared, status } = useRun.getState();
  const trainer = currentTrainer();
  if (!trainer || !prepared) return;
  const edited = description();
  const model = isOutdated(prepared, edited) ? withLiveSettings(sent ?? prepared, edited) : edited;
  if (model === sent) return;
  const before = sent;
  sent = model;
  void trainer.configure(model);
  if (before && isRunActive(status.state)) markRates(model, before, status);
}

/** Trains: at once, or as soon as the trainer is ready. A run that is over goes on while epochs are left; after the last one
 *  there is a choice to make. An outdated run that is paused goes on as it was; an outdated one that is over makes way for
 *  the edited model. A run that diverged would do so again, and so its rates are lowered unless that was done. */
export async function train(): Promise<void> {
  if (isBlocked(stateNow(), description()) || isBusy()) return;
  const { prepared, status } = useRun.getState();
  const isStale = isOutdated(prepared, description());
  if (isRunOver(status.state) && !isStale && !hasStepsLeft(status, description())) {
    useRun.setState({ isChoiceOffered: true });
    return;
  }
  noteTrainSent(false);
  if (status.state === "tracing") {
    // At which rates is to be known only when it is known what went wrong.
    useRun.setState({ isTrainWanted: true });
    return;
  }
  if (status.state === "diverged" && divergedWith && hasSameRates(description(), divergedWith)) edit(withLowerRates);
  useRun.setState({ isTrainWanted: true });
  if (!(await getReady())) return;
  // It may have been taken back while it waited.
  if (!useRun.getState().isTrainWanted) return;
  sendSettings();
  noteTrainSent(true);
  void currentTrainer()?.train();
}

/** Trains as many epochs again as there were. */
export async function trainOn(): Promise<void> {
  edit(withMoreEpochs);
  await train();
}

/** Trains anew from the initial weights. */
export async function startOver(): Promise<void> {
  await rewind();
  await train();
}

/** Goes on from where a run last did well with a tenth of its rates. */
export async function continueLower(): Promise<void> {
  if (stateNow() !== "diverged") return;
  edit(withLowerRates);
  await train();
}

/** Runs one step and pauses. @param networks that learn at it, where the others are to stay as they are */
export async function step(networks?: readonly string[]): Promise<void> {
  if (isBlocked(stateNow(), description()) || isBusy()) return;
  if (!(await getReady())) return;
  sendSettings();
  await currentTrainer()?.step(networks);
  void refreshPredictions();
}

async function getReady(): Promise<boolean> {
  const { prepared, status } = useRun.getState();
  const isStale = isOutdated(prepared, description()) && !isRunActive(status.state);
  if (isStale || status.state === "failed" || status.state === "empty") void prepare();
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
  void currentTrainer()?.pause();
}

/** Ends the run and scores it on the test set. */
export async function stop(): Promise<void> {
  useRun.setState({ isTrainWanted: false });
  await currentTrainer()?.stop();
}

/** Back to step 0 and the same initial weights; with edits that have not been applied, to those of the edited model. */
export async function reset(): Promise<void> {
  useRun.setState({ isTrainWanted: false });
  const { prepared, status } = useRun.getState();
  if ((isOutdated(prepared, description()) && !hasErrors(description())) || status.state === "failed") {
    await prepare();
    return;
  }
  await rewind();
}

async function rewind(): Promise<void> {
  const trainer = currentTrainer();
  if (!trainer) return;
  dismissTopic("non-finite");
  dismissTopic("early-stopping");
  sendSettings();
  await trainer.reset();
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

function hearStatus(status: TrainerStatus): void {
  if (status.state === "preparing") isAwaited = false;
  if (isAwaited) return;
  const before = stateNow();
  if (status.state !== before) {
    showStatus(status);
    if (before === "preparing") forgetPlan(status.state !== "failed");
    if (status.state === "running") dismissTopic("non-finite");
    if (status.state === "diverged") divergedWith = sent;
    // A copy of steps that were taken back.
    if (status.state === "diverged" && kept && kept.snapshot.step > status.step) kept = null;
    if (before === "tracing" && useRun.getState().isTrainWanted) void train();
    if (isAsked(status.state)) void refreshPredictions();
    return;
  }
  showSoon(status);
}

function hear(event: TrainerEvent): void {
  if (isAwaited && OF_A_RUN.has(event.type)) return;
  hearWatched(event);
  hearLosses(event, sent);
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
      announceEpoch(event.metrics, curvesOfModel(description()));
      refreshNowAndThen();
      break;
    case "test":
      void refreshPredictions();
      break;
    case "notice": {
      const { severity, code, said, retry: canRetry = false, resumeStep } = event.notice;
      notify({ severity, topic: code, said, stays: true, canRetry, ...(resumeStep !== undefined && { resumeStep }) });
      break;
    }
    case "cleared":
      kept = null;
      leaveRun();
      clearMetrics();
      break;
    case "rewound":
      // Rates that were set in the steps that are lost are those of the steps that take their place.
      if (rewindMetrics(event.step) && sent) markRates(sent, null, useRun.getState().status);
      break;
    case "recorded":
      hearRecorded(event.id, (model) => {
        hasSent(model);
        replaceModel(model);
      });
      break;
    case "tuned":
      if (useProfile.getState().report) void refreshPlan();
      break;
    case "profiling":
      if (useProfile.getState().progress) useProfile.setState({ progress: event });
      break;
  }
}
