/** The store of runs, fetched and opened when somebody asks for it; one for a page or a worker. */
import { openedOnce } from "../opened";

export const openRuns = openedOnce(async (forget) => (await import("./runStore")).openRunStore(forget));
