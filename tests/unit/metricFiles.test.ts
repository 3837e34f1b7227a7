// The numbers of a run for reading: the table, and the files to take away. They name no metric themselves.
import { describe, expect, it } from "vitest";
import { toCsv, toJson } from "../../app/charts/exports";
import { MAX_VALIDATION_ROWS, stepsInRows, tableRows } from "../../app/charts/tableRows";
import { t } from "../../app/common/words";
import { createMetricLog } from "../../src/engine/train/metricLog";
import { learning, logOf, meanOf, runOf } from "../support/curves";

const linesOf = (csv: string): string[] => csv.trimEnd().split("\n");

describe("the table's rows", () => {
  it("are the first step, the latest ones, and validations", () => {
    const rows = tableRows(logOf(learning(1000)), logOf([0.5, 0.25], 16, 500));
    expect(rows[0]).toMatchObject({ from: 1, to: 1, validation: null });
    expect(rows.at(-1)).toMatchObject({ from: 1000, to: 1000, validation: [0.25, 1 - 0.25 / 4] });
    expect(rows.at(-1)?.train?.length).toBe(2);
    expect(rows.find(({ to }) => to === 500)?.validation?.[0]).toBe(0.5);
    expect(rows.find(({ to }) => to === 500)?.train).not.toBeNull();
    expect(rows.length).toBe(14);
    expect(tableRows(createMetricLog(["a"]), createMetricLog(["a"]))).toEqual([]);
  });

  it.each([300, 4000, 10_000])("do not grow with %i validations, which they are spread over", (count) => {
    const rows = tableRows(logOf(learning(20_000)), logOf(learning(count), 4096, 2));
    const validated = rows.filter(({ validation }) => validation !== null);
    expect(validated.length).toBeLessThanOrEqual(MAX_VALIDATION_ROWS);
    expect(validated.length).toBeGreaterThan(MAX_VALIDATION_ROWS / 3);
    expect(rows.length).toBeLessThanOrEqual(MAX_VALIDATION_ROWS + 13);
    expect(validated.at(-1)?.to).toBe(2 * count);
    expect(rows.map(({ to }) => to)).toEqual([...new Set(rows.map(({ to }) => to))].toSorted((a, b) => a - b));
  });

  it("say which steps they hold once buckets have merged", () => {
    const rows = tableRows(logOf(learning(1000), 64), createMetricLog(["mae", "recall"]));
    expect(rows[0]).toMatchObject({ from: 1, to: 1 });
    expect(rows.slice(1, -1).every(({ from, to }) => to - from === 31)).toBe(true);
    expect(rows.at(-1)?.to).toBe(1000);
  });
});

describe("what a row is", () => {
  const [short, long] = [logOf(learning(60), 64), logOf(learning(1000), 64)].map((log) => stepsInRows(log));

  it("is counted in steps, at most", () => {
    expect(stepsInRows(createMetricLog(["a"]))).toBe(1);
    expect([short, long]).toEqual([1, 32]);
  });

  it.each(["CSV", "JSON"] as const)("is said before %s is downloaded", (format) => {
    const key = format === "CSV" ? "chart.csvHelp" : "chart.jsonHelp";
    expect(t(key, { steps: short ?? NaN })).toBe(`Download as ${format}: a row for each step`);
    expect(t(key, { steps: long ?? NaN })).toBe(
      `Download as ${format}: rows of up to 32 steps, with their mean, lowest, highest and last values`,
    );
  });

  it("is said in the table's caption", () => {
    expect(t("table.about", { validations: 40, steps: 1 })).toContain("The CSV file has a row for each step.");
    expect(t("table.about", { validations: 40, steps: 32 })).toContain("has rows of up to 32 steps, with their mean,");
  });
});

it("Train is the button: curve, reading and column are of the training", () => {
  const named = [
    t("chart.train"),
    t("chart.trainSmoothed", { smoothing: "0.60" }),
    t("reading.train", { value: "0.5" }),
    t("reading.smoothed", { value: "0.5" }),
    t("table.trainOf", { title: "Loss" }),
  ];
  expect(named).toEqual([
    "Training",
    "Training, smoothed 0.60",
    "training 0.5",
    "training 0.5 smoothed",
    "Training loss",
  ]);
});

describe("the CSV", () => {
  it("has every step and every validation, one after its step, with the metrics' own names", () => {
    const { train, ...rest } = runOf([2, 1]);
    const source = { ...rest, train, validation: logOf([3]) };
    expect(linesOf(toCsv(source))).toEqual([
      "split,step_from,step_to,steps,epoch,elapsed_ms,mae_mean,mae_min,mae_max,mae_last,recall_mean,recall_min,recall_max,recall_last",
      "train,1,1,1,0.01,10,2,2,2,2,0.5,0.5,0.5,0.5",
      "validation,1,1,1,0.01,10,3,3,3,3,0.25,0.25,0.25,0.25",
      "train,2,2,1,0.02,20,1,1,1,1,0.75,0.75,0.75,0.75",
    ]);
  });

  it("holds all that is kept of a long run, and says what each row is", () => {
    const values = learning(59_556);
    const source = runOf(values, 16_384);
    const rows = linesOf(toCsv(source))
      .slice(1)
      .map((line) => line.split(",").slice(1).map(Number));
    expect(rows.length).toBe(source.train.count);
    let next = 1;
    const wrong = rows.filter(([from = 0, to = 0, steps, , , mean = 0, low = 0, high = 0]) => {
      const held = values.slice(from - 1, to);
      const truth = [next, held.length, meanOf(held), Math.min(...held), Math.max(...held)];
      next = to + 1;
      return [from, steps, mean, low, high].some((value, i) => Math.abs((value ?? NaN) - (truth[i] ?? NaN)) > 1e-6);
    });
    expect(wrong).toEqual([]);
    expect(next).toBe(59_557);
  });

  it("leaves a cell empty where nothing was measured", () => {
    expect(linesOf(toCsv(runOf([NaN])))[1]).toBe("train,1,1,1,0.01,10,,,,,,,,");
  });
});

describe("the JSON", () => {
  it("has the same by columns, with what the metrics are", () => {
    const { validation: _, ...rest } = runOf([2, NaN]);
    const marks = [{ step: 1, elapsedMs: 10, learningRate: 0.01 }];
    const read: unknown = JSON.parse(toJson({ ...rest, marks, validation: logOf([3]) }));
    expect(read).toMatchObject({
      format: "descent-metrics",
      version: 1,
      metrics: [{ id: "mae", unit: "m", better: "lower" }, { id: "recall" }],
      stepsPerEpoch: 100,
      learningRates: marks,
      train: {
        stepFrom: [1, 2],
        stepTo: [1, 2],
        steps: [1, 1],
        elapsedMs: [10, 20],
        metrics: { mae: { count: [1, 0], mean: [2, null], last: [2, null] }, recall: { mean: [0.5, null] } },
      },
      validation: { stepTo: [1], metrics: { mae: { mean: [3] } } },
    });
  });
});
