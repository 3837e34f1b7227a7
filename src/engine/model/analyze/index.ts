/** What can be told of a model without building it: types, parameters, cost, and every problem, each pinned to its
 *  layer. The page shows it on every edit; the trainer refuses what it refuses. */
import type { DataInfo } from "../../data";
import { readConfig } from "../../fields";
import type { TensorType } from "../../graph/type";
import { sizeOf } from "../../shape";
import { tasks } from "../../tasks";
import type { About, TaskDef } from "../../tasks/task";
import type { ModelDescription } from "../description";
import { aheadProblems } from "./ahead";
import { outputProblems } from "./ends";
import type { LayerReport, ModelReport, NetworkReport, Problem } from "./report";
import { settingsProblems } from "./settings";
import { sizeProblems, whole } from "./size";
import { walkNetwork } from "./walk";
import { type EngineKey, type Said, say } from "../../words/said";

export type { LayerReport, ModelReport, NetworkReport, Problem } from "./report";

/** What a task is asked about: the data, and the task's settings with their defaults. */
export function aboutOf({ task }: Pick<ModelDescription, "task">, data: DataInfo): About {
  return { data, config: readConfig(tasks[task.type].fields, task.config).config };
}

/** The columns that the task reads, the input first; none where the data do not fit it. */
export function columnsOf(description: Pick<ModelDescription, "task">, data: DataInfo): readonly string[] {
  const columns = tasks[description.task.type].columns(aboutOf(description, data));
  return "said" in columns ? [] : columns;
}

const toldNext = (task: TaskDef, about: About): boolean => task.lesson?.(about)?.target === null;

/** Whether what follows is told at every step, so that no layer may look ahead. */
export const tellsNext = (description: Pick<ModelDescription, "task">, data: DataInfo): boolean =>
  columnsOf(description, data).length > 0 && toldNext(tasks[description.task.type], aboutOf(description, data));

/** Follows the types through all networks. Never throws: whatever is wrong is in the report.
 *  @param data what the model learns from */
export function analyzeModel(description: ModelDescription, data: DataInfo): ModelReport {
  const task = tasks[description.task.type];
  const about = aboutOf(description, data);
  const columns = task.columns(about);
  const networks: Record<string, NetworkReport> = {};
  const outputs: Record<string, TensorType | null> = {};
  for (const [name, { input }] of Object.entries(task.networks)) {
    const network = description.networks[name];
    if (!network) continue;
    networks[name] = walkNetwork(name, network, input(about, outputs));
    outputs[name] = networks[name].output;
  }
  const reports = Object.values(networks).flatMap(({ layers }) => layers);
  return {
    networks,
    layers: reports,
    parameterCount: Object.values(networks).reduce((total, { parameterCount }) => total + parameterCount, 0),
    trainableCount: reports.reduce((total, report) => total + trainableCount(report), 0),
    flops: Object.values(networks).reduce((total, { flops }) => total + flops, 0),
    problems: [
      ...("said" in columns ? [errorOf(isThere(data) ? columns.said : say("data.gone"))] : []),
      ...reports.flatMap(({ problems }) => problems),
      ...repeatedNames(networks),
      ...sizeProblems(description, networks),
      ...("said" in columns ? [] : endProblems(description, task, about, networks)),
      ...settingsProblems(description, data),
    ],
  };
}

/** What is not there has no columns. */
const isThere = ({ columns }: DataInfo): boolean => Object.keys(columns).length > 0;

const errorOf = (said: Said<EngineKey>): Problem => ({ severity: "error", said });

function trainableCount({ variables, isFrozen }: LayerReport): number {
  if (isFrozen) return 0;
  const trained = Object.values(variables).filter(({ trainable }) => trainable !== false);
  return trained.reduce((total, { shape }) => total + sizeOf(shape), 0);
}

/** Two layers of one name would overwrite each other's weights in files. Pinned to the second. */
function repeatedNames(networks: Readonly<Record<string, NetworkReport>>): Problem[] {
  return Object.values(networks).flatMap(({ layers }) =>
    layers.flatMap(({ id, name }, i): Problem[] => {
      if (layers.findIndex((other) => other.name === name) === i) return [];
      const said = say("problem.repeatedName", { name });
      return [{ severity: "error", layerId: id, said, fix: { kind: "rename" } }];
    }),
  );
}

/** What is wrong with networks as wholes: without layers, with nothing to learn, or with an output that does not fit. */
function endProblems(
  description: ModelDescription,
  task: TaskDef,
  about: About,
  networks: Readonly<Record<string, NetworkReport>>,
): Problem[] {
  const isOnly = Object.keys(networks).length === 1;
  const empty = Object.entries(description.networks).filter(([, { blocks }]) => blocks.length === 0);
  if (empty.length > 0) {
    return empty.map(([name]) => errorOf(say("problem.noLayers", { what: whole(isOnly, name) })));
  }
  const outputs = Object.entries(networks).flatMap(([name, { output }]) => (output ? [[name, output] as const] : []));
  if (outputs.length < Object.keys(networks).length) return [];
  const found = outputProblems(description, task, about, Object.fromEntries(outputs), networks);
  if (found.some(({ severity }) => severity === "error")) return found;
  const idle = task
    .losses(about)
    .filter(({ trains }) => trains.length > 0 && trains.every((name) => !learns(networks[name])));
  const nothing = idle.map(({ trains }) => {
    const isFrozen = trains.some((name) => networks[name]?.layers.some((layer) => layer.isFrozen));
    const what = isOnly ? say("problem.theModel") : say("problem.theNetworks", { networks: trains });
    return errorOf(say(isFrozen ? "problem.frozen" : "problem.nothingToLearn", { what }));
  });
  return [...nothing, ...found, ...(toldNext(task, about) ? aheadProblems(description, networks) : [])];
}

const learns = (network: NetworkReport | undefined): boolean =>
  network?.layers.some((layer) => trainableCount(layer) > 0) ?? false;
