// Runs that are kept: what is written of them and when, which checkpoints stay, and that training goes on whatever storage does.
import { afterEach, describe, expect, it, vi } from "vitest";
import { fileSource } from "../../scripts/support/fileSource";
import { readCheckpoint } from "../../src/engine/io/checkpoint";
import type { Kept } from "../../src/engine/train/kept";
import { KeepingTrainer } from "../../src/engine/trainer/keepingTrainer";
import { type CheckpointInfo, type RunStore, thin } from "../../src/engine/trainer/keptRuns";
import type { TrainerEvent, TrainerStatus } from "../../src/engine/trainer/protocol";
import { unpackRuns } from "../../src/engine/trainer/runFile";
import { english } from "../../src/engine/words/said";
import { modelOf } from "../support/models";
import { MemoryRuns } from "../support/runs";
import { onCpu } from "../support/trainer";

const model = modelOf(
  [
    ["Dense", { units: 4 }],
    ["Dense", { units: 1, activation: "sigmoid" }],
  ],
  { batchSize: 1, epochs: 50, validationCount: 1, loss: "meanSquaredError" },
  "xor",
);
const options = { ...onCpu, threads: 1 };

const open: KeepingTrainer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((trainer) => trainer.dispose()));
});

/** A trainer in a tab of its own, with what it tells. */
function tab(openRuns: () => Promise<RunStore>) {
  const trainer = new KeepingTrainer({ gpu: undefined, openSource: () => fileSource, openRuns, build: "b" });
  open.push(trainer);
  const events: TrainerEvent[] = [];
  trainer.listen((event) => events.push(event));
  void trainer.keep(() => {});
  const notices = () => events.flatMap((event) => (event.type === "notice" ? [english(event.notice.said)] : []));
  const recorded = () => events.flatMap((event) => (event.type === "recorded" ? [event.id] : []));
  const status = (): TrainerStatus | undefined =>
    events.flatMap((event) => (event.type === "status" ? [event.status] : [])).at(-1);
  return { trainer, notices, recorded, status };
}

