// Runs as files: what is packed in one browser is the same in another, and what is no such file is refused with a reason, with
// nothing taken of it.
import { strToU8, unzipSync, zipSync } from "fflate";
import { beforeAll, describe, expect, it } from "vitest";
import { fileSource } from "../../scripts/support/fileSource";
import { isFound } from "../../app/runs/filter";
import { nearestStep } from "../../app/runs/nearestStep";
import { treeOf } from "../../app/runs/tree";
import { DescentError } from "../../src/engine/errors";
import { KeepingTrainer } from "../../src/engine/trainer/keepingTrainer";
import { NO_MARK } from "../../src/engine/trainer/keptRuns";
import { uniform } from "../../src/engine/random";
import { packRuns, unpackRuns } from "../../src/engine/trainer/runFile";
import { isFull } from "../support/full";
import { modelOf } from "../support/models";
import { MemoryRuns } from "../support/runs";
import { onCpu } from "../support/trainer";

const model = modelOf(
  [["Dense", { units: 1, activation: "sigmoid" }]],
  { batchSize: 1, epochs: 50, validationCount: 1, loss: "meanSquaredError" },
  "xor",
);
const options = { ...onCpu, threads: 1 };

const DAMAGED = isFull ? 500 : 200;

function trainerWith(store: MemoryRuns) {
  const trainer = new KeepingTrainer({
    gpu: undefined,
    openSource: () => fileSource,
    openRuns: async () => store,
    build: "b",
  });
  const recorded: string[] = [];
  trainer.listen((event) => event.type === "recorded" && recorded.push(event.id));
  return { trainer, recorded };
}

const here = new MemoryRuns();
let id = "";
let file: Blob;

beforeAll(async () => {
  const { trainer, recorded } = trainerWith(here);
  await trainer.keep(() => {});
  await trainer.prepare(model, options);
  await trainer.train(40);
  await trainer.dispose();
  [id = ""] = recorded;
  await here.mark(id, { name: "First", note: "#tag", pin: 2 });
  file = await packRuns(here, [id], (infos) => infos);
});

