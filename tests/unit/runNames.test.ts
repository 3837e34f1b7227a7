// What a run is called that nobody has named: what it has that the one before has not, the most important first.
import { describe, expect, it } from "vitest";
import { namesOf, nameOfRun, settingsOf } from "../../app/runs/settings";
import { treeOf } from "../../app/runs/tree";
import { columnsOf } from "../../app/store/runs";
import type { ModelDescription } from "../../src/engine";
import { presets } from "../../src/engine/model/presets";
import { createMetricLog } from "../../src/engine/train/metricLog";
import { networkOf, withBlocks, withLearning, withRate } from "../support/models";

const base = withLearning(withRate(presets.perceptron.description, 0.001), { batchSize: 128 });
const blocks = networkOf(base).blocks;
const dropout = { id: "d", type: "Dropout", config: { rate: 0.3 } } as const;
const withDropout = withBlocks(base, [...blocks.slice(0, -1), dropout, ...blocks.slice(-1)]);

describe("a run's name", () => {
  it.each<[string, ModelDescription]>([
    ["lr 0.001 → 0.01", withRate(base, 0.01)],
    ["+Dropout", withDropout],
    ["lr 0.001 → 0.01, +Dropout", withRate(withDropout, 0.01)],
    ["batch size 128 → 32", withLearning(base, { batchSize: 32 })],
    ["optimizer Adam → SGD", withLearning(base, { optimizer: { type: "SGD", config: { learningRate: 0.001 } } })],
    ["lr 0.001 → 0.01, +Dropout, +2 more", withLearning(withRate(withDropout, 0.01), { seed: 7, clipNorm: 1 })],
    [`${base.name}, again`, structuredClone(base)],
    ["Convnet", presets.convnet.description],
  ])("is %s", (name, after) => {
    expect(nameOfRun(base, after)).toBe(name);
  });

  it("is the model's for the first, tells a layer taken away, and one of its settings by its name", () => {
    expect(nameOfRun(undefined, base)).toBe(base.name);
    expect(nameOfRun(withDropout, base)).toBe("−Dropout");
    const more = withBlocks(
      withDropout,
      networkOf(withDropout).blocks.map((block) => (block.id === "d" ? { ...block, config: { rate: 0.5 } } : block)),
    );
    expect(nameOfRun(withDropout, more)).toBe("dropout rate 0.3 → 0.5");
  });

  it("is the visitor's where there is one, and that of the list's order otherwise", () => {
    const mark = { name: null };
    const runs = [
      { id: "c", description: withRate(base, 0.1), mark },
      { id: "b", description: withRate(base, 0.01), mark: { name: "Mine" } },
      { id: "a", description: base, mark },
    ];
    expect([...namesOf(runs)]).toEqual([
      ["c", "lr 0.01 → 0.1"],
      ["b", "Mine"],
      ["a", base.name],
    ]);
  });

  it("is told by the parent of a fork, which stands below it in the list", () => {
    const mark = { name: null };
    const runs = [
      { id: "d", parent: "a", description: withRate(base, 0.1), mark },
      { id: "c", parent: null, description: withRate(base, 0.01), mark },
      { id: "b", parent: "gone", description: base, mark },
      { id: "a", parent: null, description: base, mark },
    ];
    expect(namesOf(runs).get("d")).toBe("lr 0.001 → 0.1");
    const listed = treeOf([...runs, { id: "e", parent: "d" }]);
    expect(listed.map(({ run: { id }, depth }) => `${id}${depth}`)).toEqual(["c0", "b0", "a0", "d1", "e2"]);
  });

  it("can tell every setting of every preset", () => {
    for (const { description } of Object.values(presets)) {
      for (const [key, { label, value }] of settingsOf(description)) {
        expect(label.trim(), key).not.toBe("");
        expect(value, key).not.toMatch(/undefined|object|NaN/);
      }
    }
  });
});

describe("the curves of a fork", () => {
  it("begin at the point from which they part", () => {
    const log = createMetricLog(["loss"]);
    log.append({ steps: [1, 2, 3, 4], elapsedMs: [1, 2, 3, 4], columns: { loss: [4, 3, 2, 1] } });
    const columns = columnsOf(log.dump(), 3);
    expect([columns.count, ...columns.from, ...columns.column("loss").lasts]).toEqual([2, 3, 4, 2, 1]);
    expect(columnsOf(log.dump()).count).toBe(4);
  });
});
