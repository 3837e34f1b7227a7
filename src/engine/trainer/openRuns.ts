/** The store of runs, fetched and opened when somebody asks for it; one for a page or a worker. */
import type { RunStore } from "./keptRuns";

let opening: Promise<RunStore> | undefined;

/** @throws whatever the browser says where its database is forbidden; then it may be asked again */
export async function openRuns(): Promise<RunStore> {
  opening ??= import("./runStore").then(({ openRunStore }) => openRunStore());
  try {
    return await opening;
  } catch (error) {
    opening = undefined;
    throw error;
  }
}