describe("a run", () => {
  it("says which of its steps were by hand, and of what", async () => {
    const store = new MemoryRuns();
    const { trainer, recorded } = tab(async () => store);
    await trainer.prepare(model, options);
    await trainer.train(2);
    await trainer.step(["model"]);
    await trainer.keeper.flush();
    const events = store.runs.get(recorded()[0] ?? "")?.events.filter(({ what }) => what === "by-hand");
    expect(events).toEqual([{ step: 3, what: "by-hand", code: "model" }]);
  });

  it("does not wait for the digest of a checkpoint", async () => {
    const store = new MemoryRuns();
    const { trainer, recorded, status } = tab(async () => store);
    let resolve = (): void => {};
    const promise = new Promise<void>((settle) => {
      resolve = settle;
    });
    let asked = 0;
    const digest = async (...of: Parameters<SubtleCrypto["digest"]>): Promise<ArrayBuffer> => {
      asked++;
      await promise;
      return await subtle.digest(...of);
    };
    const { subtle } = crypto;
    vi.stubGlobal("crypto", { randomUUID: () => "a-b-c-d-e", subtle: { digest } });
    try {
      await trainer.prepare(model, options);
      await trainer.train(2);
      await vi.waitFor(() => expect(asked).toBe(1));
      await trainer.train(40);
      expect(status()).toMatchObject({ state: "paused", step: 40 });
      expect(store.files.size).toBe(0);
      resolve();
      await trainer.keeper.flush();
    } finally {
      resolve();
      vi.unstubAllGlobals();
    }
    expect(recorded()).toEqual(["a-b-c-d-e"]);
    const [first, ...others] = [...store.files.values()];
    expect(others.length).toBeGreaterThan(0);
    expect((await readCheckpoint(first ?? new Uint8Array())).books.step).toBeLessThan(40);
  });

  it("is kept from its first step on, with its curves, start and last state", async () => {
    const store = new MemoryRuns();
    const { trainer, recorded, notices } = tab(async () => store);
    await trainer.prepare(model, options);
    expect(store.runs.size).toBe(0);
    await trainer.train(40);
    await trainer.keeper.flush();
    const [id = ""] = recorded();
    expect(store.runs.get(id)).toMatchObject({ step: 40, state: "paused", description: model, parent: null });
    expect(store.runs.get(id)?.machine?.kind).toBe("cpu");
    const steps = [...store.infos.values()].map(({ step }) => step);
    expect([Math.min(...steps), Math.max(...steps)]).toEqual([0, 40]);
    const { train, validation } = store.kept.get(id) ?? {};
    expect([...(train?.to ?? [])]).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
    expect(validation?.to.length).toBe(13);
    const losses = validation?.columns["loss"]?.means ?? [];
    expect(store.runs.get(id)?.extremes["loss"]).toEqual({ low: Math.min(...losses), high: Math.max(...losses) });
    expect(notices()).toEqual([]);
  });

  it("that was deleted is back when it trains on, and not before", async () => {
    const store = new MemoryRuns();
    const { trainer, recorded } = tab(async () => store);
    const isBackAfter = async (work: Promise<unknown>): Promise<boolean> => {
      await work.then(() => trainer.keeper.flush());
      return store.marks.get(recorded()[0] ?? "")?.deletedAt === null;
    };
    await trainer.prepare(model, options);
    await isBackAfter(trainer.train(10));
    await store.mark(recorded()[0] ?? "", { deletedAt: 1 });
    expect(await isBackAfter(trainer.resumeRun(recorded()[0] ?? "", options))).toBe(false);
    expect(await isBackAfter(trainer.train(20))).toBe(true);
  });

  it("goes on in another tab to the same bits and curves, once the first one is gone", async () => {
    const store = new MemoryRuns();
    const first = tab(async () => store);
    await first.trainer.prepare(model, options);
    await first.trainer.train(40);
    await first.trainer.keeper.flush();
    const [id = ""] = first.recorded();
    await first.trainer.train(60);
    const expected = await first.trainer.session?.snapshot(60);
    // What it has written since is not there for the other, as if it had been killed.
    const killed = new MemoryRuns();
    for (const key of ["runs", "kept"] as const) killed[key].set(id, structuredClone(store[key].get(id)!) as never);
    for (const [key, info] of store.infos) if (info.step <= 40) killed.infos.set(key, info);
    for (const [key, file] of store.files) killed.files.set(key, file);
    await first.trainer.dispose();
    const { trainer, recorded, status } = tab(async () => killed);
    expect(await trainer.resumeRun(id, options)).toMatchObject({ step: 40, bits: "same" });
    expect(status()).toMatchObject({ state: "paused", step: 40 });
    await trainer.train(60);
    expect(await trainer.session?.snapshot(60)).toEqual(expected);
    await trainer.keeper.flush();
    expect(recorded()).toEqual([id]);
    expect(killed.runs.get(id)?.events.map(({ what }) => what)).toContain("resumed");
    expect(killed.kept.get(id)?.train.to).toEqual(Float64Array.from({ length: 60 }, (_, i) => i + 1));
  });

  it("goes on in another worker as the run that it was, from a copy that the lost one left", async () => {
    const store = new MemoryRuns();
    const lost = tab(async () => store);
    let copy: Kept | undefined;
    await lost.trainer.keep((kept) => {
      copy = kept;
    });
    await lost.trainer.prepare(model, options);
    await lost.trainer.train(40);
    await lost.trainer.keeper.flush();
    const { trainer, recorded, status } = tab(async () => store);
    const [id = ""] = lost.recorded();
    if (copy?.snapshot.step !== 40) throw new Error(`the copy is of step ${copy?.snapshot.step}`);
    // Train is pressed while it is not there yet.
    const reviving = trainer.revive(id, model, options, copy);
    await trainer.train(60);
    await reviving;
    expect(status()).toMatchObject({ state: "paused", step: 60 });
    await trainer.keeper.flush();
    expect(recorded()).toEqual([id]);
    expect([...store.runs.keys()]).toEqual([id]);
    expect(store.kept.get(id)?.train.to).toEqual(Float64Array.from({ length: 60 }, (_, i) => i + 1));
  });

  it("keeps the ends of its epochs, with validations and without, as far as they are no shorter than copies are apart", async () => {
    for (const validationCount of [0, 1]) {
      const store = new MemoryRuns();
      const { trainer } = tab(async () => store);
      const training = { ...model.training, validationCount, epochs: 10_000 };
      await trainer.prepare({ ...model, training }, options);
      const perEpoch = 4 - validationCount;
      const done = trainer.train();
      // Within a second there are a few, long before the first that is kept for its age.
      const ends = () => [...store.infos.values()].filter(({ step, epoch }) => step > 0 && epoch !== undefined);
      await expect.poll(() => ends().length, { timeout: 20_000 }).toBeGreaterThan(1);
      await trainer.pause();
      await done;
      for (const { step, epoch } of ends()) expect(step).toBe(perEpoch * (epoch ?? NaN));
    }
  });

  it("keeps a state within its first seconds, however long its epochs are", async () => {
    const store = new MemoryRuns();
    const { trainer } = tab(async () => store);
    const slow = modelOf([["Flatten"], ["Dense", { units: 512 }], ["Dense", { units: 10, activation: "softmax" }]], {
      batchSize: 1,
      epochs: 99,
    });
    await trainer.prepare(slow, options);
    const done = trainer.train();
    // Ten seconds are less than lie between checkpoints later on.
    await expect.poll(() => [...store.infos.values()].some(({ step }) => step > 0), { timeout: 10_000 }).toBe(true);
    await trainer.pause();
    await done;
  });

  it("that diverged gives up the checkpoints after the step that it goes on from", async () => {
    const store = new MemoryRuns();
    const { trainer, recorded, status } = tab(async () => store);
    await trainer.prepare(model, options);
    for (const step of [12, 24, 36]) {
      await trainer.train(step);
      await trainer.keeper.flush();
    }
    for (const [name, { data }] of Object.entries((await trainer.session?.weights()) ?? {})) {
      trainer.session?.setWeights({ [name]: new Float32Array(data.length).fill(NaN) }, { partial: true });
    }
    await trainer.train();
    expect(status()).toMatchObject({ state: "diverged", step: 24 });
    await trainer.keeper.flush();
    const steps = () => [...store.infos.values()].map(({ step }) => step);
    expect(Math.max(...steps())).toBe(24);
    // A tab that is closed now is gone on with from there.
    const [id = ""] = recorded();
    expect(await trainer.resumeRun(id, options)).toMatchObject({ step: 24 });
    await trainer.train(30);
    await trainer.keeper.flush();
    expect(recorded()).toEqual([id, id]);
    expect([...(store.kept.get(id)?.train.to ?? [])]).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
    expect(Math.max(...steps())).toBe(30);
  });

  it("that another model takes the place of is written as it was, and the next is another", async () => {
    const store = new MemoryRuns();
    const { trainer, recorded } = tab(async () => store);
    await trainer.prepare(model, options);
    await trainer.train(10);
    const other = { ...model, name: "Other" };
    await trainer.prepare(other, options);
    await trainer.train(5);
    await trainer.keeper.flush();
    const [first = "", second = ""] = recorded();
    expect(store.runs.get(first)).toMatchObject({ step: 10, description: model });
    expect(store.runs.get(second)).toMatchObject({ step: 5, description: other });
    for (const [key, { run, step }] of store.infos) {
      const { description } = await readCheckpoint(store.files.get(key) ?? new Uint8Array());
      expect(description, `${run} ${step}`).toEqual(run === first ? model : other);
    }
  });

  it("gone on with from an earlier step stays as it was, and what follows is a run of its own", async () => {
    const store = new MemoryRuns();
    const { trainer, recorded } = tab(async () => store);
    await trainer.prepare(model, options);
    await trainer.train(40);
    await trainer.keeper.flush();
    const [id = ""] = recorded();
    expect(await trainer.resumeRun(id, options, 0)).toMatchObject({ step: 0 });
    await trainer.train(5);
    await trainer.keeper.flush();
    const [, child = ""] = recorded();
    expect(store.runs.get(id)).toMatchObject({ step: 40, parent: null });
    expect(store.runs.get(child)).toMatchObject({ step: 5, parent: id, forkedAt: 0 });
    // One that is forked stays as it is, wherever that is, and the fork has its history.
    expect(await trainer.resumeRun(id, options, 40, true)).toMatchObject({ step: 40, bits: "same" });
    await trainer.train(43);
    await trainer.keeper.flush();
    const fork = recorded().at(-1) ?? "";
    expect(fork).not.toBe(id);
    expect(store.runs.get(id)).toMatchObject({ step: 40, parent: null });
    expect(store.runs.get(fork)).toMatchObject({ step: 43, parent: id, forkedAt: 40 });
    expect([...(store.kept.get(fork)?.train.to ?? [])]).toEqual(Array.from({ length: 43 }, (_, i) => i + 1));
    expect(store.kept.get(child)?.train.to).toHaveLength(5);
  });

  it("whose checkpoint is gone or damaged stays where it is, with a word", async () => {
    const store = new MemoryRuns();
    const { trainer, recorded, notices, status } = tab(async () => store);
    await trainer.prepare(model, options);
    await trainer.train(10);
    await trainer.keeper.flush();
    const [id = ""] = recorded();
    expect(await trainer.resumeRun("nobody", options)).toBeNull();
    for (const [key, file] of store.files) store.files.set(key, file.slice(0, 50));
    expect(await trainer.resumeRun(id, options)).toBeNull();
    expect(notices()).toEqual([
      expect.stringContaining("no longer there"),
      expect.stringContaining("Nothing has changed."),
    ]);
    expect(status()).toMatchObject({ state: "paused", step: 10 });
  });
});

