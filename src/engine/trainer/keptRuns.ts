/** What is kept of runs between visits, and which of their checkpoints may go. Types, and pure functions of them. */
import type { ModelDescription } from "../model/description";
import type { LogDump } from "../train/metricLog";
import type { Score } from "../train/scores";
import type { BackendReport, TrainerState } from "./protocol";

/** A run as the worker that trains it keeps it. */
export interface KeptRun {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly updatedAt: number;
  /** The run whose checkpoint it began with, whose history up to there is its own too. */
  readonly parent: string | null;
  /** The step of that checkpoint; left out where there is no parent. */
  readonly forkedAt?: number;
  readonly description: ModelDescription;
  readonly state: TrainerState;
  readonly step: number;
  readonly stepsPerEpoch: number;
  readonly totalSteps: number;
  /** Milliseconds spent training. */
  readonly elapsedMs: number;
  /** The means of the latest epoch, as far as it came. */
  readonly latest: Score | null;
  readonly validation: Score | null;
  readonly test: Score | null;
  /** The lowest and the highest of each metric in validations; a single batch may be better than any model. */
  readonly extremes: Readonly<Record<string, { readonly low: number; readonly high: number }>>;
  readonly machine: Pick<BackendReport, "kind" | "adapter"> | null;
  readonly events: readonly RunEvent[];
}

/** Something that happened in a run. */
export interface RunEvent {
  readonly step: number;
  readonly what: "begun" | "resumed" | "rewound" | "ended" | "notice" | "by-hand";
  /** The notice's code; of a step by hand, the networks that learnt at it, with commas between. */
  readonly code?: string;
}

/** What the visitor has made of a run. */
export interface RunMark {
  readonly name: string | null;
  /** What the visitor has written down of it. */
  readonly note: string;
  /** Its place among those that are drawn over the charts; null where it is not. */
  readonly pin: number | null;
  readonly isBaseline: boolean;
  readonly deletedAt: number | null;
}

export const NO_MARK: RunMark = { name: null, note: "", pin: null, isBaseline: false, deletedAt: null };

/** A run with what was made of it. */
export interface ListedRun extends KeptRun {
  readonly mark: RunMark;
  /** The step of the newest checkpoint; null where there is none. */
  readonly savedStep: number | null;
  /** That of the checkpoint with the best validation; null where there is none. */
  readonly bestStep: number | null;
  readonly byteLength: number;
}

/** The curves of a run. */
export interface KeptCurves {
  readonly train: LogDump;
  readonly validation: LogDump;
}

/** A checkpoint without its bytes. */
export interface CheckpointInfo {
  readonly id: string;
  readonly run: string;
  readonly step: number;
  readonly at: number;
  readonly byteLength: number;
  /** Whether its validation was the best until then. */
  readonly isBest: boolean;
  /** How many epochs had ended, where it was made at the end of one. */
  readonly epoch?: number;
}

/** A checkpoint's id, which says when it was made. */
export const checkpointId = (run: string, at: number, step: number): string => `${run}/${step}/${at}`;
/** When that was. */
export const timeOf = (id: string): number => Number(id.split("/").at(-1));

/** The order of checkpoints from the last that was made; of several made within a millisecond, by their steps. */
export const newestFirst = (a: CheckpointInfo, b: CheckpointInfo): number => b.at - a.at || b.step - a.step;

/** The database of runs. */
export const RUNS_DATABASE = "descent-runs";

/** What checkpoints take together. */
export const bytesIn = (all: readonly CheckpointInfo[]): number =>
  all.reduce((sum, { byteLength }) => sum + byteLength, 0);

