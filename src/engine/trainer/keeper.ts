/** Keeps the run that is trained: what is told of it, its curves, and checkpoints now and then. It only watches. Whatever storage
 *  does, training goes on: the first failure is told once, and nothing more is written of this visit; the run can still be saved. */
import type { ModelDescription } from "../model/description";
import type { Kept } from "../train/kept";
import { createMetricLog, type LogDump } from "../train/metricLog";
import { type EngineKey, type Said, say } from "../words/said";
import { bytesIn, checkpointId, type KeptRun, type RunEvent, type RunStore } from "./keptRuns";
import type { StepBatch, TrainerEvent, TrainerState, TrainerStatus, ValidationMetrics } from "./protocol";
import { lockRun } from "./runLock";
import { addValidation, CAPACITY, type Copy, fileFrom, type Filing, recordOf, type RunInHand } from "./runRecord";
import { makeRoom } from "./runRoom";

/** Between two checkpoints of a run, and between two writings of what is told of it. */
const CHECKPOINT_MS = 15_000;
/** A young run has more to lose by a checkpoint that is so long ago: at first they follow each other after half of its time,
 *  until writing them has taken so long. */
const YOUNG_SHARE = 0.5;
const YOUNG_MS = 1000;
const RECORD_MS = 5000;
/** Ends of epochs, and best validations among them, may follow each other faster than they are worth writing: the longer a run has
 *  been going, by this share of its time. */
const MIN_MS = 300;
const MIN_SHARE = 1 / 200;
/** Of the time that training takes, writing may take this share. */
const SHARE = 0.01;
const MAX_EVENTS = 200;

/** What a keeper asks of the trainer that it watches. */
export interface Watched {
  /** How the run trains now; undefined without a model. */
  settings(): ModelDescription | undefined;
  /** What makes a file of a copy of the model there is now, whatever takes its place meanwhile; undefined without one. */
  filing(kept: Kept): Filing | undefined;
  /** Tells the visitor. */
  warn(said: Said<EngineKey>): void;
  /** Tells the page which run is kept. */
  recorded(id: string): void;
}

/** States in which nothing is under way that the next copy would have more of. */
const RESTING: ReadonlySet<TrainerState> = new Set(["paused", "finished", "stopped", "diverged"]);
/** States that say nothing of the run before. */
const ELSEWHERE: ReadonlySet<TrainerState> = new Set(["empty", "preparing", "ready", "failed"]);

/** Whether a database that was open is no more: browsers close what they, or the visitor, clear. */
const isGone = (error: unknown): boolean => error instanceof DOMException && error.name === "InvalidStateError";

/** Watches a trainer. Its checkpoints are those of the start, of every pause and end, of best validations, of the ends of epochs, and
 *  in between one every so often. */
export class RunKeeper {
  readonly #watched: Watched;
  readonly #open: () => Promise<RunStore>;
  #store: Promise<RunStore> | undefined;
  #isOff = false;
  #current: RunInHand | undefined;
  #status: TrainerStatus | undefined;
  /** What is not written yet. */
  #isDirty = false;
  /** It has trained since it was last written. */
  #hasTrained = false;
  #pending: Copy | undefined;
  #pendingBest: Copy | undefined;
  #pendingEpoch: Copy | undefined;
  #writing: Promise<void> = Promise.resolve();
  #jobs = 0;
  #writtenAt = -Infinity;
  #recordedAt = -Infinity;
  #writeMs = 0;
  /** Of this run. */
  #spentMs = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param open the store, which is asked for when there is something to keep */
  constructor(watched: Watched, open: () => Promise<RunStore>) {
    this.#watched = watched;
    this.#open = open;
  }

  /** The run that is kept now. */
  get id(): string | undefined {
    return this.#current?.id;
  }

  /** What is known of the run in hand, written or not; undefined without one. */
  record = (): ReturnType<typeof recordOf> => this.#current && recordOf(this.#current);

