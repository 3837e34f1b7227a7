/** The page's end of the line to the training worker. It starts the worker and types what is said; what to say when is
 *  `session.ts`'s business. */
import * as Comlink from "comlink";
import { type Said, say, type TrainerControls, type TrainerEvent } from "../../src/engine";

/** The trainer's controls as they look from this side, where every call takes time. */
export type TrainerClient = Comlink.Remote<TrainerControls>;

let current: TrainerClient | null = null;

/** The trainer that is there now; null before it is started. */
export const currentTrainer = (): TrainerClient | null => current;

/** Starts the worker.
 *  @param onEvent hears everything the trainer says  @param onFailure hears that the worker itself broke, and why */
export function startTrainer(
  onEvent: (event: TrainerEvent) => void,
  onFailure: (reason: Said | string) => void,
): TrainerClient {
  const worker = new Worker(new URL("../../src/engine/trainer/worker.ts", import.meta.url), {
    type: "module",
    name: "trainer",
  });
  worker.addEventListener("error", (event) => onFailure(event.message || say("train.scriptNotLoaded")));
  worker.addEventListener("messageerror", () => onFailure(say("train.messageNotRead")));
  const trainer = Comlink.wrap<TrainerControls>(worker);
  void trainer.listen(Comlink.proxy(onEvent));
  current = trainer;
  return trainer;
}
