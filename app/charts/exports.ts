/** The curves as text to take away, CSV or JSON: everything the log holds, and what each row stands for. */
import type { MetricColumns } from "../../src/engine";
import type { Metrics } from "../store/metrics";
import { columnOf } from "./curves";

/** What is written. */
export type ExportSource = Pick<Metrics, "infos" | "train" | "validation" | "marks" | "stepsPerEpoch">;

// Nine digits tell any two float32 apart.
const text = (value: number): string => (Number.isFinite(value) ? String(Number(value.toPrecision(9))) : "");

const FIXED = ["split", "step_from", "step_to", "steps", "epoch", "elapsed_ms"];
const STATISTICS = ["mean", "min", "max", "last"];

interface Row {
  readonly step: number;
  readonly text: string;
}

function csvRows(split: string, log: MetricColumns, { infos, stepsPerEpoch }: ExportSource): Row[] {
  const columns = infos.map(({ id }) => columnOf(log, id));
  return Array.from({ length: log.count }, (_, i) => {
    const step = log.to[i]!;
    const fields = [log.from[i]!, step, log.counts[i]!, stepsPerEpoch > 0 ? step / stepsPerEpoch : NaN].map(text);
    const statistics = columns.flatMap(({ means, lows, highs, lasts }) =>
      [means, lows, highs, lasts].map((values) => text(values[i] ?? NaN)),
    );
    return { step, text: [split, ...fields, Math.round(log.toMs[i]!), ...statistics].join(",") };
  });
}

/** All that is kept, as CSV, in the order it happened. A row holds the steps (of validations: those that were made) from
 *  `step_from` to `step_to`, `steps` in number, with mean, lowest, highest and last value of each metric; epoch and time
 *  are those of its last step. */
export function toCsv(source: ExportSource): string {
  const head = [...FIXED, ...source.infos.flatMap(({ id }) => STATISTICS.map((name) => `${id}_${name}`))];
  const rows = [...csvRows("train", source.train, source), ...csvRows("validation", source.validation, source)];
  // A stable sort: a validation follows the step it was made after.
  rows.sort((a, b) => a.step - b.step);
  return [head.join(","), ...rows.map((row) => row.text)].join("\n").concat("\n");
}

function jsonOf(log: MetricColumns): object {
  // What is not finite has no number in JSON: it is written as null.
  const numbers = (values: ArrayLike<number>): number[] => Array.from({ length: log.count }, (_, i) => values[i]!);
  const metrics = log.ids.map((id) => {
    const { counts, means, lows, highs, lasts } = log.column(id);
    const values = { mean: numbers(means), min: numbers(lows), max: numbers(highs), last: numbers(lasts) };
    return [id, { count: numbers(counts), ...values }] as const;
  });
  return {
    stepFrom: numbers(log.from),
    stepTo: numbers(log.to),
    steps: numbers(log.counts),
    elapsedMs: numbers(log.toMs),
    metrics: Object.fromEntries(metrics),
  };
}

/** The same as JSON, by columns, with the metrics' descriptions and the changes of the learning rate. */
export function toJson({ infos, train, validation, marks, stepsPerEpoch }: ExportSource): string {
  return JSON.stringify({
    format: "descent-metrics",
    version: 1,
    rows: "Index i of all columns is one row: the steps from stepFrom to stepTo, with mean, lowest, highest and last value.",
    metrics: infos,
    stepsPerEpoch,
    learningRates: marks,
    train: jsonOf(train),
    validation: jsonOf(validation),
  });
}
