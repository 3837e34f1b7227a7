/** Turned images, and by how much the model says that they are. */
import { lazily } from "../../common/lazily";
import type { ResultView } from "./view";

const TurnedImages = lazily(() => import("./made/TurnedImages").then(({ TurnedImages: Found }) => Found));

export const turnedImages: ResultView = {
  id: "turned-images",
  hint: "results.turnedImagesHint",
  render: (predictions) => (predictions.shown["turned"] ? <TurnedImages predictions={predictions} /> : null),
};