  /** The store; undefined where there is none. */
  async store(): Promise<RunStore | undefined> {
    if (this.#isOff) return undefined;
    try {
      return await (this.#store ??= this.#open());
    } catch (error) {
      this.#giveUp(error);
      return undefined;
    }
  }

  /** Watches what the trainer tells. */
  hear(event: TrainerEvent): void {
    switch (event.type) {
      case "steps":
        this.#hearSteps(event.steps);
        break;
      case "validation":
        this.#hearValidation(event.metrics);
        break;
      case "test":
        if (this.#current) this.#current.test = event.score;
        this.#note("ended");
        break;
      case "cleared":
        this.#leave();
        this.#dropCopies();
        break;
      case "rewound":
        this.#current?.train.rewind(event.step);
        this.#current?.validation.rewind(event.step);
        this.#void(event.step);
        this.#note("rewound");
        break;
      case "by-hand":
        this.#note("by-hand", event.networks.join());
        break;
      case "notice":
        if (event.notice.severity !== "info") this.#note("notice", event.notice.code);
        break;
      case "status":
        this.#hearStatus(event.status);
        break;
      default:
    }
  }

  /** Takes a copy of the run, to write it when it is time. */
  keep(kept: Kept): void {
    const file = this.#isOff ? undefined : this.#watched.filing(kept);
    if (!file) return;
    const isBest = this.#isBest(kept);
    const { step } = kept.snapshot;
    const epoch = step / (this.#status?.stepsPerEpoch ?? NaN);
    const copy = { step, isBest, epoch: Number.isInteger(epoch) ? epoch : undefined, file };
    if (isBest) this.#pendingBest = copy;
    if (copy.epoch !== undefined) this.#pendingEpoch = copy;
    this.#pending = copy;
    this.#plan();
  }

  /** Goes on with a run that is kept, which is then this thread's alone; where another has it, or its later steps are to stay, with
   *  a run that begins where that one was. @param step from which it goes on  @param isLast whether it ended there
   *  @param isOrphan whether the thread that had it is lost */
  async takeUp(kept: KeptRun, store: RunStore, step: number, isLast: boolean, isOrphan = false): Promise<void> {
    // What is in hand already stays so: given up and asked for again, it would still be taken.
    const held = isLast && this.#current?.id === kept.id ? this.#current.release : undefined;
    this.#leave(held !== undefined);
    this.#dropCopies();
    await this.#writing;
    const release = held ?? (isLast ? await lockRun(kept.id, isOrphan) : undefined);
    const curves = await store.curves(kept.id).catch(() => undefined);
    const logOf = (dump?: LogDump) => createMetricLog(Object.keys(dump?.columns ?? {}), CAPACITY);
    const [train, validation] = [logOf(curves?.train), logOf(curves?.validation)];
    try {
      if (curves) train.restore(curves.train);
      if (curves) validation.restore(curves.validation);
    } catch {
      // Of a run without its curves the rest is still worth having.
    }
    for (const log of [train, validation]) log.rewind(step);
    const isOwn = release !== undefined;
    const id = isOwn ? kept.id : crypto.randomUUID();
    const own = {
      id,
      createdAt: isOwn ? kept.createdAt : Date.now(),
      parent: isOwn ? kept.parent : kept.id,
      forkedAt: isOwn ? kept.forkedAt : step,
      release: release ?? (await lockRun(id)) ?? (() => {}),
    };
    const { description, events } = kept;
    this.#current = { ...own, train, validation, events: [...events], test: null, description, status: undefined };
    this.#note("resumed");
    this.#watched.recorded(own.id);
  }

  /** Gives up the checkpoints after a step: their steps are taken back, and nobody may go on from them. */
  #void(step: number): void {
    const { id } = this.#current ?? {};
    if (id === undefined) return;
    this.#dropCopies(step);
    this.#work(async (store) => {
      const later = (await store.checkpoints(id)).filter((info) => info.step > step);
      await store.removeCheckpoints(later.map((info) => info.id));
    });
  }

  #dropCopies(after = -1): void {
    const upTo = (copy: Copy | undefined): Copy | undefined => (copy && copy.step > after ? undefined : copy);
    const [any, best, epoch] = [this.#pending, this.#pendingBest, this.#pendingEpoch].map(upTo);
    [this.#pending, this.#pendingBest, this.#pendingEpoch] = [any, best, epoch];
  }

  /** Writes what is not written. */
  async flush(): Promise<void> {
    this.#write(true);
    await this.#writing;
  }

  #hearSteps(steps: StepBatch): void {
    const told = Object.keys(steps.values);
    // What steps were told of once, and are no more, is not measured from then on.
    const unmeasured = new Float32Array(steps.count).fill(NaN);
    if (!this.#current || !told.every((id) => this.#current?.train.ids.includes(id))) this.#begin(told);
    if (this.#current) this.#current.description = this.#watched.settings() ?? this.#current.description;
    this.#current?.train.append({
      steps: Float64Array.from({ length: steps.count }, (_, i) => steps.first + i),
      elapsedMs: steps.elapsedMs,
      columns: Object.fromEntries(this.#current.train.ids.map((id) => [id, steps.values[id] ?? unmeasured])),
    });
    this.#hasTrained = true;
    this.#touch();
  }

  #hearValidation(metrics: ValidationMetrics): void {
    if (this.#current) addValidation(this.#current, metrics);
    this.#touch();
  }

  #hearStatus(status: TrainerStatus): void {
    const before = this.#status?.state;
    this.#status = status;
    if (!this.#current || ELSEWHERE.has(status.state)) return;
    this.#current.status = status;
    if (before === status.state) return;
    if (status.state === "diverged") this.#void(status.step);
    if (RESTING.has(status.state)) this.#touch();
  }

  #begin(ids: readonly string[]): void {
    this.#leave();
    let release = (): void => {};
    const id = crypto.randomUUID();
    void lockRun(id).then((held) => {
      if (held) release = held;
    });
    this.#current = {
      id,
      createdAt: Date.now(),
      parent: null,
      train: createMetricLog(ids, CAPACITY),
      validation: createMetricLog(ids, CAPACITY),
      events: [],
      test: null,
      description: this.#watched.settings(),
      status: this.#status,
      release: () => release(),
    };
    this.#note("begun");
    if (!this.#isOff) this.#watched.recorded(id);
  }

  /** The run is over for this thread; what is not written of it is written, as it is now. @param isHeld whether nobody else may have it */
  #leave(isHeld = false): void {
    const { release } = this.#current ?? {};
    if (!release) return;
    this.#write(true);
    this.#current = undefined;
    this.#writtenAt = this.#recordedAt = -Infinity;
    this.#spentMs = 0;
    if (!isHeld) void this.#writing.finally(release);
  }

