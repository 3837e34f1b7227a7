/** English: the charts, their tools, readings and files. */
import { formats, inSentence } from "./formats";

const { count, list } = formats;

/** Values are written already, as the metric wants them. */
type Texts<K extends string> = Readonly<Record<K, string>>;
type Steps = { readonly from: number; readonly to: number };

const stepsOf = ({ from, to }: Steps): string =>
  from === to ? `Step ${count(to)}` : `Steps ${count(from)} to ${count(to)}`;

/** How many steps a row of the log stands for, at most. */
interface RowSize {
  readonly steps: number;
}

const rowsOf = ({ steps }: RowSize): string =>
  steps > 1
    ? `rows of up to ${count(steps)} steps, with their mean, lowest, highest and last values`
    : "a row for each step";

/** Charts and what can be done with them. */
export const chart = {
  name: ({ title }: Texts<"title">) => `${title} chart`,
  fullSizeName: ({ title }: Texts<"title">) => `${title} chart, full size`,
  lowerIsBetter: ({ help }: Texts<"help">) => `${help} Lower is better.`,
  higherIsBetter: ({ help }: Texts<"help">) => `${help} Higher is better.`,
  step: "Step",
  epoch: "Epoch",
  samples: "Samples",
  time: "Time",
  smoothing: "Smoothing",
  xAxis: "Horizontal axis",
  zoomIn: "Zoom in",
  zoomInOf: ({ title }: Texts<"title">) => `${title}: zoom in`,
  zoomOut: "Zoom out",
  zoomOutOf: ({ title }: Texts<"title">) => `${title}: zoom out`,
  whole: "Show the whole run",
  wholeOf: ({ title }: Texts<"title">) => `${title}: show the whole run`,
  fit: "fit",
  fitHelp: "Fit the vertical axis to most values; outliers run out of the picture",
  fitOf: ({ title }: Texts<"title">) => `${title}: fit the axis to most values`,
  log: "log y",
  logHelp: "Logarithmic vertical axis",
  logOf: ({ title }: Texts<"title">) => `${title}: logarithmic axis`,
  png: "Download as PNG",
  pngOf: ({ title }: Texts<"title">) => `Download ${title} chart as PNG`,
  fullSize: "Full size",
  fullSizeOf: ({ title }: Texts<"title">) => `${title} chart in full size`,
  csvHelp: (rows: RowSize) => `Download as CSV: ${rowsOf(rows)}`,
  csv: "Download metrics as CSV",
  jsonHelp: (rows: RowSize) => `Download as JSON: ${rowsOf(rows)}`,
  json: "Download metrics as JSON",
  legend: "Legend",
  train: "Training",
  validation: "Validation",
  /** In a picture, which lacks the controls. */
  titleWith: ({ title, details }: { readonly title: string; readonly details: readonly string[] }) =>
    `${title} (${list(details)})`,
  logarithmic: "logarithmic",
  trainSmoothed: ({ smoothing }: Texts<"smoothing">) => `Training, smoothed ${smoothing}`,
  band: "Lowest to highest",
  pictureFailed: ({ reason }: Texts<"reason">) => `The picture could not be made: ${reason}`,
  empty: ({ title }: Texts<"title">) => `Press Train, and the ${inSentence(title)} is drawn here`,
  emptyOfSplits: ({ title }: Texts<"title">) =>
    `Press Train, and the ${inSentence(title)} is drawn here from the first validation on: it is told of whole splits, and of no step`,
  emptyUnheld: ({ title }: Texts<"title">) =>
    `Hold samples out for validation, under Training, and the ${inSentence(title)} is drawn here: it is told of whole splits, and of no step`,
  choose: "Choose charts",
  chooseHelp: "Which charts are seen",
  ofSplits: "validation and test",
  test: "Test",
  testHelp: "Of the test set, which is scored when training ends",
  nothingYet: ({ title }: Texts<"title">) => `${title} over training: nothing yet`,
  summary: ({ title, value, step }: Texts<"title" | "value"> & { readonly step: number }) =>
    `${title} over training: ${value} at step ${count(step)}. Numbers are in the table Training metrics.`,
  summaryValidated: (values: Texts<"title" | "value" | "validation"> & { readonly step: number }) =>
    `${values.title} over training: ${values.value} at step ${count(values.step)}, on validation samples ${values.validation}. Numbers are in the table Training metrics.`,
  summaryOfSplits: ({ title, validation, step }: Texts<"title" | "validation"> & { readonly step: number }) =>
    `${title} over training: ${validation} on validation samples at step ${count(step)}. Numbers are in the table Training metrics.`,
  read: ({ title }: Texts<"title">) => `Read ${inSentence(title)}`,
  noPlace: "No place chosen",
  keys: "Arrow keys read values, plus and minus zoom, zero shows the whole run, Enter says what can be done at a step.",
};

interface RateStep {
  readonly step: number;
}

/** What is read off a chart at one place. */
export const reading = {
  steps: stepsOf,
  epoch: ({ epoch }: Texts<"epoch">) => `epoch ${epoch}`,
  mean: ({ value }: Texts<"value">) => `mean ${value}`,
  raw: ({ value }: Texts<"value">) => `raw ${value}`,
  range: ({ low, high }: Texts<"low" | "high">) => `${low} to ${high}`,
  rate: ({ rate }: Texts<"rate">) => `lr ${rate}`,
  rateAfter: ({ rate, step }: Texts<"rate"> & RateStep) => `lr ${rate} from step ${count(step)}`,
  train: ({ value }: Texts<"value">) => `training ${value}`,
  smoothed: ({ value }: Texts<"value">) => `training ${value} smoothed`,
  validation: ({ value, from, to }: Texts<"value"> & Steps) =>
    `validation ${value} at ${stepsOf({ from, to }).toLowerCase()}`,
  rateSet: ({ rate, step }: Texts<"rate"> & RateStep) => `learning rate ${rate} from step ${count(step)}`,
  all: ({ details }: { readonly details: readonly string[] }) => list(details),
};

/** The table of the run's numbers. */
export const table = {
  title: "Training metrics",
  about: ({ validations, steps }: RowSize & { readonly validations: number }) =>
    `The first step, the latest ones, and up to ${count(validations)} validations. A row of several steps has their means. The CSV file has ${rowsOf({ steps })}.`,
  trainOf: ({ title }: Texts<"title">) => `Training ${inSentence(title)}`,
  validationOf: ({ title }: Texts<"title">) => `Validation ${inSentence(title)}`,
  steps: ({ from, to }: Steps) => (from === to ? count(to) : `${count(from)} to ${count(to)}`),
};
