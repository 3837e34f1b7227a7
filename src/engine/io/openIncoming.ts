/** Fetches what reads models out of files, which most visits do without. */

/** All of `incoming.ts`. */
export const openIncoming = () => import("./incoming");

/** All of `starts.ts`. */
export const openStarts = () => import("./starts");
