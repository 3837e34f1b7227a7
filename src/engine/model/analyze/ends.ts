/** Problems at the ends of networks: outputs that do not fit the task, and activations that do not suit the loss, each with
 *  the remedy where one is plain. */
import type { ModelFix } from "../../errors";
import type { TensorType } from "../../graph/type";
import type { ActivationName } from "../../nn/activations";
import { layerFor } from "../../nn/layers/roles";
import type { About, TaskDef, TaskProblem } from "../../tasks/task";
import { type Block, findBlock } from "../blocks";
import type { ModelDescription } from "../description";
import { activationOf, outputDense, outputPlace, settingOfBlock } from "./output";
import type { LayerReport, NetworkReport, Problem } from "./report";
import { type EngineKey, nameOf, type Said, say } from "../../words/said";

/** @param outputs of all networks */
export function outputProblems(
  description: ModelDescription,
  task: TaskDef,
  about: About,
  outputs: Readonly<Record<string, TensorType>>,
  reports: Readonly<Record<string, NetworkReport>>,
): Problem[] {
  const problems = task.problems(about, outputs).map((problem): Problem => {
    const blocks = description.networks[problem.network ?? ""]?.blocks ?? [];
    const unflat =
      problem.units === undefined || problem.isEachStep ? undefined : keptAxes(blocks, reports[problem.network ?? ""]);
    if (unflat) return unflat;
    return { severity: "error", said: problem.said, ...outputFix(blocks, problem) };
  });
  problems.push(...otherEnds(description, task));
  if (problems.length > 0) return problems;
  const layers = Object.values(reports).flatMap((report) => report.layers);
  const endings = task.endings(about);
  return [
    ...Object.entries(endings).flatMap(([network, ending]) =>
      endWarning(description.networks[network]?.blocks ?? [], layers, ending),
    ),
    ...singleSoftmaxes(description, layers, endings),
  ];
}

/** Networks that do not end in the layer that the task learns by. */
function otherEnds({ task: { type }, networks }: ModelDescription, { title, endsIn }: TaskDef): Problem[] {
  if (endsIn === undefined) return [];
  const said = say("task.endsIn", { task: nameOf(`tasks.${type}.title`, title), layer: endsIn });
  return Object.values(networks).flatMap(({ blocks }): Problem[] => {
    const last = blocks.at(-1);
    if (!last || last.type === endsIn) return [];
    return [{ severity: "error", layerId: last.id, said, fix: { kind: "append", layer: endsIn, config: {} } }];
  });
}

type Endings = ReturnType<TaskDef["endings"]>;

const isSoftmax = (block: Block): boolean => activationOf(block) === "softmax";

/** Layers whose softmax has but one number to share 1 among, so that no gradient gets past them. */
function singleSoftmaxes(description: ModelDescription, layers: readonly LayerReport[], endings: Endings): Problem[] {
  return layers.flatMap(({ id, network, name, output }): Problem[] => {
    const block = findBlock(description, id)?.block;
    if (!block || output?.shape.at(-1) !== 1 || !isSoftmax(block)) return [];
    const { blocks } = description.networks[network] ?? { blocks: [] };
    const isLast = blocks[outputPlace(blocks)]?.id === id;
    const wanted = isLast ? endings[network]?.from.find((activation) => activation !== "softmax") : undefined;
    const value: ActivationName = wanted ?? "sigmoid";
    if (settingOfBlock(block, "activation") === undefined) {
      return [{ severity: "warning", layerId: id, said: say("problem.softmaxOfOne", { layer: name }) }];
    }
    const said = say("problem.singleSoftmax", { layer: name, activation: value });
    return [{ severity: "warning", layerId: id, said, fix: { kind: "set", key: "activation", value } }];
  });
}

/** A Dense that works along the last of several axes, so that a network gives more than the row that is wanted of it; undefined
 *  where something else is to blame. */
