/** The store of runs, fetched and opened when somebody asks for it; one for a page or a worker. */
import type { RunStore } from "./keptRuns";

let opening: Promise<RunStore> | undefined;
const hearing = new Set<() => void>();

function forget(): void {
  void opening?.then((store) => store.close());
  opening = undefined;
  const all = [...hearing];
  hearing.clear();
  for (const hear of all) hear();
}

/** @param onGone hears, once, that the browser or the visitor has cleared it: then it may be asked again
 *  @throws whatever the browser says where its database is forbidden; then it may be asked again */
export async function openRuns(onGone?: () => void): Promise<RunStore> {
  if (onGone) hearing.add(onGone);
  opening ??= import("./runStore").then(({ openRunStore }) => openRunStore(forget));
  try {
    return await opening;
  } catch (error) {
    opening = undefined;
    throw error;
  }
}
