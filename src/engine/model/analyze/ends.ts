/** Problems at the ends of networks: outputs that do not fit the task, and activations that do not suit the loss, each with
 *  the remedy where one is plain. */
import type { ModelFix } from "../../errors";
import type { TensorType } from "../../graph/node";
import { type LossType, losses } from "../../nn/losses";
import type { About, TaskDef, TaskProblem } from "../../tasks/task";
import type { Block } from "../blocks";
import type { ModelDescription } from "../description";
import { outputDense, outputPlace, settingOfBlock } from "./output";
import type { LayerReport, NetworkReport, Problem } from "./report";

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
    return { severity: "error", message: `${problem.message}.`, ...outputFix(blocks, problem) };
  });
  const loss: unknown = about.config["loss"];
  if (problems.length > 0 || !isCategorical(loss)) return problems;
  return Object.entries(description.networks).flatMap(([name, { blocks }]) => {
    const warning = softmaxWarning(blocks, reports[name]?.layers ?? [], losses[loss].title);
    return warning ? [warning] : [];
  });
}

const isCategorical = (loss: unknown): loss is LossType =>
  loss === "sparseCategoricalCrossentropy" || loss === "categoricalCrossentropy";

/** Where a problem of the output is to be mended, and how, if that is plain. */
function outputFix(blocks: readonly Block[], { units, activation }: TaskProblem): Pick<Problem, "layerId" | "fix"> {
  const dense = outputDense(blocks);
  const layerId = dense?.id ?? blocks.at(-1)?.id;
  const at = layerId === undefined ? {} : { layerId };
  if (units !== undefined && dense) return { ...at, fix: { kind: "set", key: "units", value: units } };
  if (units === undefined || activation === undefined) return at;
  return { ...at, fix: { kind: "append", layer: "Dense", config: { units, activation } } };
}

/** What keeps the output from being probabilities: no softmax, or a Dropout after it, which now and then zeroes all
 *  classes of a sample and so divides 0 by 0. */
function softmaxWarning(
  blocks: readonly Block[],
  reports: readonly LayerReport[],
  lossTitle: string,
): Problem | undefined {
  const giver = outputPlace(blocks);
  const block = blocks[giver];
  const report = reports.find(({ id }) => id === block?.id);
  if (!block || !report) return undefined;
  const activation = settingOfBlock(block, "activation");
  if (activation !== "softmax") {
    const { remedy, fix } = softmaxFix(activation !== undefined);
    return {
      severity: "warning",
      layerId: report.id,
      message: `${lossTitle} expects probabilities, but "${report.name}" ends in ${String(activation ?? "no activation")}. ${remedy}.`,
      fix,
    };
  }
  const spoiler = blocks.findLast((after, i) => i > giver && Number(settingOfBlock(after, "rate")) > 0);
  const dropout = reports.find(({ id }) => id === spoiler?.id);
  if (!dropout) return undefined;
  return {
    severity: "warning",
    layerId: dropout.id,
    message: `Dropout "${dropout.name}" comes after the softmax of "${report.name}" and sets probabilities to 0; a sample that loses all of them makes the loss NaN. Move it before "${report.name}".`,
    fix: { kind: "moveBefore", layerId: report.id },
  };
}

/** How a model comes to end in softmax. @param hasActivation whether its last layer has one to set */
const softmaxFix = (hasActivation: boolean): { readonly remedy: string; readonly fix: ModelFix } =>
  hasActivation
    ? { remedy: "Set its activation to softmax", fix: { kind: "set", key: "activation", value: "softmax" } }
    : {
        remedy: "End with an Activation layer of softmax",
        fix: { kind: "append", layer: "Activation", config: { activation: "softmax" } },
      };
