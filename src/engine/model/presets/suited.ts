/** A model to begin with for any data: small and plain, of the task that the data suggest. */
import type { DataInfo } from "../../data";
import { layerFor } from "../../nn/layers/roles";
import type { TaskType } from "../../tasks";
import { MODEL } from "../../tasks/supervised";
import type { ModelDescription } from "../description";
import { dense, type Layer, preset } from "./preset";

/** What data suggest: a class to classify, a number to predict. Null where they have neither. */
export function taskFor({ columns }: Pick<DataInfo, "columns">): TaskType | null {
  const kinds = new Set(Object.values(columns).map(({ kind }) => kind));
  if (kinds.has("class")) return "classification";
  return kinds.has("value") ? "regression" : null;
}

/** How many samples to hold out of a training set: a tenth. */
export const heldOutOf = (trainCount: number): number => Math.min(5000, Math.floor(trainCount / 10));

/** A perceptron of two hidden layers with the inputs and outputs that the data need; null where they suggest no task. */
export function suitedModel({ id, title, columns, trainCount }: DataInfo): ModelDescription | null {
  const task = taskFor({ columns });
  if (!task) return null;
  const classes = Object.values(columns).find(({ kind }) => kind === "class")?.names?.length ?? 2;
  const values = Object.values(columns).findLast(({ kind }) => kind === "value");
  const rank = Object.values(columns)[0]?.shape.length ?? 1;
  const end = task === "classification" ? dense(classes, "softmax") : dense(values?.shape[0] ?? 1, "linear");
  const layers: Layer[] = [...(rank > 1 ? [[layerFor.rows] as const] : []), dense(64, "relu"), dense(32, "relu"), end];
  return preset(
    { title: title.slice(0, 60), help: "", dataset: id },
    { [MODEL]: layers },
    {
      task: [task, {}],
      validationCount: heldOutOf(trainCount),
      batchSize: trainCount < 2000 ? 16 : 64,
      epochs: trainCount < 2000 ? 60 : 10,
    },
  ).description;
}
