/** What a GPU is looked after with: kernels are tested before they are trusted, and tuned while training runs. One file, so that it
 *  is fetched at once, and only where there is a GPU. */
export { findFault } from "../check/selfTest";
export { Tuner } from "../tune/tuner";
export { recallTuned } from "../tune/tunedVariants";
