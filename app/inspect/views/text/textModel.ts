/** Models that read text, as far as their descriptions say. */
import type { ColumnInfo, ModelDescription } from "../../../../src/engine";
import { aboutOf, tasks } from "../../../../src/engine";
import { dataOf } from "../../../store/model";
import { readerOf } from "../reader";

/** A model that tells what comes next. */
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

/** A model that reads text, whatever it tells. */
export interface TextReader extends TextModel {
  /** Whether it tells something of a whole text, of which it reads the beginning, and not what follows. */
  readonly isOfWhole: boolean;
}

/** Null where the model reads something else. */
export function textReaderOf(model: ModelDescription): TextReader | null {
  const writer = textModelOf(model);
  if (writer) return { ...writer, isOfWhole: false };
  const reader = readerOf(model);
  if (reader?.info.kind !== "text") return null;
  return { column: reader.input, info: reader.info, steps: reader.info.shape[0] ?? 1, isOfWhole: true };
}
