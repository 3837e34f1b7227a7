/** The engine's part of races and searches, which comes with the dialog and not with the page. */
import { openTrialTools } from "../../src/engine";

export const {
  gridPoints,
  importanceOf,
  judge,
  modelSettings,
  problemOf,
  randomPoints,
  rungsOf,
  searchLibraries,
  searchScript,
  suggestedRange,
  withSettings,
} = await openTrialTools();