/** Where runs are kept. Everything rejects where the database does not do what it is asked for. */
export interface RunStore {
  /** The newest first. */
  list(): Promise<ListedRun[]>;
  run(id: string): Promise<KeptRun | undefined>;
  curves(id: string): Promise<KeptCurves | undefined>;
  putRun(run: KeptRun, curves: KeptCurves): Promise<void>;
  /** Puts the bytes beside what is there, and then names them. */
  putCheckpoint(info: CheckpointInfo, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Of a run, or of all. */
  checkpoints(run?: string): Promise<CheckpointInfo[]>;
  bytesOf(checkpoint: CheckpointInfo): Promise<Uint8Array>;
  removeCheckpoints(ids: readonly string[]): Promise<void>;
  mark(id: string, change: Partial<RunMark>): Promise<void>;
  /** For good. */
  remove(ids: readonly string[]): Promise<void>;
  /** Bytes that checkpoints may take. */
  budget(): Promise<number>;
  setBudget(byteLength: number): Promise<void>;
  /** Calls back when another tab, or another thread of this one, has changed something. @returns what ends that */
  onChange(hear: () => void): () => void;
  close(): void;
}

/** What checkpoints may take unless the visitor says otherwise. */
export const DEFAULT_BUDGET_BYTES = 500e6;
/** Runs that are kept at most. */
export const MAX_RUNS = 500;
/** How long a run that was deleted can be brought back. */
export const UNDO_MS = 10 * 60_000;

/** The age up to which every checkpoint is kept; beyond, one for each time that is 1.5 times as long. */
const YOUNG_MS = 30_000;
const slotOf = (ageMs: number): number =>
  ageMs < YOUNG_MS ? -1 : Math.floor(Math.log(ageMs / YOUNG_MS) / Math.log(1.5));

/** Ends of epochs of which a run keeps checkpoints. */
const MAX_EPOCHS = 48;

/** How often an epoch's number can be halved: where there are too many, every second goes first, then every fourth; -1 within an
 *  epoch. */
const levelOf = ({ epoch }: CheckpointInfo): number => (epoch ? Math.log2(epoch & -epoch) : -1);
const byLevel = (a: CheckpointInfo, b: CheckpointInfo): number => levelOf(a) - levelOf(b) || a.at - b.at;

/** What decides which checkpoints stay. */
export interface Keeping {
  readonly now: number;
  readonly budgetBytes: number;
  /** The run that is trained now, whose newest checkpoint always stays. */
  readonly current: string | null;
  /** Runs that the visitor wants to compare. */
  readonly pinned: ReadonlySet<string>;
}

/** Which checkpoints go: of each run the first, the best and the last stay, and ends of epochs evenly over its course; of the rest
 *  the older, the fewer. Where all are more than the budget, those go first that are neither first, best nor last, whichever run they
 *  are of, and then those of the oldest runs. @returns their ids */
export function thin(all: readonly CheckpointInfo[], { now, budgetBytes, current, pinned }: Keeping): string[] {
  const gone = new Set<string>();
  const worth = new Map<string, number>();
  for (const run of new Set(all.map((info) => info.run))) {
    const byTime = all.filter((info) => info.run === run).toSorted((a, b) => a.at - b.at || a.step - b.step);
    const [first, last, best] = [byTime[0], byTime.at(-1), byTime.findLast(({ isBest }) => isBest)];
    const ends = byTime.filter(({ epoch }) => epoch !== undefined).toSorted(byLevel);
    const course = new Set(ends.slice(-MAX_EPOCHS));
    const taken = new Set<number>();
    for (const info of byTime) {
      const isNow = info.run === current;
      const rank = info === last ? 3 : info === best ? 2 : info === first ? 1 : 0;
      const isDear = isNow || pinned.has(info.run) ? 1 : 0;
      // How other runs ended is worth more than where this one has been.
      worth.set(info.id, isNow && info === last ? Infinity : rank > 1 ? 2 * rank + isDear : rank + 2 * isDear);
      if (course.has(info)) continue;
      const slot = slotOf(now - info.at);
      if (rank === 0 && slot >= 0 && taken.has(slot)) gone.add(info.id);
      taken.add(slot);
    }
  }
  const left = all
    .filter(({ id }) => !gone.has(id))
    .toSorted((a, b) => (worth.get(a.id) ?? 0) - (worth.get(b.id) ?? 0) || byLevel(a, b));
  let byteLength = bytesIn(left);
  for (const info of left) {
    if (byteLength <= budgetBytes || worth.get(info.id) === Infinity) break;
    gone.add(info.id);
    byteLength -= info.byteLength;
  }
  return [...gone];
}
