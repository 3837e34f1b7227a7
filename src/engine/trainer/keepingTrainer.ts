/** A trainer whose runs are kept, and go on from what is kept of them. */
import type { ModelDescription } from "../model/description";
import type { Kept } from "../train/kept";
import { DescentError, FileError } from "../errors";
import { say } from "../words/said";
import type { Past } from "../train/batches";
import type { Snapshot } from "../train/snapshot";
import { RunKeeper } from "./keeper";
import { type CheckpointInfo, newestFirst, type RunStore } from "./keptRuns";
import { failureNotice } from "./notices";
import type { PrepareOptions, Resumed, RunControls, TrainerEvent } from "./protocol";
import { Trainer, type TrainerOptions } from "./trainer";

/** States of a run that are read at a time. */
const MAX_SNAPSHOTS = 40;

/** What it needs more. */
export interface KeepingOptions extends TrainerOptions {
  /** Opens the store, when there is something to keep. */
  readonly openRuns: () => Promise<RunStore>;
}

/** {@link Trainer}, with a {@link RunKeeper} that hears what its listener hears. */
export class KeepingTrainer extends Trainer implements RunControls {
  readonly keeper: RunKeeper;
  #listener: (event: TrainerEvent) => void = () => {};

  constructor(options: KeepingOptions) {
    super(options);
    this.keeper = new RunKeeper(
      {
        settings: () => this.settings,
        filing: (kept) => this.filing(kept),
        warn: (said) => this.#listener({ type: "notice", notice: { severity: "warning", code: "storage", said } }),
        recorded: (id) => this.#listener({ type: "recorded", id }),
      },
      options.openRuns,
    );
  }

  override listen(listener: (event: TrainerEvent) => void): void {
    this.#listener = listener;
    super.listen((event) => {
      this.keeper.hear(event);
      listener(event);
    });
  }

  override async keep(keeper: (kept: Kept) => void): Promise<void> {
    await super.keep((kept) => {
      this.keeper.keep(kept);
      keeper(kept);
    });
  }

  async resumeRun(id: string, options: PrepareOptions, step?: number, isFork = false): Promise<Resumed | null> {
    try {
      const store = await this.keeper.store();
      if (!store) return null;
      // Another thread may have it; what this one has is written first.
      await this.keeper.flush();
      const [run, checkpoints] = await Promise.all([store.run(id), store.checkpoints(id)]);
      const newest = checkpoints.toSorted(newestFirst);
      const found = step === undefined ? newest[0] : newest.find((info) => info.step === step);
      if (!run || !found) throw new FileError(say("checkpoint.gone"));
      const bytes = await bytesOf(store, found);
      return await this.resume(bytes, options, async () => {
        // What the run before still does is its own.
        await this.pause();
        await this.keeper.takeUp(run, store, found.step, !isFork && found === newest[0]);
      });
    } catch (error) {
      this.#listener({ type: "notice", notice: failureNotice(error) });
      return null;
    }
  }

  async revive(id: string, description: ModelDescription, options: PrepareOptions, from: Kept): Promise<void> {
    await this.prepare(description, options, from, async () => {
      const store = await this.keeper.store();
      // Whatever storage does, training goes on.
      const run = await store?.run(id).catch(() => undefined);
      if (store && run) await this.keeper.takeUp(run, store, from.snapshot.step, true, true);
    });
  }

  async saveRun(): Promise<Blob | null> {
    try {
      const file = await this.checkpoint();
      const record = this.keeper.record();
      if (!file || !record) return null;
      const { packRun } = await import("./runFile");
      return await packRun(...record, file);
    } catch (error) {
      this.#listener({ type: "notice", notice: failureNotice(error) });
      return null;
    }
  }

  protected override past(): Past {
    return { ...super.past(), snapshots: () => this.#keptSnapshots() };
  }

  /** The states of the run that are kept, as many as {@link MAX_SNAPSHOTS}, evenly over its steps. */
  async #keptSnapshots(): Promise<Snapshot[]> {
    const store = await this.keeper.store();
    await this.keeper.flush();
    const { id } = this.keeper;
    if (!store || id === undefined) return [];
    const all = (await store.checkpoints(id)).toSorted((a, b) => a.step - b.step);
    const apart = all.filter(({ step }, i) => i === 0 || step !== all[i - 1]?.step);
    const every = Math.max(1, (apart.length - 1) / (MAX_SNAPSHOTS - 1));
    const { readCheckpoint } = await import("../io/checkpoint");
    const snapshots: Snapshot[] = [];
    for (let i = 0; i < Math.min(MAX_SNAPSHOTS, apart.length); i++) {
      const info = apart[Math.round(i * every)];
      // One that was given up meanwhile is left out.
      const bytes = info && (await store.bytesOf(info).catch(() => undefined));
      if (bytes) snapshots.push({ step: info.step, tensors: (await readCheckpoint(bytes)).tensors });
    }
    return snapshots;
  }

  override async dispose(): Promise<void> {
    await this.keeper.flush();
    await super.dispose();
  }
}

async function bytesOf(store: RunStore, info: CheckpointInfo): Promise<Uint8Array> {
  try {
    return await store.bytesOf(info);
  } catch (error) {
    if (error instanceof DescentError) throw error;
    throw new FileError(say("checkpoint.gone"));
  }
}
