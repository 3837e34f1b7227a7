/** The visitor's datasets, fetched and opened when somebody asks for them; once for a page or a worker. */
import { bringDataset } from "./library";
import type { DatasetDef } from "./dataset";
import { isOwnId, type OwnDatasets, ownDatasetDef } from "./ownData";

let opening: Promise<OwnDatasets> | undefined;

/** @throws whatever the browser says where its database is forbidden; then it may be asked again */
export async function openOwnDatasets(): Promise<OwnDatasets> {
  opening ??= import("./ownStore").then(({ openOwnStore }) => openOwnStore());
  try {
    return await opening;
  } catch (error) {
    opening = undefined;
    throw error;
  }
}

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
