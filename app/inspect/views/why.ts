/** Why a classifier of images says what it says of one. */
import type { Inspection } from "./inspection";
import { lazily } from "../../common/lazily";
import { classifierOf } from "./classifier";

/** A larger image takes the CPU too long. */
const MAX_NUMBERS = 128 * 128 * 3;

export const why: Inspection = {
  id: "why",
  tab: "results.whyTab",
  about: "inside",
  suits: (model) => {
    const info = classifierOf(model)?.info;
    return info?.kind === "image" && info.shape.reduce((size, dim) => size * dim, 1) <= MAX_NUMBERS;
  },
  showsChosen: true,
  Content: lazily(() => import("./why/WhyView").then(({ WhyView }) => WhyView)),
};