  #note(what: RunEvent["what"], code?: string): void {
    const current = this.#current;
    if (!current) return;
    const event = { step: this.#lastStep(), what, ...(code !== undefined && { code }) };
    current.events = [...current.events.slice(1 - MAX_EVENTS), event];
    this.#touch();
  }

  #lastStep(): number {
    const { train } = this.#current ?? {};
    return train && train.count > 0 ? train.to[train.count - 1]! : 0;
  }

  #touch(): void {
    this.#isDirty = true;
    this.#plan();
  }

  #isBest({ snapshot, books }: Kept): boolean {
    const { stepsPerEpoch } = this.#status ?? {};
    return books.best.epoch > 0 && books.best.epoch * (stepsPerEpoch ?? NaN) === snapshot.step;
  }

  /** Milliseconds between ends of epochs that are written. */
  #apart(): number {
    return Math.max(MIN_MS, (this.#status?.elapsedMs ?? 0) * MIN_SHARE, this.#writeMs / SHARE);
  }

  /** Milliseconds between checkpoints within an epoch. */
  #between(): number {
    const young = Math.max(MIN_MS, (this.#status?.elapsedMs ?? 0) * YOUNG_SHARE);
    return Math.max(Math.min(CHECKPOINT_MS, young), this.#spentMs < YOUNG_MS ? 0 : this.#writeMs / SHARE);
  }

  /** How long until something is to be written; undefined where there is nothing. */
  #dueIn(): number | undefined {
    const now = performance.now();
    const isResting = this.#status !== undefined && RESTING.has(this.#status.state);
    const times: number[] = [];
    if (this.#pendingBest ?? this.#pendingEpoch) times.push(this.#writtenAt + this.#apart() - now);
    if (this.#pending) times.push(this.#writtenAt + (isResting ? 0 : this.#between()) - now);
    if (this.#isDirty) times.push(this.#recordedAt + (isResting ? 0 : RECORD_MS) - now);
    return times.length > 0 ? Math.max(0, Math.min(...times)) : undefined;
  }

  #plan(): void {
    if (this.#isOff || this.#jobs > 0) return;
    const due = this.#dueIn();
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (due === undefined || !this.#current) return;
    this.#timer = setTimeout(() => this.#write(false), due);
  }

  /** Writes what is due, after what is being written. @param isAll whether what is not due is written too */
  #write(isAll: boolean): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const current = this.#current;
    if (!current || this.#isOff) return;
    const now = performance.now();
    const isResting = RESTING.has(this.#status?.state ?? "empty");
    const isDue = isAll || isResting || now - this.#writtenAt >= this.#between();
    const isApart = isAll || isResting || now - this.#writtenAt >= this.#apart();
    const found = [
      isApart ? this.#pendingEpoch : undefined,
      isApart ? this.#pendingBest : undefined,
      isDue ? this.#pending : undefined,
    ];
    const due = new Set(found.filter((copy) => copy !== undefined));
    // Whoever takes the run up does so from the one that was written last.
    const copies = [...due].toSorted((a, b) => a.step - b.step);
    if (this.#pending && (isDue || due.has(this.#pending))) this.#pending = undefined;
    if (isApart) this.#pendingBest = this.#pendingEpoch = undefined;
    const record = this.#isDirty ? recordOf(current) : undefined;
    const hasTrained = this.#hasTrained;
    this.#isDirty = this.#hasTrained = false;
    if (copies.length > 0) this.#writtenAt = now;
    this.#recordedAt = now;
    this.#work(async (store) => {
      for (const copy of copies) await this.#writeCopy(store, current.id, copy);
      if (record) await store.putRun(...record);
      // One that was deleted and trains on is worth keeping again.
      if (hasTrained) await store.mark(current.id, { deletedAt: null });
    });
  }

  #work(job: (store: RunStore) => Promise<void>): void {
    this.#jobs++;
    this.#writing = this.#writing
      .then(async () => {
        const store = await this.store();
        if (store) await job(store);
      })
      .catch((error: unknown) => this.#giveUp(error, isGone(error)))
      .then(() => {
        this.#jobs--;
        this.#plan();
      });
  }

  async #writeCopy(store: RunStore, run: string, { step, isBest, epoch, file }: Copy): Promise<void> {
    const { bytes, heldMs } = await fileFrom(file);
    this.#spentMs += this.#writeMs = heldMs;
    const budgetBytes = await store.budget();
    if (bytes.length > budgetBytes) return;
    const at = Date.now();
    const about = { id: checkpointId(run, at, step), run, step, at, byteLength: bytes.length, isBest };
    const info = epoch === undefined ? about : { ...about, epoch };
    try {
      await store.putCheckpoint(info, bytes);
    } catch (error) {
      if (!(error instanceof DOMException && error.name === "QuotaExceededError")) throw error;
      // The disk is fuller than the budget thinks.
      await makeRoom(store, run, Math.min(budgetBytes, bytesIn(await store.checkpoints())) / 2);
      await store.putCheckpoint(info, bytes);
    }
    await makeRoom(store, run, budgetBytes);
  }

  #giveUp(error: unknown, isCleared = false): void {
    if (this.#isOff) return;
    this.#isOff = true;
    clearTimeout(this.#timer);
    this.#dropCopies();
    const isFull = error instanceof DOMException && error.name === "QuotaExceededError";
    const reason = (error instanceof Error ? error.message : String(error)) || "no reason given";
    const other = isCleared ? say("notice.storageCleared") : say("notice.notKept", { reason });
    this.#watched.warn(isFull ? say("notice.storageFull") : other);
  }
}
