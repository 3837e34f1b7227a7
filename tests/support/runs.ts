// A store of runs in memory, for what decides when to write what; the one in the browser is tested in a browser.
import {
  type CheckpointInfo,
  DEFAULT_BUDGET_BYTES,
  type KeptCurves,
  type KeptRun,
  NO_MARK,
  type RunMark,
  type RunStore,
} from "../../src/engine/trainer/keptRuns";

/** What is in it can be looked at. */
export class MemoryRuns implements RunStore {
  readonly runs = new Map<string, KeptRun>();
  readonly marks = new Map<string, RunMark>();
  readonly kept = new Map<string, KeptCurves>();
  readonly infos = new Map<string, CheckpointInfo>();
  readonly files = new Map<string, Uint8Array<ArrayBuffer>>();
  budgetBytes = DEFAULT_BUDGET_BYTES;
  /** Bytes that it has room for. */
  quotaBytes = Infinity;

  async list() {
    return [...this.runs.values()]
      .map((run) => ({
        ...run,
        mark: this.marks.get(run.id) ?? NO_MARK,
        savedStep: null,
        bestStep: null,
        byteLength: 0,
      }))
      .toSorted((a, b) => b.createdAt - a.createdAt);
  }
  async run(id: string) {
    return this.runs.get(id);
  }
  async curves(id: string) {
    return this.kept.get(id);
  }
  async putRun(run: KeptRun, curves: KeptCurves) {
    this.runs.set(run.id, structuredClone(run));
    this.kept.set(run.id, structuredClone(curves));
  }
  async putCheckpoint(info: CheckpointInfo, bytes: Uint8Array<ArrayBuffer>) {
    const taken = [...this.infos.values()].reduce((sum, { byteLength }) => sum + byteLength, bytes.length);
    if (taken > this.quotaBytes) throw new DOMException("full", "QuotaExceededError");
    this.infos.set(info.id, info);
    this.files.set(info.id, bytes.slice());
  }
  async checkpoints(run?: string) {
    return [...this.infos.values()].filter((info) => run === undefined || info.run === run);
  }
  async bytesOf({ id }: CheckpointInfo) {
    return this.files.get(id) ?? new Uint8Array();
  }
  async removeCheckpoints(ids: readonly string[]) {
    for (const id of ids) {
      this.infos.delete(id);
      this.files.delete(id);
    }
  }
  async mark(id: string, change: Partial<RunMark>) {
    this.marks.set(id, { ...(this.marks.get(id) ?? NO_MARK), ...change });
  }
  async remove(ids: readonly string[]) {
    for (const id of ids) this.runs.delete(id);
  }
  async budget() {
    return this.budgetBytes;
  }
  async setBudget(byteLength: number) {
    this.budgetBytes = byteLength;
  }
  onChange() {
    return () => {};
  }
  close() {}
}
