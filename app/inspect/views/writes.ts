/** What a model of text writes, while it learns. */
import type { Inspection } from "./inspection";
import { lazily } from "../../common/lazily";
import { textModelOf } from "./text/textModel";

export const writes: Inspection = {
  id: "writes",
  tab: "results.writesTab",
  about: "answers",
  suits: (model) => textModelOf(model) !== null,
  Content: lazily(() => import("./text/WriteView").then(({ WriteView }) => WriteView)),
};
