/** Test texts with what a model tells of each character. */
import { lazily } from "../../common/lazily";
import { toldOf } from "./text/told";
import type { ResultView } from "./view";

const ToldTexts = lazily(() => import("./text/ToldTexts").then(({ ToldTexts: Found }) => Found));

export const toldTexts: ResultView = {
  id: "told-texts",
  hint: "results.toldTextsHint",
  render: (predictions) => (toldOf(predictions) ? <ToldTexts predictions={predictions} /> : null),
};
