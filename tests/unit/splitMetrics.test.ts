// Metrics that are told of whole splits alone, over time: what is kept of them, how they are drawn, read and taken away.
import { expect, it } from "vitest";
import { fileSource } from "../../scripts/support/fileSource";
import { chartOf } from "../../app/charts/chart";
import { buildCurves } from "../../app/charts/curves";
import { toCsv, toJson } from "../../app/charts/exports";
import { describeReading, readAt } from "../../app/charts/reading";
import { isShown } from "../../app/charts/registry";
import { tableRows } from "../../app/charts/tableRows";
import { addSteps, addValidations, readMetrics, restoreMetrics, startMetrics } from "../../app/store/metrics";
import { validationBatch } from "../../app/train/metricBatch";
import type { CurveInfo, KeptCurves, TrainerEvent } from "../../src/engine";
import { requireDataset } from "../../src/engine/data/library";
import { aboutOf } from "../../src/engine/model/analyze";
import { tasks } from "../../src/engine/tasks";
import { figuresOf } from "../../src/engine/train/scores";
import { KeepingTrainer } from "../../src/engine/trainer/keepingTrainer";
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
const infos: readonly CurveInfo[] = figuresOf(tasks.classification, aboutOf(model, requireDataset("xor")));
const OF_SPLITS = ["macroF1", "macroPrecision", "macroRecall"];
const options = {
  xUnit: "step",
  smoothing: 0.6,
  isLog: false,
  isFit: false,
  zoom: null,
  width: 400,
  height: 200,
} as const;

/** What a trainer told of a run, and what was kept of it. */
async function trained(steps: number) {
  const store = new MemoryRuns();
  const openRuns = async () => store;
  const trainer = new KeepingTrainer({ gpu: undefined, openSource: () => fileSource, openRuns, build: "b" });
  const events: TrainerEvent[] = [];
  trainer.listen((event) => events.push(event));
  await trainer.keep(() => {});
  await trainer.prepare(model, { ...onCpu, threads: 1 });
  await trainer.train(steps);
  await trainer.keeper.flush();
  await trainer.dispose();
  const [kept] = [...store.kept.values()];
  return { events, kept: kept as KeptCurves };
}

it("are kept and drawn of every validation, and of no step", async () => {
  const { events, kept } = await trained(30);
  const validations = events.flatMap((event) => (event.type === "validation" ? [event.metrics] : []));
  expect(validations.length).toBe(10);
  expect(Object.keys(kept.train.columns)).toEqual(["loss", "accuracy"]);
  expect(Object.keys(kept.validation.columns)).toEqual(["loss", "accuracy", ...OF_SPLITS]);
  startMetrics(infos);
  for (const event of events) {
    if (event.type !== "steps") continue;
    const { first, count, elapsedMs, values } = event.steps;
    addSteps({ steps: Array.from({ length: count }, (_, i) => first + i), elapsedMs, columns: values });
  }
  for (const told of validations) addValidations(validationBatch(told));
  const metrics = readMetrics();
  for (const id of OF_SPLITS) {
    // Of one sample: the class that it is of has 1 where it is told right, and the other one has nothing.
    const byHand = validations.map(({ values }) => (values["accuracy"] ?? NaN) / 2);
    expect([...(kept.validation.columns[id]?.means ?? [])]).toEqual(byHand);
    const def = chartOf(infos.find((info) => info.id === id) as CurveInfo);
    const curves = buildCurves(def, metrics, options, new Float64Array(metrics.train.from.length));
    expect([curves.raw, curves.smooth, curves.band]).toEqual([[], [], []]);
    expect(curves.validation.map(({ y }) => y)).toEqual(byHand);
    const reading = readAt(def, curves, metrics, 14);
    expect(reading).toMatchObject({ from: 15, to: 15, mean: null, validation: { mean: byHand[4] } });
    expect(reading?.points.map(({ line }) => line)).toEqual(["validation"]);
    const said = reading ? describeReading(def, reading) : "";
    expect(said).toContain(`validation ${def.format(byHand[4] ?? NaN)} at step 15`);
    expect(said).not.toContain("training");
  }
  const [head = "", ...lines] = toCsv(metrics).trimEnd().split("\n");
  const at = head.split(",").indexOf("macroF1_mean");
  const cells = (split: string) => lines.filter((line) => line.startsWith(split)).map((line) => line.split(",")[at]);
  expect(new Set(cells("train"))).toEqual(new Set([""]));
  expect(cells("validation").map(Number)).toEqual(validations.map(({ values }) => values["macroF1"]));
  expect(JSON.parse(toJson(metrics))).toMatchObject({
    metrics: [{ id: "loss" }, { id: "accuracy" }, ...OF_SPLITS.map((id) => ({ id, ofSplits: true }))],
    validation: { metrics: { macroF1: { last: validations.map(({ values }) => values["macroF1"]) } } },
  });
  const row = tableRows(metrics.train, metrics.validation).at(-1);
  expect([row?.train?.length, row?.validation?.length]).toEqual([2, 5]);
});

it("are not measured of runs that were kept before they were, whose other curves are there", async () => {
  const { kept } = await trained(9);
  const columns = Object.fromEntries(Object.entries(kept.validation.columns).filter(([id]) => !OF_SPLITS.includes(id)));
  const before = { ...kept, validation: { ...kept.validation, columns } };
  startMetrics(infos);
  restoreMetrics(before, 3);
  const { train, validation } = readMetrics();
  expect([train.count, validation.count]).toEqual([9, 3]);
  expect([...validation.column("loss").counts.slice(0, 3)]).toEqual([1, 1, 1]);
  expect([...validation.column("macroF1").counts.slice(0, 3)]).toEqual([0, 0, 0]);
  // Without its loss it is no such run.
  const { loss: _, ...others } = columns;
  restoreMetrics({ ...before, validation: { ...before.validation, columns: others } }, 3);
  expect(readMetrics().validation.count).toBe(0);
});

it("that steps were told of when a run was kept are not measured as it goes on", async () => {
  const store = new MemoryRuns();
  const openRuns = async () => store;
  const trainer = new KeepingTrainer({ gpu: undefined, openSource: () => fileSource, openRuns, build: "b" });
  trainer.listen(() => {});
  await trainer.keep(() => {});
  await trainer.prepare(model, { ...onCpu, threads: 1 });
  await trainer.train(6);
  await trainer.keeper.flush();
  const id = trainer.keeper.id ?? "";
  const { train, validation } = store.kept.get(id) as KeptCurves;
  const columns = { ...train.columns, macroF1: train.columns["accuracy"] as KeptCurves["train"]["columns"][string] };
  store.kept.set(id, { train: { ...train, columns }, validation });
  await trainer.resumeRun(id, { ...onCpu, threads: 1 });
  await trainer.train(9);
  await trainer.keeper.flush();
  expect(trainer.keeper.id).toBe(id);
  expect([...(store.kept.get(id)?.train.to ?? [])]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect([...(store.kept.get(id)?.train.columns["macroF1"]?.counts ?? [])]).toEqual([1, 1, 1, 1, 1, 1, 0, 0, 0]);
  await trainer.dispose();
});

it("are seen when they are chosen, and what is told of steps until it is put away", () => {
  const charts = infos.map(chartOf);
  const seen = (others: readonly string[]) => charts.filter((chart) => isShown(chart, others)).map(({ id }) => id);
  expect(seen([])).toEqual(["loss", "accuracy"]);
  expect(seen(["macroF1", "loss"])).toEqual(["accuracy", "macroF1"]);
});
