/** Test samples as a layer places them: what is alike to the model lies together. */
import { lazily } from "../../common/lazily";
import { classifierOf } from "./classifier";
import type { Inspection } from "./inspection";

export const embedded: Inspection = {
  id: "embedding",
  tab: "results.embeddingTab",
  about: "inside",
  suits: (model) => classifierOf(model) !== null,
  showsChosen: true,
  Content: lazily(() => import("./embedding/EmbeddingView").then(({ EmbeddingView }) => EmbeddingView)),
};
