/** What a run's card says, part by part: the same on paper, on the screen and as Markdown. Pure. */
import { type Answers, findDataset, type KeptCurves, type ListedRun, type LogDump } from "../../src/engine";
import { formatCount, formatCurve, formatDuration, formatEpoch, formatPercent } from "../common/format";
import { t } from "../common/words";
import { classifierOf } from "../inspect/views/classifier";
import { judge } from "../inspect/views/answers/judged";
import { classScores, confusionOf, macroAverage } from "../inspect/views/answers/measures";
import { type LayerView, viewLayers } from "../model/layerView";
import { networkTitle } from "../store/networkTitle";
import { scoresOf } from "../runs/scores";
import { settingsOf } from "../runs/settings";
import { curvesOfModel, figuresOfModel, reportOf } from "../store/model";

/** A part of a card: facts by name, or a table. */
export interface CardPart {
  readonly id: "data" | "model" | "settings" | "curves" | "scores" | "classes" | "origin";
  readonly heading: string;
  readonly facts?: readonly (readonly [label: string, value: string])[];
  readonly table?: { readonly columns: readonly string[]; readonly rows: readonly (readonly string[])[] };
  readonly note?: string;
}

/** What a card is made of. */
export interface CardSource {
  readonly run: ListedRun;
  readonly curves: KeptCurves;
  /** What the model says of the test set; null where it tells no class, or its weights are not kept. */
  readonly answers: Answers | null;
  /** The step that the weights behind the answers are of. */
  readonly step: number;
}

const NONE = "–";
/** Rows of the table of curves. */
const MAX_ROWS = 10;
/** A model with more classes has a table that is no help to anybody. */
const MAX_CLASSES = 40;

/** All parts, in the order in which they are read. */
export function cardOf(source: CardSource): CardPart[] {
  const { run } = source;
  return [
    dataOf(source),
    origin(run),
    modelOf(run),
    settingsPart(run),
    curvesOf(source),
    scoresPart(run),
    ...classesOf(source),
  ];
}

function dataOf({ run: { description }, answers }: CardSource): CardPart {
  const data = findDataset(description.dataset);
  const { validationCount } = description.training;
  const names = Object.values(data?.columns ?? {}).find(({ kind }) => kind === "class")?.names ?? [];
  const facts: [string, string][] = [[t("card.dataset"), data?.title ?? description.dataset]];
  if (data && Number.isFinite(data.trainCount) && !data.environment) {
    facts.push([t("card.trainedOn"), formatCount(Math.max(0, data.trainCount - validationCount))]);
  }
  if (validationCount > 0) facts.push([t("card.heldOut"), formatCount(validationCount)]);
  if (answers) facts.push([t("card.tested"), formatCount(answers.labels.length)]);
  if (names.length > 0)
    facts.push([t("card.classes"), names.length > MAX_CLASSES ? formatCount(names.length) : names.join(", ")]);
  return { id: "data", heading: t("card.data"), facts };
}

function modelOf({ description }: ListedRun): CardPart {
  const report = reportOf(description);
  const names = Object.keys(description.networks);
  const rowsOf = (layers: readonly LayerView[], of: string, depth = 0): string[][] =>
    layers.flatMap(({ type, summary, output, parameterCount, branches = [] }) => [
      [
        ...(names.length > 1 ? [of] : []),
        `${"· ".repeat(depth)}${type}`,
        summary.join(", ") || NONE,
        output,
        parameterCount === null ? NONE : formatCount(parameterCount),
      ],
      ...branches.flatMap((branch) => rowsOf(branch.layers, of, depth + 1)),
    ]);
  return {
    id: "model",
    heading: t("card.model", { name: description.name }),
    table: {
      columns: [
        ...(names.length > 1 ? [t("card.network")] : []),
        t("card.layer"),
        t("card.settings"),
        t("card.output"),
        t("card.parameters"),
      ],
      rows: names.flatMap((name) => rowsOf(viewLayers(description, report, name), networkTitle(description, name))),
    },
    note: t("card.allParameters", { count: report.parameterCount, trained: report.trainableCount }),
  };
}

/** What the card says of the data and of where the run comes from. */
const TOLD = new Set(["dataset", "training.samples", "training.validationCount", "training.seed"]);

/** How it was trained; what layers are set to stands with them. */
function settingsPart({ description }: ListedRun): CardPart {
  const facts = [...settingsOf(description)]
    .filter(([key, { label }]) => !key.includes("/") && !TOLD.has(key) && label !== "")
    .toSorted(([, a], [, b]) => b.rank - a.rank)
    .map(([, { label, value }]) => [label, value] as const);
  return { id: "settings", heading: t("card.training"), facts };
}

