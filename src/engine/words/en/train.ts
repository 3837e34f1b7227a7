/** English: training as the page controls and tells it. */
import { formats, inSentence } from "./formats";

const { count, list, plural } = formats;

/** Where a run goes on, and what is not as it was. */
type Resumption = { readonly step: number; readonly differences: readonly string[] };

/** Why and where a run goes on in another worker. */
type Revival = { readonly reason: string; readonly step: number; readonly lostSteps: number };

/** Controls, status and machine. */
export const train = {
  transport: "Transport",
  run: "Run",
  start: "Train",
  pause: "Pause",
  reset: "Reset",
  resetHelp: "back to the same initial weights",
  step: "Step",
  stepHelp: "train on one batch",
  stop: "Stop",
  stopHelp: "end the run and score it on the test set",
  control: ({ label, help }: { readonly label: string; readonly help: string }) => `${label}: ${help}`,
  blocked: ({ problem }: { readonly problem: string }) => `Cannot train: ${problem}`,
  editBlocked: ({ problem }: { readonly problem: string }) => `The edited model cannot be trained: ${problem}`,
  andMore: ({ problem, more }: { readonly problem: string; readonly more: number }) =>
    `${problem} (and ${count(more)} more)`,
  resultsBeforeEdits: "The results are those before your edits. Train starts a new run.",
  editedSince: "The model was edited after this run began.",
  applyAndRestart: "Apply and restart",
  continueLower: ({ step }: { readonly step: number }) => `Continue with a tenth of the rate from step ${count(step)}`,
  diverged: "Train goes on from where the model last did well, at a lower rate.",
  afterEnd: "After the last epoch",
  trainOn: ({ more }: { readonly more: number }) =>
    `Train ${plural(more, { one: "more epoch", other: "more epochs" })}`,
  startOver: "Start over",
  madeWay: ({ old, step, chosen }: { readonly old: string; readonly step: number; readonly chosen: string }) =>
    `The run of ${old} ended at step ${count(step)}, because ${chosen} was chosen.`,
  runKept: ({
    name,
    step,
    totalSteps,
  }: {
    readonly name: string;
    readonly step: number;
    readonly totalSteps: number;
  }) => `The run of ${name} was kept after step ${count(step)} of ${count(totalSteps)}.`,
  resumeAt: ({ step }: { readonly step: number }) => `Resume at step ${count(step)}`,
  maybeOtherBits: ({ step, differences }: Resumption) =>
    `The run goes on from step ${count(step)}, with ${list(differences)}: its numbers may differ in the last digits.`,
  otherBits: ({ step, differences }: Resumption) =>
    `The run goes on from step ${count(step)}, with ${list(differences)}: its numbers will differ in the last digits.`,
  resumedAsFork: "Another tab has this run in hand, so it goes on here as a fork, which is a run of its own.",
  /** `reason` is an error's own text. */
  notResumed: ({ reason }: { readonly reason: string }) => `The run could not be read (${reason}).`,
  workerUnborn: ({ reason }: { readonly reason: string }) =>
    `The training worker could not start: ${reason}. Retry starts another; the model is kept.`,
  workerLate: ({ seconds }: { readonly seconds: number }) => `it did not come within ${count(seconds)} seconds`,
  /** It goes on. */
  workerStumbled: ({ reason }: { readonly reason: string }) => `An error in the training worker: ${reason}`,
  workerLost: "The training worker no longer answered, so it was started anew.",
  workerLostAgain:
    "The training worker stopped answering twice at the same step. Make the model or its batch smaller, or reload the page.",
  workerSilent: "it no longer answered",
  /** `reason` is a clause, or an error's own text. */
  workerRevived: ({ reason, step, lostSteps }: Revival) =>
    `The training worker was started anew (${reason.replace(/\.$/, "")}). ` +
    `The run goes on from step ${count(step)}; ${plural(lostSteps, { one: "step was", other: "steps were" })} lost.`,
  scriptNotLoaded: "its script could not be loaded",
  messageNotRead: "a message could not be read",
  profileTaken: "The profile is there",
};

/** Where a run is, and its figures. */
export const status = {
  title: "Training status",
  empty: "Starting",
  preparing: "Preparing",
  ready: "Ready",
  running: "Training",
  paused: "Paused",
  scoring: "Scoring",
  tracing: "Finding the cause",
  diverged: "Diverged",
  finished: "Finished",
  stopped: "Stopped",
  failed: "Not ready",
  blocked: "Blocked",
  testing: "Testing kernels",
  compiling: "Compiling the model",
  loading: ({ percent }: { readonly percent: number }) => `Loading data ${count(percent)}%`,
  waiting: "Waiting for data",
  waitingFor: ({ percent }: { readonly percent: number }) => `Waiting for data ${count(percent)}%`,
  epoch: "Epoch",
  step: "Step",
  validation: "Validation",
  mean: ({ title }: { readonly title: string }) => `${title}, mean`,
  meanOf: ({ first, last }: { readonly first: number; readonly last: number }) =>
    `Mean over this epoch's samples, steps ${count(first)} to ${count(last)}`,
  speed: "samples/s",
  elapsed: "Elapsed",
  left: "Left",
  memory: "Memory",
  backend: "Backend",
  outOf: ({ done, all }: { readonly done: number; readonly all: number }) => `${count(done)} / ${count(all)}`,
  data: "Data",
  percentLoaded: ({ percent }: { readonly percent: number }) => `${count(percent)}% loaded`,
  epochOf: ({ done, all }: { readonly done: number; readonly all: number }) => `${count(done)} of ${count(all)}`,
  notStarted: "not started",
  /** Read out at the end of an epoch. */
  validated: ({ epoch, numbers }: { readonly epoch: number; readonly numbers: readonly string[] }) =>
    `Epoch ${count(epoch)}: validation ${list(numbers)}`,
  score: ({ title, value }: { readonly title: string; readonly value: string }) => `${inSentence(title)} ${value}`,
  /** In the title of the tab. */
  runningTitle: ({ percent }: { readonly percent: number }) => `${count(percent)}% · Descent`,
  scoredTitle: ({ title, value }: { readonly title: string; readonly value: string }) => `${title} ${value} · Descent`,
};

/** What trains, and how much of it. */
export const machine = {
  noBackend: "No backend",
  startingCpu: "Starting the CPU",
  lookingForGpu: "Looking for a GPU",
  webgpu: "WebGPU",
  cpu: "CPU",
  badge: ({ adapter, reason }: { readonly adapter: string; readonly reason: string }) => `${adapter}. ${reason}`,
  badgeLabel: ({ backend, adapter, reason }: Record<"backend" | "adapter" | "reason", string>) =>
    `Backend: ${backend}, ${adapter}. ${reason}`,
  backendOn: ({ backend, adapter }: { readonly backend: string; readonly adapter: string }) => `${backend}, ${adapter}`,
  notKnownYet: "not known yet",
  dataset: "Dataset",
  parameters: "Parameters",
  optimizer: "Optimizer state",
  training: "Training step",
  scoring: "Scoring",
  bookkeeping: "Bookkeeping",
  memoryInAll: "Memory in all",
  threads: "CPU threads",
  threadsHelp:
    "How many threads share the work. The results are the same to the bit; more than the machine has cores only slow it down.",
  automaticThreads: "Automatic",
};
