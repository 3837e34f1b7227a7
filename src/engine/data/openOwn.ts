/** The visitor's datasets, fetched and opened when somebody asks for them; once for a page or a worker. */
import { bringDataset } from "./library";
import type { DatasetDef } from "./dataset";
import { openedOnce } from "../opened";
import { isOwnId, ownDatasetDef } from "./ownData";

export const openOwnDatasets = openedOnce(async (forget) => (await import("./ownStore")).openOwnStore(forget));

/** Finds a dataset that the visitor brought, and has the library know it. Undefined where it is gone, or nothing can be kept. */
export async function findOwnDataset(id: string): Promise<DatasetDef | undefined> {
  if (!isOwnId(id)) return undefined;
  try {
    const own = await (await openOwnDatasets()).find(id);
    return own && bringDataset(ownDatasetDef(own, openOwnDatasets));
  } catch {
    return undefined;
  }
}