describe("storage", () => {
  const failing = (putRun: () => Promise<never>) => async () => Object.assign(new MemoryRuns(), { putRun });
  const cleared = new DOMException("closing", "InvalidStateError");

  it.each<[string, () => Promise<RunStore>, RegExp]>([
    ["that is forbidden", () => Promise.reject(new DOMException("no", "SecurityError")), /cannot be kept .*\(no\)/],
    ["that breaks", failing(() => Promise.reject(new Error("bad"))), /\(bad\)/],
    ["that is cleared", failing(() => Promise.reject(cleared)), /browser cleared what this page keeps/],
    ["that is full", async () => Object.assign(new MemoryRuns(), { quotaBytes: 10 }), /storage is full/],
  ])("%s ends no training, and is told once", async (_, openRuns, expected) => {
    const { trainer, notices, status } = tab(openRuns);
    await trainer.prepare(model, options);
    await trainer.train(10);
    await trainer.keeper.flush();
    await trainer.train(20);
    await trainer.keeper.flush();
    expect(status()).toMatchObject({ state: "paused", step: 20 });
    expect(notices()).toEqual([expect.stringMatching(expected)]);
    // What it would have kept is had as a file, whole.
    const elsewhere = new MemoryRuns();
    const file = await trainer.saveRun();
    expect(await unpackRuns(file ?? new Blob(), elsewhere)).toEqual({ added: 1, known: 0, refused: [] });
    const [run] = await elsewhere.list();
    expect(run).toMatchObject({ step: 20, description: { dataset: "xor" } });
    expect((await elsewhere.curves(run?.id ?? ""))?.train.to).toHaveLength(20);
    expect([...elsewhere.infos.values()]).toEqual([expect.objectContaining({ run: run?.id, step: 20 })]);
  });

  it("that is nearly full makes room by what is worth least", async () => {
    const store = new MemoryRuns();
    const { trainer, notices, recorded } = tab(async () => store);
    await trainer.prepare(model, options);
    for (let step = 10; step <= 60; step += 10) {
      await trainer.train(step);
      await trainer.keeper.flush();
      const [{ byteLength = 0 } = {}] = store.infos.values();
      store.quotaBytes = 3.5 * byteLength;
    }
    expect(notices()).toEqual([]);
    const own = await store.checkpoints(recorded()[0]);
    expect(Math.max(...own.map(({ step }) => step))).toBe(60);
  });
});

