/** What scripts measure and test with, and no page needs: kept from `index.ts` so that pages do not load it. */
export { runSuite } from "./selftest/suite";
export { surveyGemms } from "./tune/survey";
export type { SurveyRow, SurveySubject } from "./tune/survey";
export { heldDataset } from "./bring/heldDataset";
export type { BroughtFile } from "./bring/items";
export { openBrought } from "./bring/open";
export { BringError } from "./bring/refusal";
