/** The training worker: the trainer behind Comlink. It starts itself, since a worker is its entry module. */
import * as Comlink from "comlink";
import { onPulse } from "../backend/pulse";
import { defaultGpu } from "../backend/webgpu/adapter";
import { httpSource } from "../data";
import { findOwnDataset } from "../data/openOwn";
import { memoryStore, openDeviceStore } from "../device/deviceStore";
import { memoryOf } from "../train/snapshot";
import type { MadeDataset } from "../data/ownData";
import type { Said } from "../words/said";
import { Brought } from "./brought";
import { openRuns } from "./openRuns";
import type { Answers, BroughtControls, Kept, SampleColumns, SampleSet, ScoredSplit, TrainerEvent } from "./protocol";
import { KeepingTrainer } from "./keepingTrainer";
import type { TrialControls, TrialHost } from "./trialsProtocol";

/** A larger state is not copied to the page every few seconds. */
const MAX_KEPT_BYTES = 256 * 2 ** 20;

/** What answers are handed over in: they are made for the receiver, and not read here again. */
const buffersOf = ({ rows, labels, outputs, losses }: Answers): ArrayBuffer[] =>
  [rows, labels, outputs, losses].map(({ buffer }) => buffer);

/** A trainer that hands copies over to the page, which costs the page no time, however large they are. */
class WorkerTrainer extends KeepingTrainer implements TrialHost, BroughtControls {
  /** For a worker that is started for them, and trains nothing else. */
  async trials(): Promise<TrialControls> {
    const { Trials } = await import("./trials");
    return Comlink.proxy(new Trials(surroundings));
  }

  readonly #brought = new Brought();

  async bring(made: MadeDataset): Promise<void> {
    this.#brought.take(made);
  }

  keepBrought(id: string): Promise<Said | null> {
    return this.#brought.keep(id);
  }

  override listen(listener: (event: TrainerEvent) => void): void {
    super.listen((event) => {
      if (event.type === "answers") listener(Comlink.transfer(event, buffersOf(event.answers)));
      else listener(event);
    });
  }

  override async answers(split: ScoredSplit): ReturnType<KeepingTrainer["answers"]> {
    const told = await super.answers(split);
    return told && Comlink.transfer(told, buffersOf(told.answers));
  }

  override async samples(of: SampleSet, rows: Uint32Array): Promise<SampleColumns | null> {
    const columns = await super.samples(of, rows);
    return (
      columns &&
      Comlink.transfer(
        columns,
        Object.values(columns).map(({ values }) => values.buffer),
      )
    );
  }

  override async keep(keeper: (kept: Kept) => void): Promise<void> {
    await super.keep((kept) => {
      const arrays = Object.values(kept.snapshot.tensors);
      if (arrays.reduce((total, { byteLength }) => total + byteLength, 0) > MAX_KEPT_BYTES) return;
      const copy = structuredClone(kept);
      keeper(Comlink.transfer(copy, memoryOf(copy.snapshot, copy.books.best.snapshot)));
    });
  }
}

// The built script's address has a hash of all its code in it, the kernels' texts included. While developing it has none, and
// what is learned of one text must not be believed of the next.
const store = import.meta.env.DEV ? memoryStore() : openDeviceStore(`${navigator.userAgent} ${import.meta.url}`);

const build = new URL(import.meta.url).pathname.split("/").at(-1) ?? "";

// Whoever waits for an answer takes any message for a sign of life, and a number for the silence that follows.
onPulse((silenceMs) => self.postMessage(silenceMs));

const surroundings = {
  gpu: defaultGpu(),
  openSource: httpSource,
  findOwn: findOwnDataset,
  store,
  build,
  openRuns,
};
Comlink.expose(new WorkerTrainer(surroundings));
