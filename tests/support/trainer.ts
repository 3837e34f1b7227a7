// A trainer with everything it tells written down.
import { fileSource } from "../../scripts/support/fileSource";
import { startThread } from "../../scripts/support/helperThread";
import type { ByteSource } from "../../src/engine/data";
import type {
  PrepareOptions,
  Score,
  StepBatch,
  TrainerEvent,
  TrainerNotice,
  TrainerState,
  TrainerStatus,
  ValidationMetrics,
} from "../../src/engine/trainer/protocol";
import type { TrainerOptions } from "../../src/engine/trainer/trainer";
import { Trainer } from "../../src/engine/trainer/trainer";

/** On the CPU, with the files of this repository. */
export const onCpu: PrepareOptions = { backend: "cpu", datasetsUrl: "" };

/** What to make a trainer with: no GPU, the files of this repository, threads of Node's and trust in adapters unless told
 *  otherwise. */
interface RecordingOptions extends Partial<Omit<TrainerOptions, "openSource">> {
  readonly source?: ByteSource;
}

/** One step out of a {@link StepBatch}. */
export interface ToldStep {
  readonly step: number;
  readonly epoch: number;
  readonly elapsedMs: number;
  readonly values: Score;
}

/** The steps of a batch of them, one by one. */
export const stepsOf = ({ first, count, stepsPerEpoch, elapsedMs, values }: StepBatch): ToldStep[] =>
  Array.from({ length: count }, (_, i) => ({
    step: first + i,
    epoch: (first + i) / stepsPerEpoch,
    elapsedMs: elapsedMs[i] ?? NaN,
    values: Object.fromEntries(Object.entries(values).map(([id, column]) => [id, column[i] ?? NaN])),
  }));

/** Events as they come, and by kind. */
export class Recording {
  readonly trainer: Trainer;
  readonly events: TrainerEvent[] = [];
  /** Called with every event, after it is written down. */
  onEvent: (event: TrainerEvent) => void = () => {};

  constructor({ gpu, source = fileSource, startHelper = startThread, store }: RecordingOptions = {}) {
    this.trainer = new Trainer({ gpu, openSource: () => source, startHelper, ...(store && { store }) });
    this.trainer.listen((event) => {
      this.events.push(event);
      this.onEvent(event);
    });
  }

  /** States in the order they were entered, each once in a row. */
  get states(): TrainerState[] {
    return this.statuses.map(({ state }) => state).filter((state, i, all) => state !== all[i - 1]);
  }

  get statuses(): TrainerStatus[] {
    return this.events.flatMap((event) => (event.type === "status" ? [event.status] : []));
  }

  get status(): TrainerStatus {
    const last = this.statuses.at(-1);
    if (!last) throw new Error("the trainer has not said anything yet");
    return last;
  }

  /** All steps told, one after the other. */
  get steps(): ToldStep[] {
    return this.events.flatMap((event) => (event.type === "steps" ? stepsOf(event.steps) : []));
  }

  get losses(): number[] {
    return this.steps.map(({ values }) => values["loss"] ?? NaN);
  }

  /** The losses on the samples held out. */
  get validationLosses(): number[] {
    return this.validations.map(({ values }) => values["loss"] ?? NaN);
  }

  get validations(): ValidationMetrics[] {
    return this.events.flatMap((event) => (event.type === "validation" ? [event.metrics] : []));
  }

  get tests(): Score[] {
    return this.events.flatMap((event) => (event.type === "test" ? [event.score] : []));
  }

  get notices(): TrainerNotice[] {
    return this.events.flatMap((event) => (event.type === "notice" ? [event.notice] : []));
  }

  /** Forgets what was said so far. */
  clear(): void {
    this.events.length = 0;
  }

  /** Resolves once `condition` holds after an event. */
  async until(condition: (recording: Recording) => boolean): Promise<void> {
    if (condition(this)) return;
    const before = this.onEvent;
    await new Promise<void>((resolve) => {
      this.onEvent = (event) => {
        before(event);
        if (condition(this)) resolve();
      };
    });
    this.onEvent = before;
  }
}