/** A few points of the curves, evenly over the run and with its last. */
function curvesOf({ run, curves }: CardSource): CardPart {
  const infos = curvesOfModel(run.description);
  const isValidated = curves.validation.from.length > 0;
  const log: LogDump = isValidated ? curves.validation : curves.train;
  const all = log.from.length;
  const count = Math.min(MAX_ROWS, all);
  const places = Array.from({ length: count }, (_, i) => Math.round(((i + 1) * all) / count) - 1);
  const shown = infos.filter(({ id }) => log.columns[id]);
  return {
    id: "curves",
    heading: t("card.curves"),
    table: {
      columns: [t("card.step"), t("card.epoch"), ...shown.map(({ title }) => title)],
      rows: places.map((place) => [
        formatCount(log.to[place] ?? 0),
        formatEpoch((log.to[place] ?? 0) / (run.stepsPerEpoch || 1)),
        ...shown.map((info) => formatCurve(info, log.columns[info.id]?.means[place])),
      ]),
    },
    note: t(isValidated ? "card.ofValidation" : "card.ofTraining"),
  };
}

function scoresPart(run: ListedRun): CardPart {
  const figures = figuresOfModel(run.description);
  const infos = new Map(figures.map((info) => [info.id, info]));
  const rows = scoresOf(run).map(({ id, title, isValidated, best, last }) => {
    const info = infos.get(id);
    const tested = run.test?.[id];
    return [title, isValidated ? best : NONE, last, info && tested !== undefined ? formatCurve(info, tested) : NONE];
  });
  const curves = new Set(curvesOfModel(run.description).map(({ id }) => id));
  const ofSplits = figures
    .filter(({ id }) => !curves.has(id) && run.test?.[id] !== undefined)
    .map((info) => [
      info.title,
      NONE,
      formatCurve(info, run.validation?.[info.id]),
      formatCurve(info, run.test?.[info.id]),
    ]);
  return {
    id: "scores",
    heading: t("card.scores"),
    table: {
      columns: [t("card.metric"), t("card.best"), t("card.last"), t("card.test")],
      rows: [...rows, ...ofSplits],
    },
    ...(run.test === null && { note: t("card.noTest") }),
  };
}

/** The scores of each class on the test set, and the pair that is taken for each other most often. */
function classesOf({ run, answers, step }: CardSource): CardPart[] {
  const names = classifierOf(run.description)?.classNames;
  if (!answers || !names || names.length > MAX_CLASSES) return [];
  const { predicted } = judge(answers, names.length);
  const confusion = confusionOf(answers.labels, predicted, names.length);
  const scores = classScores(confusion);
  const row = (name: string, { precision, recall, f1, support }: (typeof scores)[number]): string[] => [
    name,
    ...[precision, recall, f1].map((share) => formatPercent(share, 1)),
    formatCount(support),
  ];
  const weakest = weakestPair(confusion.counts, names.length);
  const right = predicted.reduce((sum, label, n) => sum + (label === answers.labels[n] ? 1 : 0), 0);
  const about = t("card.ofTest", { step, right, count: answers.labels.length });
  const pair = weakest
    ? t("card.weakest", {
        a: names[weakest.a] ?? "",
        b: names[weakest.b] ?? "",
        ab: weakest.ab,
        ba: weakest.ba,
        ofA: confusion.ofTrue[weakest.a] ?? 0,
        ofB: confusion.ofTrue[weakest.b] ?? 0,
      })
    : t("card.noMistakes");
  return [
    {
      id: "classes",
      heading: t("card.byClass"),
      table: {
        columns: [t("card.class"), t("card.precision"), t("card.recall"), t("card.f1"), t("card.samples")],
        rows: [
          ...names.map((name, c) => row(name, scores[c] ?? macroAverage([]))),
          row(t("card.mean"), macroAverage(scores)),
        ],
      },
      note: `${about} ${pair}`,
    },
  ];
}

/** The two classes that are taken for each other most often, and how often each for the other; null without a mistake. */
export function weakestPair(
  counts: ArrayLike<number>,
  classes: number,
): { readonly a: number; readonly b: number; readonly ab: number; readonly ba: number } | null {
  let found: ReturnType<typeof weakestPair> = null;
  for (let a = 0; a < classes; a++) {
    for (let b = a + 1; b < classes; b++) {
      const [ab, ba] = [counts[a * classes + b] ?? 0, counts[b * classes + a] ?? 0];
      if (ab + ba > (found ? found.ab + found.ba : 0)) found = { a, b, ab, ba };
    }
  }
  return found;
}

function origin({ description, createdAt, step, stepsPerEpoch, elapsedMs, machine }: ListedRun): CardPart {
  const facts: [string, string][] = [
    [t("card.seed"), String(description.training.seed)],
    [t("card.trained"), t("card.steps", { step, epoch: formatEpoch(step / (stepsPerEpoch || 1)) })],
    [t("card.time"), formatDuration(elapsedMs)],
    [t("card.begun"), t("card.begunAt", { when: new Date(createdAt).toISOString().slice(0, 16).replace("T", " ") })],
  ];
  if (machine) facts.push([t("card.machine"), `${machine.kind === "webgpu" ? "WebGPU" : "CPU"}, ${machine.adapter}`]);
  return { id: "origin", heading: t("card.origin"), facts };
}
