/** What the page knows of a metric. Charts, table and files are made from such descriptions and name no metric. */

/** A metric of a run, as its task describes it. */
export interface MetricInfo {
  /** Its column in the events and in the log. */
  readonly id: string;
  readonly title: string;
  /** Of its values, as written on an axis: `nats`; empty where it has none. */
  readonly unit: string;
  /** How its values are written: as they are, or as a share from 0 to 1 in percent. */
  readonly format: "number" | "percent";
  /** Which way is better. */
  readonly better: "lower" | "higher";
  /** One sentence, for a tooltip. */
  readonly help?: string;
  /** Whether a logarithmic axis may be asked for. */
  readonly log?: boolean;
}

/** The metrics of classification, which is what the trainer has today. */
export const classificationMetrics: readonly MetricInfo[] = [
  {
    id: "loss",
    title: "Loss",
    unit: "",
    format: "number",
    better: "lower",
    help: "How wrong the model is, in the unit of its loss.",
    log: true,
  },
  {
    id: "accuracy",
    title: "Accuracy",
    unit: "",
    format: "percent",
    better: "higher",
    help: "The share of samples the model gets right.",
    log: true,
  },
];
