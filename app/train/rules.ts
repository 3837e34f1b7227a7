// What separates the model being edited from the model being trained: pure functions of the two descriptions. What follows
// from it is up to the session.
import type { ModelDescription, Said, TrainerEvent, TrainerStatus } from "../../src/engine";
import { fixedKey, optimizers, say, trainingFields } from "../../src/engine";
import { reportOf } from "../store/model";
import { isRunActive, isRunOver } from "../store/run";

/** Whether the model being edited can be trained. */
export const hasErrors = (model: ModelDescription): boolean =>
  reportOf(model).problems.some(({ severity }) => severity === "error");

/** Whether what the trainer has differs from the model being edited in more than may change during a run. */
export function isOutdated(prepared: ModelDescription | null, model: ModelDescription): boolean {
  return prepared === null || (prepared !== model && fixedKey(prepared) !== fixedKey(model));
}

/** Whether what was learnt by one says nothing of the other: another model, other data, or another world. */
export const isOfOther = (prepared: ModelDescription, model: ModelDescription): boolean =>
  prepared.name !== model.name || prepared.dataset !== model.dataset || prepared.training.map !== model.training.map;

/** The learning rate of each network before its schedule: the visitor's, or the optimizer's default. */
export function learningRatesOf({ networks }: ModelDescription): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(networks).map(([name, { optimizer }]) => {
      const given = optimizer.config["learningRate"];
      const initial = optimizers[optimizer.type].fields["learningRate"]?.default;
      return [name, typeof given === "number" ? given : typeof initial === "number" ? initial : 0];
    }),
  );
}

/** The same model with a tenth of every learning rate. */
export function withLowerRates(model: ModelDescription): ModelDescription {
  const rates = learningRatesOf(model);
  const networks = Object.entries(model.networks).map(([name, network]) => {
    const { type, config } = network.optimizer;
    // Twelve digits, since a tenth of 0.7 would have seventeen.
    const learningRate = Number(((rates[name] ?? 0) / 10).toPrecision(12));
    return [name, { ...network, optimizer: { type, config: { ...config, learningRate } } }];
  });
  return { ...model, networks: Object.fromEntries(networks) };
}

/** Whether two models learn at the same rates. */
export const hasSameRates = (a: ModelDescription, b: ModelDescription): boolean =>
  JSON.stringify(learningRatesOf(a)) === JSON.stringify(learningRatesOf(b));

/** How many epochs are offered after the last: as many again. */
export const moreEpochs = ({ training: { epochs } }: ModelDescription): number =>
  Math.min(epochs, trainingFields.epochs.max - epochs);

/** The same model with that many more. */
export const withMoreEpochs = (model: ModelDescription): ModelDescription => ({
  ...model,
  training: { ...model.training, epochs: model.training.epochs + moreEpochs(model) },
});

/** Whether a run that is over could go on: by the epochs that are set now, steps are left. */
export const hasStepsLeft = ({ step, stepsPerEpoch }: TrainerStatus, { training }: ModelDescription): boolean =>
  step < training.epochs * stepsPerEpoch;

/** What keeps Train and Step from doing anything: errors in the edited model. A run under way is none of the edits'. */
export const isBlocked = (state: TrainerStatus["state"], model: ModelDescription): boolean =>
  !isRunActive(state) && hasErrors(model);

/** What is told of a run, and of no other than the present one. */
export const OF_A_RUN: ReadonlySet<TrainerEvent["type"]> = new Set([
  "steps",
  "validation",
  "test",
  "answers",
  "cleared",
  "rewound",
]);

/** Whether the model rests, so that it is asked what it makes of samples. */
export const isAsked = (state: TrainerStatus["state"]): boolean =>
  state === "ready" || state === "paused" || state === "diverged" || isRunOver(state);

/** What notices are about that are told of a model, and of no other. */
export const OF_A_MODEL = [
  "dataset",
  "model",
  "memory",
  "non-finite",
  "early-stopping",
  "settings",
  "made-way",
  "kept-run",
  "start",
];

/** What to say where a lost worker's run does not go on.  @param reason the error that ended it, where one did */
export function lostFor(isHopeless: boolean, reason?: string): Said {
  if (reason !== undefined) return say("notice.unexpected", { reason });
  return say(isHopeless ? "train.workerLostAgain" : "train.workerLost");
}

/** What to say where it goes on.  @param from at which step  @param step where it was lost */
export const revivedFrom = (from: number, step: number, reason?: string): Said =>
  say("train.workerRevived", {
    reason: reason ?? say("train.workerSilent"),
    step: from,
    lostSteps: Math.max(0, step - from),
  });
