/** The run as the page knows it: what the trainer last said, what it was asked to train, and what the visitor should
 *  hear. Lives as long as the page; nothing here is undone or remembered. */
import { create } from "zustand";
import type {
  ModelDescription,
  Predictions,
  PrepareOptions,
  Said,
  TrainerNotice,
  TrainerState,
  TrainerStatus,
} from "../../src/engine";

/** Something to tell the visitor, until it is dismissed or, where it only answers what was pressed, was there to read. */
export interface PageNotice {
  readonly id: number;
  readonly severity: TrainerNotice["severity"];
  /** What it is about; a new one about the same thing takes the old one's place. */
  readonly topic: string;
  readonly said: Said;
  /** It tells what came about by itself, perhaps while nobody looked. */
  readonly stays?: true;
  readonly canRetry: boolean;
  /** The step from which training can go on with lower rates, where that is offered. */
  readonly resumeStep?: number;
  /** A run that is kept, with which training can go on. */
  readonly keptRun?: { readonly id: string; readonly step: number };
  /** What else can be done about it, at the press of a button. */
  readonly action?: { readonly label: Said; readonly run: () => void };
}

/** What the visitor chose to train on. */
export type RunOn = Pick<PrepareOptions, "backend" | "threads" | "tune">;

interface RunState {
  readonly runOn: RunOn;
  readonly status: TrainerStatus;
  /** What the trainer has, or is preparing. */
  readonly prepared: ModelDescription | null;
  /** Train was pressed, and waits for the preparation to end. */
  readonly isTrainWanted: boolean;
  /** Train was pressed after the last epoch, and there is a choice to make. */
  readonly isChoiceOffered: boolean;
  readonly notices: readonly PageNotice[];
  readonly predictions: Predictions | null;
}

/** Before the trainer has said anything. */
export const emptyStatus: TrainerStatus = {
  state: "empty",
  step: 0,
  stepsPerEpoch: 0,
  totalSteps: 0,
  epoch: 0,
  epochs: 0,
  epochMean: null,
  validation: null,
  test: null,
  learningRates: {},
  samplesPerSecond: 0,
  elapsedMs: 0,
  remainingMs: null,
  backend: null,
  memory: null,
  phase: null,
  loading: null,
};

export const useRun = create<RunState>()(() => ({
  runOn: { backend: "auto" },
  status: emptyStatus,
  prepared: null,
  isTrainWanted: false,
  isChoiceOffered: false,
  notices: [],
  predictions: null,
}));

let nextNoticeId = 1;

/** Tells the visitor something. */
export function notify(notice: Omit<PageNotice, "id" | "canRetry"> & { readonly canRetry?: boolean }): void {
  const added: PageNotice = { canRetry: false, ...notice, id: nextNoticeId++ };
  useRun.setState(({ notices }) => ({
    notices: [...notices.filter(({ topic }) => topic !== added.topic), added],
  }));
}

/** Takes a notice away. */
export function dismissNotice(id: number): void {
  useRun.setState(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) }));
}

/** Takes away what was said about a topic. */
export function dismissTopic(topic: string): void {
  const { notices } = useRun.getState();
  if (notices.some((notice) => notice.topic === topic)) {
    useRun.setState({ notices: notices.filter((notice) => notice.topic !== topic) });
  }
}

/** Whether weights have been trained that a new preparation would throw away. */
export const isRunActive = (state: TrainerState): boolean =>
  isRunOpen(state) || state === "scoring" || state === "tracing" || state === "diverged";
/** Whether there is a run that can be stopped. */
export const isRunOpen = (state: TrainerState): boolean => state === "running" || state === "paused";
/** Whether the run is over, with a test score. */
export const isRunOver = (state: TrainerState): boolean => state === "finished" || state === "stopped";

export const takeBackendChoice = ({ runOn }: RunState): RunOn["backend"] => runOn.backend;
export const takeThreads = ({ runOn }: RunState): number | null => runOn.threads ?? null;
export const takeStatus = ({ status }: RunState): TrainerStatus => status;
export const takeState = ({ status }: RunState): TrainerState => status.state;
export const takeBackend = ({ status }: RunState): TrainerStatus["backend"] => status.backend;
export const takeMemory = ({ status }: RunState): TrainerStatus["memory"] => status.memory;
export const takeTest = ({ status }: RunState): TrainerStatus["test"] => status.test;
export const takePrepared = ({ prepared }: RunState): ModelDescription | null => prepared;
export const takeIsTrainWanted = ({ isTrainWanted }: RunState): boolean => isTrainWanted;
export const takeIsChoiceOffered = ({ isChoiceOffered }: RunState): boolean => isChoiceOffered;
export const takeNotices = ({ notices }: RunState): readonly PageNotice[] => notices;
export const takePredictions = ({ predictions }: RunState): Predictions | null => predictions;
