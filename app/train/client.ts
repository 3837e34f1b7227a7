/** The page's connection to the training worker. It starts the worker, types what is said, and notices when nobody
 *  answers any more; what to do then is `session.ts`'s business. */
import * as Comlink from "comlink";
import {
  type BroughtControls,
  type Kept,
  type RunControls,
  type Said,
  say,
  type TrainerControls,
  type TrainerEvent,
} from "../../src/engine";
import { tell } from "../common/words";
import { isRunActive, type RunOn, useRun } from "../store/run";

/** The trainer's controls as they look from this side, where every call takes time. */
export type TrainerClient = Comlink.Remote<TrainerControls & RunControls & BroughtControls>;

/** Who hears of the worker. */
export interface WorkerListener {
  event(event: TrainerEvent): void;
  /** A copy of the run's state, for when the worker is lost. */
  kept(kept: Kept): void;
  /** It did not come to life, and why. */
  unborn(reason: Said | string): void;
  /** An error came out of it that it went on after. */
  stumbled(reason: Said | string): void;
  /** It answers no more, or broke down in a run, and is gone. @param reason what it said last, if it did */
  lost(reason?: string): void;
}

/** How often it is asked whether it is there, and after how many questions it is taken for lost if it said nothing at all. They
 *  are counted, because a machine that slept has not waited. While it computes it hears no questions, but sends signs of life:
 *  bare numbers, of milliseconds that a kernel may take before it sends the next one. */
const BEAT_MS = 3000;
/** For how long its script may take to come, on the slowest of lines. */
const BIRTH_MS = 60_000;
const MAX_UNANSWERED = 5;

/** Where the worker finds datasets. */
const datasetsUrl = (): string => new URL("datasets/", document.baseURI).href;

/** On what models are trained, and where their data are. */
export const surroundings = (): RunOn & { readonly datasetsUrl: string } => ({
  ...useRun.getState().runOn,
  datasetsUrl: datasetsUrl(),
});

let current: TrainerClient | null = null;

/** The trainer that is there now; null before it is started, and where it did not come to life. */
export const currentTrainer = (): TrainerClient | null => current;

/** Starts the worker. */
export function startTrainer(listener: WorkerListener): TrainerClient {
  const worker = new Worker(new URL("../../src/engine/trainer/worker.ts", import.meta.url), {
    type: "module",
    name: "trainer",
  });
  const trainer = Comlink.wrap<TrainerControls & RunControls & BroughtControls>(worker);
  let isAlive = false;
  let isGone = false;
  const giveUp = (reason: Said | string): void => {
    if (isGone) return;
    isGone = true;
    clearTimeout(birth);
    worker.terminate();
    if (current === trainer) current = null;
    listener.unborn(reason);
  };
  const birth = setTimeout(() => giveUp(say("train.workerLate", { seconds: BIRTH_MS / 1000 })), BIRTH_MS);
  const hearError = (reason: Said | string): void => {
    if (isAlive) listener.stumbled(reason);
    else giveUp(reason);
  };
  worker.addEventListener("error", (event) => hearError(event.message || say("train.scriptNotLoaded")));
  worker.addEventListener("messageerror", () => hearError(say("train.messageNotRead")));
  void trainer.keep(Comlink.proxy((kept: Kept) => listener.kept(kept)));
  let unwatch = (): void => {};
  const lose = (reason?: string): void => {
    if (isGone) return;
    isGone = true;
    unwatch();
    worker.terminate();
    listener.lost(reason);
  };
  const hear = (event: TrainerEvent): void => {
    if (isGone) return;
    const reason = breakdownIn(event);
    if (reason === undefined) listener.event(event);
    else lose(reason);
  };
  void trainer.listen(Comlink.proxy(hear)).then(() => {
    isAlive = true;
    clearTimeout(birth);
    unwatch = watch(worker, trainer, lose);
  });
  current = trainer;
  return trainer;
}

/** What ended a run that nobody foresaw, such as memory that the browser refused. Another worker has its own; a copy of the run
 *  is here. */
function breakdownIn(event: TrainerEvent): string | undefined {
  if (event.type !== "notice" || !isRunActive(useRun.getState().status.state)) return undefined;
  const { code, severity, said } = event.notice;
  if (code !== "internal" || severity !== "error") return undefined;
  const reason = said.values?.["reason"];
  return typeof reason === "string" ? reason : tell(said);
}

/** Asks a worker now and then whether it is there. @returns what ends that */
export function watch(worker: Worker, trainer: { answer(): Promise<void> }, onLost: () => void): () => void {
  let unanswered = 0;
  let announced = 0;
  worker.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
    unanswered = 0;
    announced = typeof data === "number" ? Math.ceil(data / BEAT_MS) : 0;
  });
  const timer = setInterval(() => {
    if (unanswered >= MAX_UNANSWERED + announced) {
      clearInterval(timer);
      onLost();
      return;
    }
    unanswered++;
    void trainer.answer();
  }, BEAT_MS);
  return () => clearInterval(timer);
}
