/** Images with what a classifier takes them for. */
import { readClassified } from "./readPredictions";
import { DigitStrip } from "./DigitStrip";
import type { ResultView } from "./view";

export const answers: ResultView = {
  id: "answers",
  hint: "results.answersHint",
  render: (predictions) => {
    const classified = readClassified(predictions);
    return classified?.input.kind === "image" ? <DigitStrip classified={classified} /> : null;
  },
};
