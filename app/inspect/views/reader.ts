/** What a single network reads and is held against, as far as its description says. */
import { aboutOf, type ColumnInfo, type ModelDescription, tasks } from "../../../src/engine";
import { dataOf } from "../../store/model";
import { classifierOf } from "./classifier";

export interface Reader {
  /** The column that it reads, by name. */
  readonly input: string;
  readonly info: ColumnInfo;
  /** The column that it is held against; null where that is the input itself, as of texts what follows. */
  readonly target: string | null;
  /** Empty where it tells no class. */
  readonly classNames: readonly string[];
}

/** A model as such a network: a classifier, or whatever reads one column and learns from one; null where it is another. */
export function readerOf(model: ModelDescription): Reader | null {
  const classifier = classifierOf(model);
  if (classifier) return classifier;
  const data = dataOf(model);
  const task = tasks[model.task.type];
  const about = aboutOf(model, data);
  if ("said" in task.columns(about)) return null;
  const lesson = task.lesson?.(about);
  const info = lesson && data.columns[lesson.input];
  return info ? { input: lesson.input, info, target: lesson.target, classNames: [] } : null;
}
