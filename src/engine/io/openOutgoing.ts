/** Fetches what writes models to files, which most visits do without. */

/** All of `outgoing.ts`. */
export const openOutgoing = () => import("./outgoing");
