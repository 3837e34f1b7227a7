/** A trainer of its own that looks at checkpoints of kept runs, while the page's goes on with what it does. It never trains, and
 *  nothing of it is kept. */
import * as Comlink from "comlink";
import { openRuns, type RunControls, type TrainerControls, type TrainerEvent } from "../../src/engine";
import { tell } from "../common/words";
import { surroundings } from "./client";

type Viewed = Comlink.Remote<TrainerControls & RunControls>;

/** Looks at one checkpoint after the other, on the CPU, whatever the page trains on. */
export class CheckpointViewer {
  readonly #worker: Worker;
  readonly #trainer: Viewed;
  readonly #failed: Promise<never>;
  #problem = "";
  #last: Promise<unknown> = Promise.resolve();

  constructor() {
    this.#worker = new Worker(new URL("../../src/engine/trainer/worker.ts", import.meta.url), {
      type: "module",
      name: "viewer",
    });
    this.#trainer = Comlink.wrap<TrainerControls & RunControls>(this.#worker);
    this.#failed = new Promise((_, reject) =>
      this.#worker.addEventListener("error", ({ message }) => reject(new Error(message))),
    );
    this.#failed.catch(() => {});
    const hear = (event: TrainerEvent): void => {
      if (event.type === "notice" && event.notice.severity !== "info") this.#problem = tell(event.notice.said);
    };
    void this.#trainer.listen(Comlink.proxy(hear));
  }

  /** Brings the model of a run's checkpoint back and looks at it, after whatever it looks at already.
   *  @param step of the checkpoint  @param look what is asked of it  @throws Error where it cannot be had, with the reason */
  at<T>(run: string, step: number, look: (trainer: Viewed) => Promise<T>): Promise<T> {
    const next = this.#last.then(() => Promise.race([this.#failed, this.#look(run, step, look)]));
    this.#last = next.catch(() => {});
    return next;
  }

  async #look<T>(run: string, step: number, look: (trainer: Viewed) => Promise<T>): Promise<T> {
    const store = await openRuns();
    const found = (await store.checkpoints(run)).toSorted((a, b) => b.at - a.at).find((info) => info.step === step);
    if (!found) throw new Error(`Viewer: expected a checkpoint of step ${step}, got none.`);
    const { datasetsUrl } = surroundings();
    this.#problem = "";
    const bytes = await store.bytesOf(found);
    const options = { backend: "cpu", threads: 1, datasetsUrl } as const;
    const resumed = await this.#trainer.resume(Comlink.transfer(bytes, [bytes.buffer]), options);
    if (!resumed) throw new Error(this.#problem || `Viewer: expected the checkpoint of step ${step} to be read.`);
    return await look(this.#trainer);
  }

  /** Ends it, and whatever it looks at. */
  close(): void {
    this.#worker.terminate();
  }
}
