// A trainer with everything it tells written down.
import { fileSource } from "../../scripts/support/fileSource";
import { startThread } from "../../scripts/support/helperThread";
import "./lentData";
import type { ByteSource } from "../../src/engine/data";
import type {
  BackendReport,
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
import { english } from "../../src/engine/words/said";

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

/** What is said in English under another name. */
type InEnglish<T, Said extends keyof T, Text extends string> = Omit<T, Said> & { readonly [K in Text]: string };
type StatusInEnglish = Omit<TrainerStatus, "backend"> & {
  readonly backend: InEnglish<BackendReport, "reason", "reason"> | null;
};

/** Events as they come, and by kind; what is said, in English. */
export class Recording {
  readonly trainer: Trainer;
  readonly events: TrainerEvent[] = [];
  /** Called with every event, after it is written down. */
  onEvent: (event: TrainerEvent) => void = () => {};

  constructor({ gpu, source = fileSource, startHelper = startThread, store, build }: RecordingOptions = {}) {
    this.trainer = new Trainer({
      gpu,
      openSource: () => source,
      startHelper,
      ...(store && { store }),
      ...(build && { build }),
    });
    this.trainer.listen((event) => {
      this.events.push(event);
      this.onEvent(event);
    });
  }

  /** States in the order they were entered, each once in a row. */
  get states(): TrainerState[] {
    return this.statuses.map(({ state }) => state).filter((state, i, all) => state !== all[i - 1]);
  }

  get statuses(): StatusInEnglish[] {
    return this.events.flatMap((event) => {
      if (event.type !== "status") return [];
      const { backend } = event.status;
      return [{ ...event.status, backend: backend && { ...backend, reason: english(backend.reason) } }];
    });
  }

  get status(): StatusInEnglish {
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

  get notices(): InEnglish<TrainerNotice, "said", "message">[] {
    return this.events.flatMap((event) => {
      if (event.type !== "notice") return [];
      const { said, ...notice } = event.notice;
      return [{ ...notice, message: english(said) }];
    });
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
