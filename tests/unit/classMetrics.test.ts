// Metrics of classes against scikit-learn 1.7: f1_score, precision_score and recall_score with average="macro", all classes as labels and
// zero_division=0, and top_k_accuracy_score with k=5.
import { describe, expect, it } from "vitest";
import type { TensorData } from "../../src/engine/backend/backend";
import { createCpuBackend } from "../../src/engine/backend/cpu/cpuBackend";
import { requireDataset } from "../../src/engine/data/library";
import type { Node } from "../../src/engine/graph/node";
import { metrics } from "../../src/engine/nn/metrics";
import { aboutOf } from "../../src/engine/model/analyze";
import { presets } from "../../src/engine/model/presets";
import { input } from "../../src/engine/ops/leaf";
import { tasks } from "../../src/engine/tasks";
import { evaluate } from "../../src/engine/train/evaluate";
import { curvesOf, figuresOf } from "../../src/engine/train/scores";

const backend = createCpuBackend("float64");

/** All of the metrics, of outputs `[N, W]` against labels. */
async function told(rows: readonly (readonly number[])[], labels: readonly number[], classes: number) {
  const output = input("x", [rows.length, rows[0]?.length ?? 0]);
  const given = input("labels", [labels.length], "u32");
  const feeds = new Map<Node, TensorData>([
    [output, Float64Array.from(rows.flat())],
    [given, Uint32Array.from(labels)],
  ]);
  const entries = (["macroF1", "macroPrecision", "macroRecall", "topK"] as const).map(async (id) => {
    const nodes = metrics[id].perSample({ output, target: { kind: "class", labels: given, classes } });
    const values = await evaluate(nodes, feeds, backend);
    const sums = nodes.flatMap(({ shape: [, width = 1] }, i) =>
      Array.from({ length: width }, (_, k) =>
        labels.reduce((total, __, n) => total + (values[i]?.[n * width + k] ?? NaN), 0),
      ),
    );
    return [id, metrics[id].ofSums(sums, labels.length)] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

describe("metrics of classes", () => {
  it("are scikit-learn's, with a class that has no samples", async () => {
    const rows = Array.from({ length: 24 }, (_, i) =>
      Array.from({ length: 7 }, (__, c) => (i * 37 + c * 53 + i * c * 11) % 101),
    );
    const labels = rows.map((_, i) => (i * i + 3 * i) % 6);
    const { macroF1: f1, macroPrecision: precision, macroRecall: recall, topK } = await told(rows, labels, 7);
    expect(f1).toBeCloseTo(0.06279434850863422, 12);
    expect(precision).toBeCloseTo(0.1142857142857143, 12);
    expect(recall).toBeCloseTo(0.044642857142857144, 12);
    expect(topK).toBeCloseTo(2 / 3, 12);
  });

  it("take a single unit above one half for the second class", async () => {
    const {
      macroF1: f1,
      macroPrecision: precision,
      macroRecall: recall,
    } = await told([[0.9], [0.2], [0.6], [0.5], [0.1], [0.7]], [1, 0, 0, 1, 1, 1], 2);
    expect(f1).toBeCloseTo(0.4857142857142857, 12);
    expect([precision, recall]).toEqual([0.5, 0.5]);
  });

  it("count classes as probable as the label for it, as Keras does", async () => {
    const { topK } = await told(
      [
        [3, 3, 3, 3, 3, 3],
        [3, 4, 4, 4, 4, 4],
      ],
      [5, 0],
      6,
    );
    expect(topK).toBe(0.5);
  });

  it("count the tokens of a text that count", async () => {
    // Token 0 is the least likely of seven, and token 6 the likeliest: the third step of the second text is filled up.
    const output = input("x", [2, 3, 7]);
    const tokens = input("tokens", [2, 3], "u32");
    const counts = input("counts", [2, 3]);
    const feeds = new Map<Node, TensorData>([
      [output, Float64Array.from({ length: 42 }, (_, i) => i % 7)],
      [tokens, Uint32Array.of(6, 1, 2, 0, 3, 6)],
      [counts, Float64Array.of(1, 1, 1, 1, 1, 0)],
    ]);
    const nodes = metrics.topK.perSample({ output, target: { kind: "tokens", tokens, counts, vocabulary: 7 } });
    const values = (await evaluate(nodes, feeds, backend)).map((column) => [...column]);
    expect(values).toEqual([
      [2, 1],
      [3, 2],
    ]);
    expect(metrics.topK.ofSums([3, 5], 2)).toBe(3 / 5);
  });

  it("are told of splits and of no step, the top five only among more classes", () => {
    const ids = (of: typeof curvesOf, id: "perceptron" | "xor" | "points-hills") => {
      const { description } = presets[id];
      const task = tasks[description.task.type];
      return of(task, aboutOf(description, requireDataset(description.dataset))).map((info) => info.id);
    };
    expect(ids(curvesOf, "perceptron")).toEqual(["loss", "accuracy"]);
    expect(ids(figuresOf, "perceptron")).toEqual([
      "loss",
      "accuracy",
      "topK",
      "macroF1",
      "macroPrecision",
      "macroRecall",
    ]);
    expect(ids(figuresOf, "xor")).toEqual(["loss", "accuracy", "macroF1", "macroPrecision", "macroRecall"]);
    // A batch of one number has no variance to explain.
    expect(ids(curvesOf, "points-hills")).toEqual(["loss", "meanAbsoluteError"]);
    expect(ids(figuresOf, "points-hills")).toEqual(["loss", "meanAbsoluteError", "r2"]);
  });

  it("are finite where numbers have no variance to explain, as scikit-learn's r2_score is", () => {
    const { ofSums } = metrics.r2;
    // Of 0.5 told as 0.75, of 0.3 in single precision, and of two of those, told exactly.
    const rounded = Math.fround(0.3);
    expect(ofSums([0.0625, 0.5, 0.25], 1)).toBe(0);
    expect(ofSums([0.0625, rounded, Math.fround(rounded ** 2)], 1)).toBe(0);
    expect(ofSums([0, 2 * rounded, 2 * Math.fround(rounded ** 2)], 2)).toBe(1);
    // Of 1, 2 and 4, told as 1, 2 and 3.
    expect(ofSums([1, 7, 21], 3)).toBeCloseTo(1 - 1 / (14 / 3), 12);
  });
});
