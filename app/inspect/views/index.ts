/** The result views, in the order in which they are tried, and the inspections in that of their tabs among those that answer
 *  the same question: one line each. */
import { answers } from "./answers";
import { attends } from "./attends";
import { calibration } from "./calibration";
import { clusters } from "./clusters";
import { clips } from "./clips";
import { confusion } from "./confusion";
import { drawn } from "./drawn";
import { decisionField } from "./decisionField";
import { remembered } from "./history";
import { embedded } from "./embedding";
import { gradients } from "./gradients";
import { health } from "./health";
import type { Inspection } from "./inspection";
import { landscape } from "./landscape";
import { mistakes } from "./mistakes";
import { madeImages } from "./madeImages";
import { madePoints } from "./madePoints";
import { plane } from "./plane";
import { pointAnswers } from "./pointAnswers";
import { predictedValues } from "./predictedValues";
import { rebuiltImages } from "./rebuiltImages";
import { scene } from "./scene";
import { forecast } from "./forecast";
import { residuals } from "./residuals";
import { rounded } from "./rounded";
import { through } from "./through";
import { toldTexts } from "./toldTexts";
import { turnedImages } from "./turnedImages";
import { valueField } from "./valueField";
import type { ResultView } from "./view";
import { weighed } from "./weights";
import { why } from "./why";
import { writes } from "./writes";

export const resultViews: readonly ResultView[] = [
  answers,
  clips,
  decisionField,
  pointAnswers,
  rebuiltImages,
  turnedImages,
  madePoints,
  madeImages,
  valueField,
  predictedValues,
  toldTexts,
  clusters,
  scene,
];

export const inspections: readonly Inspection[] = [
  writes,
  forecast,
  drawn,
  plane,
  mistakes,
  confusion,
  calibration,
  remembered,
  residuals,
  through,
  weighed,
  embedded,
  attends,
  why,
  health,
  gradients,
  landscape,
  rounded,
];
