/** What a classifier reads and tells, as far as its description says. */
import type { ColumnInfo, ModelDescription } from "../../../src/engine";
import { aboutOf, tasks } from "../../../src/engine";
import { dataOf } from "../../store/model";

export interface Classifier {
  /** The column that it reads, by name. */
  readonly input: string;
  readonly info: ColumnInfo;
  /** The column that it is held against. */
  readonly target: string;
  readonly classNames: readonly string[];
}

/** A model as a classifier; null where it reads something else than one column or tells something else than a class. */
export function classifierOf(model: ModelDescription): Classifier | null {
  // A class that only judges is none that is told.
  if (tasks[model.task.type].endsIn !== undefined) return null;
  const data = dataOf(model);
  const columns = tasks[model.task.type].columns(aboutOf(model, data));
  if ("said" in columns) return null;
  const [input = "", target = "", ...others] = columns;
  const [info, told] = [data.columns[input], data.columns[target]];
  if (!info || info.kind === "class" || told?.kind !== "class" || !told.names || others.length > 0) return null;
  return { input, info, target, classNames: told.names };
}
