/** Images beside what an autoencoder makes of them, and where it is off. */
import { lazily } from "../../common/lazily";
import type { ResultView } from "./view";

const RebuiltImages = lazily(() => import("./made/RebuiltImages").then(({ RebuiltImages: Found }) => Found));

export const rebuiltImages: ResultView = {
  id: "rebuilt-images",
  hint: "results.rebuiltImagesHint",
  render: (predictions) => {
    const isSeen = Object.values(predictions.columns).some(({ info }) => info.kind === "image");
    return isSeen && predictions.shown["rebuilt"]?.kind === "image" ? (
      <RebuiltImages predictions={predictions} />
    ) : null;
  },
};