function keptAxes(blocks: readonly Block[], report: NetworkReport | undefined): Problem | undefined {
  const own = blocks.map(({ id }) => report?.layers.find((layer) => layer.id === id));
  const isRow = (layer: LayerReport | undefined): boolean => (layer?.output?.shape.length ?? 1) === 1;
  const from = own.findLastIndex(isRow) + 1;
  const at = blocks.findIndex(({ type }, i) => i >= from && type === layerFor.outputs);
  const input = own[at]?.input;
  const [dense, above] = [blocks[at], blocks[at - 1]];
  if (!dense || !input || input.shape.length < 2) return undefined;
  const blockNamed = (block: Block, i: number) =>
    say("fit.block", { type: block.type, name: own[i]?.name ?? block.type });
  const said = say("fit.misfit", {
    block: blockNamed(dense, at),
    needs: say("fit.flat"),
    giver: above ? blockNamed(above, at - 1) : say("fit.input"),
    gives: say("fit.shape", { of: input.shape }),
  });
  return { severity: "error", layerId: dense.id, said, fix: { kind: "insertBefore", layer: layerFor.rows } };
}

/** Where a problem of the output is to be mended, and how, if that is plain. */
function outputFix(blocks: readonly Block[], { units, activation }: TaskProblem): Pick<Problem, "layerId" | "fix"> {
  const dense = outputDense(blocks);
  const layerId = dense?.id ?? blocks.at(-1)?.id;
  const at = layerId === undefined ? {} : { layerId };
  if (units !== undefined && dense && !isHidden(blocks.slice(blocks.indexOf(dense)), activation))
    return { ...at, fix: { kind: "set", key: "units", value: units } };
  if (units === undefined || activation === undefined) return at;
  return { ...at, fix: { kind: "append", layer: layerFor.outputs, config: { units, activation } } };
}

/** What an output may end in, whatever the task. */
const OF_OUTPUTS: ReadonlySet<unknown> = new Set(["linear", "softmax", "sigmoid"]);

/** Whether the last Dense is a hidden layer, by the activation after it: the output is still missing then, and is not made
 *  out of that. @param ending the Dense and what follows  @param wanted the output's activation */
function isHidden(ending: readonly Block[], wanted: string | undefined): boolean {
  const last = ending.map(activationOf).findLast((found) => found !== undefined);
  return last !== wanted && !OF_OUTPUTS.has(last);
}

/** What keeps a loss from learning through the end of a network: an activation that it cannot read, or a Dropout after one
 *  that it can. */
function endWarning(
  blocks: readonly Block[],
  reports: readonly LayerReport[],
  { by, takes, from }: Endings[string],
): Problem[] {
  const at = outputPlace(blocks);
  const block = blocks[at];
  const report = reports.find(({ id }) => id === block?.id);
  if (takes === undefined || !block || !report || (isSoftmax(block) && report.output?.shape.at(-1) === 1)) return [];
  const activation = activationOf(block);
  // What has no activation gives any numbers, as a linear one does.
  if (!from.some((suited) => suited === (activation ?? "linear"))) {
    const { advice, fix } = activationFix(from[0], settingOfBlock(block, "activation") !== undefined);
    const ending = activation === undefined ? say("problem.noActivation") : String(activation);
    const problem = say("problem.endsIn", { by, takes, layer: report.name, activation: ending });
    return [{ severity: "warning", layerId: report.id, said: say("problem.advised", { problem, advice }), fix }];
  }
  const spoiler = blocks.findLast((after, i) => i > at && Number(settingOfBlock(after, "rate")) > 0);
  const dropout = reports.find(({ id }) => id === spoiler?.id);
  return dropout && (activation === "softmax" || activation === "sigmoid")
    ? [dropoutWarning(dropout, report, activation)]
    : [];
}

function dropoutWarning(dropout: LayerReport, report: LayerReport, activation: "softmax" | "sigmoid"): Problem {
  const key = activation === "softmax" ? "problem.dropoutAfterSoftmax" : "problem.dropoutAfterSigmoid";
  return {
    severity: "warning",
    layerId: dropout.id,
    said: say(key, { dropout: dropout.name, layer: report.name }),
    fix: { kind: "moveBefore", layerId: report.id },
  };
}

/** How a network comes to end in an activation. @param hasOwn whether its last layer has one to set */
const activationFix = (
  activation: ActivationName,
  hasOwn: boolean,
): { readonly advice: Said<EngineKey>; readonly fix: ModelFix } =>
  hasOwn
    ? {
        advice: say("problem.setActivation", { activation }),
        fix: { kind: "set", key: "activation", value: activation },
      }
    : {
        advice: say("problem.endWithActivation", { activation }),
        fix: { kind: "append", layer: layerFor.activations, config: { activation } },
      };
