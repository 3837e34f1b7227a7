/** Images that a generator has made, of the same noise each time. */
import { lazily } from "../../common/lazily";
import type { ResultView } from "./view";

const MadeView = lazily(() => import("./made/MadeView").then(({ default: Found }) => Found));

export const madeImages: ResultView = {
  id: "made-images",
  hint: "results.madeImagesHint",
  render: ({ shown }) => (shown["made"]?.kind === "image" ? <MadeView /> : null),
};
