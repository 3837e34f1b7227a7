/** The files of a drop, with the folders that they were in. */
import type { DragEvent } from "react";
import type { BroughtFile } from "../../src/engine";
import { named } from "../store/datasets";
import { collect } from "../common/collect";

export async function droppedFiles({ dataTransfer }: Pick<DragEvent, "dataTransfer">): Promise<readonly BroughtFile[]> {
  // Files and folders are there for as long as the event is.
  const files = [...dataTransfer.files];
  const entries = [...dataTransfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  return entries.some(({ isDirectory }) => isDirectory) ? collect(entries) : files.map(named);
}
