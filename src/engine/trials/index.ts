/** What races and searches compare, for pages that fetch it with their first one. */
export { type ModelSetting, modelSettings, type SettingValues, withSettings } from "./settings";
export {
  type Dimension,
  gridPoints,
  importanceOf,
  problemOf,
  type Range,
  randomPoints,
  type RangeProblem,
  type Rung,
  rungsOf,
  type Strategy,
  suggestedRange,
} from "./space";
export { judge, type RaceVerdict, type Standing, type Sureness } from "./verdict";
export { type SearchScript, searchScript } from "./script";
export { type SearchLibrary, searchLibraries } from "./searchLibraries";
