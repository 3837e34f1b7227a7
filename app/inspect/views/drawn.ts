/** Images that the visitor draws, read while they are drawn. */
import { lazily } from "../../common/lazily";
import { classifierOf } from "./classifier";
import type { Inspection } from "./inspection";

export const drawn: Inspection = {
  id: "draw",
  tab: "results.drawTab",
  about: "answers",
  suits: (model) => {
    const info = classifierOf(model)?.info;
    return info?.kind === "image" && info.shape[2] === 1;
  },
  showsChosen: true,
  Content: lazily(() => import("./draw/DrawView").then(({ DrawView }) => DrawView)),
};
