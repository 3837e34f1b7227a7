/** Clips that a classifier has seen, played, with what it takes them for. */
import { lazily } from "../../common/lazily";
import { readClassified } from "./readPredictions";
import type { ResultView } from "./view";

const ClipStrip = lazily(() => import("./ClipStrip").then(({ ClipStrip: Found }) => Found));

/** A clip: frames `[T, H, W, C]`. */
export const clips: ResultView = {
  id: "clips",
  hint: "results.clipsHint",
  render: (predictions) => {
    const classified = readClassified(predictions);
    const isClip = classified?.input.kind === "series" && classified.input.shape.length === 4;
    return isClip ? <ClipStrip classified={classified} /> : null;
  },
};
