/** A classifier's answers to points: a table of few, XOR's four for instance. */
import { readClassified } from "./readPredictions";
import { lazily } from "../../common/lazily";
import type { ResultView } from "./view";

const PointsTable = lazily(() => import("./PointsTable").then(({ PointsTable: Found }) => Found));

const MAX_ROWS = 24;

export const pointAnswers: ResultView = {
  id: "point-answers",
  hint: "results.pointAnswersHint",
  render: (predictions) => {
    const classified = readClassified(predictions);
    if (!classified || classified.input.kind === "image") return null;
    return <PointsTable classified={{ ...classified, verdicts: classified.verdicts.slice(0, MAX_ROWS) }} />;
  },
};
