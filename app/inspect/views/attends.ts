/** Where the heads of a model that reads text look. */
import { allBlocks, layerFor } from "../../../src/engine";
import type { Inspection } from "./inspection";
import { lazily } from "../../common/lazily";
import { textReaderOf } from "./text/textModel";

export const attends: Inspection = {
  id: "attention",
  tab: "results.attentionTab",
  about: "inside",
  suits: (model) =>
    textReaderOf(model) !== null && [...allBlocks(model)].some(({ block }) => block.type === layerFor.attention),
  Content: lazily(() => import("./text/AttentionView").then(({ AttentionView }) => AttentionView)),
};
