/** The library of datasets: those that are built in, and room for what visitors bring. Nothing above this file knows which
 *  datasets there are. */
import { DatasetError } from "../errors";
import type { DatasetDef } from "./dataset";
import { datasets } from "./index";

/** A dataset by its id, or undefined. */
export function findDataset(id: string): DatasetDef | undefined {
  return Object.hasOwn(datasets, id) ? datasets[id] : undefined;
}

/** A dataset by its id. @throws DatasetError when there is none, naming those that there are */
export function requireDataset(id: string): DatasetDef {
  const found = findDataset(id);
  if (found) return found;
  throw new DatasetError(
    `Dataset: expected one of ${Object.keys(datasets).join(", ")}, got "${id}". Choose one of those.`,
  );
}