describe("thinning", () => {
  const info = (run: string, at: number, more: Partial<CheckpointInfo> = {}): CheckpointInfo => ({
    id: `${run} ${at}`,
    run,
    step: at / 1000,
    at,
    byteLength: 100,
    isBest: false,
    ...more,
  });
  const keeping = { budgetBytes: 1e9, current: "a", pinned: new Set<string>() };

  it("keeps the first, the best, the last and the young, and ever fewer of the old", () => {
    const hour = 3600_000;
    let kept: CheckpointInfo[] = [];
    for (let now = 0; now <= hour; now += 15_000) {
      kept.push(info("a", now, { isBest: now === 600_000 }));
      const gone = new Set(thin(kept, { ...keeping, now }));
      kept = kept.filter(({ id }) => !gone.has(id));
    }
    const ages = kept.map(({ at }) => hour - at).toSorted((a, b) => a - b);
    expect(ages.slice(0, 3)).toEqual([0, 15_000, 30_000]);
    expect(ages).toContain(hour);
    expect(ages).toContain(hour - 600_000);
    expect(ages.length).toBeLessThan(20);
    expect(ages.length).toBeGreaterThan(8);
    // None is much further from its neighbour than it is old.
    for (const [i, age] of ages.entries()) expect(ages[i + 1] ?? hour).toBeLessThanOrEqual(Math.max(60_000, age * 3));
  });

  it("keeps every end of an epoch, and of long runs as many, evenly; for want of room every second goes first", () => {
    let kept: CheckpointInfo[] = [];
    const epochsAfter = (last: number): number[] => {
      for (let epoch = kept.at(-1)?.epoch ?? -1; ++epoch <= last;) {
        kept.push(info("a", epoch * 60_000, { epoch }));
        const gone = new Set(thin(kept, { ...keeping, now: epoch * 60_000 }));
        kept = kept.filter(({ id }) => !gone.has(id));
      }
      return kept.map(({ epoch = NaN }) => epoch);
    };
    expect(epochsAfter(40)).toEqual(Array.from({ length: 41 }, (_, i) => i));
    const later = epochsAfter(300);
    for (let epoch = 0; epoch <= 300; epoch += 8) expect(later).toContain(epoch);
    expect(later.length).toBeLessThan(70);
    const few = Array.from({ length: 9 }, (_, epoch) => info("a", epoch * 1000, { epoch }));
    const gone = new Set(thin(few, { ...keeping, budgetBytes: 500, now: 9000 }));
    expect(few.flatMap(({ id, epoch }) => (gone.has(id) ? [] : [epoch]))).toEqual([0, 2, 4, 6, 8]);
  });

  it("stays within the budget, and lets go of other runs before the last of this one", () => {
    const all = ["a", "b", "c"].flatMap((run, r) => [0, 1, 2].map((i) => info(run, 1000 * (3 * r + i))));
    const left = (budgetBytes: number, pinned: string[] = []) => {
      const gone = new Set(thin(all, { ...keeping, budgetBytes, pinned: new Set(pinned), now: 10_000 }));
      return all.filter(({ id }) => !gone.has(id)).map(({ id }) => id);
    };
    expect(left(900)).toHaveLength(9);
    expect(left(500)).toEqual(["a 0", "a 1000", "a 2000", "b 5000", "c 8000"]);
    // What another run ended with is worth more than where this one has been.
    expect(left(300)).toEqual(["a 2000", "b 5000", "c 8000"]);
    expect(left(0)).toEqual(["a 2000"]);
    expect(left(200, ["b"])).toEqual(["a 2000", "b 5000"]);
    expect(left(400, ["b"])).toEqual(["a 2000", "b 3000", "b 5000", "c 8000"]);
  });
});
