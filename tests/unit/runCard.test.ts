// The card of a run: what it says of a kept run, as Markdown too, and where the boxes of its model's picture lie.
import { expect, it } from "vitest";
import { cardOf, weakestPair } from "../../app/card/content";
import { layOut } from "../../app/card/layout";
import { toMarkdown } from "../../app/card/markdown";
import { lineOf, momentsOfFilm } from "../../app/film/frames";
import { viewLayers } from "../../app/model/layerView";
import { type Answers, createMetricLog, type ListedRun, presets } from "../../src/engine";
import { reportOf } from "../support/models";
import "../support/laterWords";

const log = (steps: readonly number[], losses: readonly number[], accuracies: readonly number[]) => {
  const made = createMetricLog(["loss", "accuracy"]);
  made.append({
    steps: Float64Array.from(steps),
    elapsedMs: Float64Array.from(steps),
    columns: { loss: Float32Array.from(losses), accuracy: Float32Array.from(accuracies) },
  });
  return made.dump();
};

const run: ListedRun = {
  id: "a",
  createdAt: Date.UTC(2026, 0, 2, 3, 4),
  updatedAt: 0,
  parent: null,
  description: presets.perceptron.description,
  state: "finished",
  step: 1720,
  stepsPerEpoch: 860,
  totalSteps: 1720,
  elapsedMs: 61_000,
  latest: { loss: 0.1, accuracy: 0.97 },
  validation: { loss: 0.2, accuracy: 0.96 },
  test: { loss: 0.25, accuracy: 0.955 },
  extremes: { loss: { low: 0.15, high: 0.3 }, accuracy: { low: 0.9, high: 0.965 } },
  machine: { kind: "cpu", adapter: "WebAssembly" },
  events: [],
  mark: { name: null, note: "", pin: null, isBaseline: false, deletedAt: null },
  savedStep: 1720,
  bestStep: 860,
  byteLength: 1,
};

/** Of ten classes; three 4s are taken for 9s, one 9 for a 4, and one 1 for a 7. */
const answers: Answers = (() => {
  const pairs = [...Array.from({ length: 10 }, (_, c) => [c, c]), [4, 9], [4, 9], [4, 9], [9, 4], [1, 7]];
  const outputs = new Float32Array(pairs.length * 10);
  for (const [n, [, said = 0]] of pairs.entries()) outputs[n * 10 + said] = 1;
  return {
    split: "test",
    rows: Uint32Array.from(pairs, (_, n) => n),
    labels: Uint32Array.from(pairs, ([truth = 0]) => truth),
    outputs,
    areProbabilities: true,
    losses: new Float32Array(pairs.length),
  };
})();

const curves = { train: log([1, 2], [2, 1], [0.1, 0.2]), validation: log([860, 1720], [0.3, 0.2], [0.9, 0.96]) };

it("says data, model, settings, curves, scores, classes and where the run comes from", () => {
  const parts = cardOf({ run, curves, answers, step: 1720 });
  expect(parts.map(({ id }) => id)).toEqual(["data", "origin", "model", "settings", "curves", "scores", "classes"]);
  const text = toMarkdown("Mine | *all*", "", parts, "https://x.test/#link=1.a");
  expect(text).toContain(String.raw`# Mine \| \*all\*`);
  expect(text).toContain("- Samples to train on: 55,000");
  expect(text).toContain("- Begun: 2026-01-02 03:04 UTC");
  expect(text).toContain("| Dense | 128, relu | 128 | 100,480 |");
  expect(text).toContain("| 1,720 | 2 | 0.2000 nats | 96.00% |");
  expect(text).toContain("| Accuracy | 96.50% | 96.00% | 95.50% |");
  // Of four 4s one is right, and of two that are taken for a 4.
  expect(text).toContain("| 4 | 50.0% | 25.0% | 33.3% | 4 |");
  expect(text).toMatch(
    /10 of 15 are right. Weakest pair: “4” and “9”. Of 4 samples of “4”, 3 are taken for “9”; of 2 of “9”, 1 for “4”/,
  );
  expect(text).toMatch(/<https:\/\/x\.test\/#link=1\.a>\n$/);
});

it("has a film of at most sixty checkpoints, evenly over the run, the first and the last among them", () => {
  const stepsOf = (steps: number[]): number[] => momentsOfFilm([{ run: {}, steps }]).map(({ step }) => step);
  expect(stepsOf([30, 0, 10, 10])).toEqual([0, 10, 30]);
  expect([stepsOf([]), stepsOf([7])]).toEqual([[], [7]]);
  const steps = stepsOf(Array.from({ length: 181 }, (_, i) => i));
  expect([steps.length, steps[0], steps.at(-1), new Set(steps).size]).toEqual([60, 0, 180, 60]);
});

it("has a film that begins with its parent's part, up to where it was forked", () => {
  interface Kin {
    readonly id: string;
    readonly parent: string | null;
    readonly forkedAt?: number;
  }
  const grandparent: Kin = { id: "a", parent: null };
  const parent: Kin = { id: "b", parent: "a", forkedAt: 20 };
  const fork: Kin = { id: "c", parent: "b", forkedAt: 30 };
  const line = lineOf(fork, [fork, parent, grandparent]);
  expect(line).toEqual([fork, parent, grandparent]);
  const kept = { a: [0, 10, 20, 25], b: [20, 30, 40], c: [35, 50] };
  const moments = momentsOfFilm(line.map((own) => ({ run: own, steps: kept[own.id as "a"] })));
  expect(moments.map(({ run: { id }, step }) => `${id}${step}`)).toEqual(["a0", "a10", "b20", "b30", "c35", "c50"]);
  // A parent that is gone, and a circle, as a file may have one.
  expect(lineOf(fork, [fork])).toEqual([fork]);
  expect(lineOf(fork, [fork, { id: "b", parent: "c" }])).toHaveLength(2);
});

it("leaves out the classes where nothing is known of them", () => {
  expect(cardOf({ run, curves, answers: null, step: 0 }).map(({ id }) => id)).not.toContain("classes");
  expect(weakestPair([5, 0, 0, 5], 2)).toBeNull();
});

it.each(Object.entries(presets))("places the layers of %s without one over another", (_, { description }) => {
  const report = reportOf(description);
  const names = Object.keys(description.networks);
  const { layers, width, height } = layOut(
    Object.fromEntries(names.map((name) => [name, viewLayers(description, report, name)])),
  );
  expect(layers.length).toBe(report.layers.length);
  for (const [i, a] of layers.entries()) {
    expect(a.x >= 0 && a.y >= 0 && a.x + a.width <= width && a.y + a.height <= height).toBe(true);
    for (const b of layers.slice(i + 1)) {
      const isApart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
      const isWithin =
        a.isContainer && b.x >= a.x && b.y >= a.y && b.x + b.width <= a.x + a.width && b.y + b.height <= a.y + a.height;
      expect(isApart || isWithin, `${a.layer.name} and ${b.layer.name}`).toBe(true);
    }
  }
});
