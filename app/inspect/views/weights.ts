/** What each unit of a layer looks for: its weights as pictures. */
import { lazily } from "../../common/lazily";
import type { Inspection } from "./inspection";

export const weighed: Inspection = {
  id: "weights",
  tab: "results.weightsTab",
  about: "inside",
  suits: () => true,
  Content: lazily(() => import("./weights/WeightsView").then(({ WeightsView }) => WeightsView)),
};
