/** Names of ways to explain, which the page offers before anything of them is loaded. */

/** How a score is explained. `gradient`: `ds/dx`. `integrated`: `x * mean of ds/dx at a x, a from 0 to 1`. `occlusion`: the score
 *  that is lost where a square window of the input is covered with zeros. */
export const WHY_METHODS = ["gradient", "integrated", "occlusion"] as const;
