/** Whether a classifier's probabilities can be believed. */
import { classifierOf } from "./classifier";
import type { Inspection } from "./inspection";
import { lazily } from "../../common/lazily";

export const calibration: Inspection = {
  id: "calibration",
  tab: "results.calibrationTab",
  about: "errors",
  suits: (model) => classifierOf(model) !== null,
  showsChosen: true,
  Content: lazily(() => import("./answers/CalibrationView").then(({ CalibrationView }) => CalibrationView)),
};