describe("a file of runs", () => {
  it("brings a run to another browser whole, with its name and note and curves, and it goes on there to the same bits", async () => {
    const there = new MemoryRuns();
    expect(await unpackRuns(file, there)).toEqual({ added: 1, known: 0, refused: [] });
    expect(there.runs).toEqual(here.runs);
    expect(there.kept).toEqual(here.kept);
    expect(there.infos).toEqual(here.infos);
    expect(there.files).toEqual(here.files);
    // What it is drawn as belongs to the page that it comes from.
    expect(there.marks.get(id)).toEqual({ ...NO_MARK, name: "First", note: "#tag" });
    const [one, other] = [trainerWith(here).trainer, trainerWith(there).trainer];
    const ends = [];
    for (const trainer of [one, other]) {
      expect(await trainer.resumeRun(id, options)).toMatchObject({ step: 40, bits: "same" });
      await trainer.train(60);
      ends.push(await trainer.session?.snapshot(60));
    }
    expect(ends[0]).toEqual(ends[1]);
    for (const trainer of [one, other]) await trainer.dispose();
  });

  it("leaves alone what is there already", async () => {
    const there = new MemoryRuns();
    await unpackRuns(file, there);
    await there.mark(id, { name: "Mine" });
    expect(await unpackRuns(file, there)).toEqual({ added: 0, known: 1, refused: [] });
    expect(there.marks.get(id)?.name).toBe("Mine");
  });

  it(`with damaged bytes is refused, or gives the same run: ${DAMAGED} of ${DAMAGED}`, async () => {
    let draws = 0;
    const random = (): number => uniform(7, 0, 0, draws++);
    const bytes = new Uint8Array(await file.arrayBuffer());
    for (let i = 0; i < DAMAGED; i++) {
      const bad = i % 4 === 0 ? bytes.slice(0, Math.floor(random() * bytes.length)) : bytes.slice();
      for (let n = 0; n < 1 + (i % 3); n++) bad[Math.floor(random() * bad.length)]! ^= 1 << Math.floor(random() * 8);
      const there = new MemoryRuns();
      try {
        const { added, refused } = await unpackRuns(new Blob([bad]), there);
        if (refused.length > 0) expect(refused[0]?.reason).toMatch(/expected .+, got /);
        // Of a run that is refused nothing is kept.
        expect([there.runs.size, there.infos.size > 0]).toEqual([added, added > 0]);
        if (added > 0) expect(there.files.values().next().value).toEqual(here.files.values().next().value);
      } catch (error) {
        if (!(error instanceof DescentError)) throw error;
        expect(error.message).toMatch(/^Runs: expected .+, got .+\. Choose a file/s);
        expect(there.runs.size).toBe(0);
      }
    }
  });

  it.each<[string, unknown]>([
    ["another format", { format: "x", version: 1, runs: [] }],
    ["a later version", { format: "descent-runs", version: 2, runs: [] }],
    ["runs that are none", { format: "descent-runs", version: 1, runs: [{}] }],
    ["more runs than are kept", { format: "descent-runs", version: 1, runs: Array.from({ length: 501 }, () => ({})) }],
    ["a list", []],
  ])("that holds %s is refused", async (_what, index) => {
    const bad = new Blob([zipSync({ "runs.json": strToU8(JSON.stringify(index)) })]);
    await expect(unpackRuns(bad, new MemoryRuns())).rejects.toThrow(/^Runs: expected .+, got /);
  });

  it("whose entries share their bytes is refused before they are copied", async () => {
    const index = unzipSync(new Uint8Array(await file.arrayBuffer()))["runs.json"] ?? new Uint8Array();
    const stored = { level: 0 } as const;
    const none = new Uint8Array();
    const bad = zipSync({
      "runs.json": index,
      "0/a": [new Uint8Array(100_000), stored],
      "0/b": [none, stored],
      "0/c": [none, stored],
    });
    const view = new DataView(bad.buffer);
    // In the list at the end, b and c are told to lie where a does.
    const records = Array.from({ length: bad.length - 46 }, (_, at) => at).filter(
      (at) => view.getUint32(at, true) === 0x02014b50,
    );
    const [, first = 0, ...others] = records;
    for (const at of others) {
      for (const field of [20, 24, 42]) view.setUint32(at + field, view.getUint32(first + field, true), true);
    }
    const there = new MemoryRuns();
    const { added, refused } = await unpackRuns(new Blob([bad]), there);
    expect([added, there.infos.size]).toEqual([0, 0]);
    expect(refused[0]?.reason).toMatch(/expected at most \d+ bytes in all, got 200000/);
  });

  it("that grows without end when it is unpacked is refused before it is", async () => {
    const bomb = new Blob([zipSync({ "runs.json": new Uint8Array(2 ** 24 + 1) }, { level: 9 })]);
    await expect(unpackRuns(bomb, new MemoryRuns())).rejects.toThrow(
      "at most 16777216 bytes in runs.json, got 16777217",
    );
  });
});

describe("the list of runs", () => {
  it("shows every run once, those that descend from each other in a circle too", () => {
    const runs = [
      { id: "a", parent: "b" },
      { id: "b", parent: "a" },
      { id: "c", parent: null },
      { id: "d", parent: "c" },
    ];
    expect(treeOf(runs).map(({ run, depth }) => `${run.id}${depth}`)).toEqual(["c0", "d1", "a0", "b1"]);
  });

  it("finds runs by words of name, model and note", () => {
    const run = { description: model, mark: { ...NO_MARK, note: "too fast #lr" } };
    expect(isFound(run, "lr 0.1", "#LR fast")).toBe(true);
    expect(isFound(run, "lr 0.1", "0.1 slow")).toBe(false);
    expect(isFound(run, "lr 0.1", " ")).toBe(true);
  });

  it("names the checkpoint nearest to a step", () => {
    expect(nearestStep([0, 100, 200], 140)).toBe(100);
    expect(nearestStep([0, 100, 200], 151)).toBe(200);
    expect(nearestStep([0, 100], 50)).toBe(0);
    expect(nearestStep([], 50)).toBeUndefined();
  });
});
