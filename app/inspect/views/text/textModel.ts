/** A model that reads text and tells what comes next, as far as its description says. */
import type { ColumnInfo, ModelDescription } from "../../../../src/engine";
import { aboutOf, tasks } from "../../../../src/engine";
import { dataOf } from "../../../store/model";

export interface TextModel {
  /** The column that it reads, by name. */
  readonly column: string;
  readonly info: ColumnInfo;
  /** Tokens that it reads at a time. */
  readonly steps: number;
}

/** Null where the model reads or tells something else. */
export function textModelOf(model: ModelDescription): TextModel | null {
  const data = dataOf(model);
  const columns = tasks[model.task.type].columns(aboutOf(model, data));
  if ("said" in columns) return null;
  const [column = "", ...others] = columns;
  const info = data.columns[column];
  if (info?.kind !== "text" || others.length > 0) return null;
  return { column, info, steps: (info.shape[0] ?? 1) - 1 };
}
