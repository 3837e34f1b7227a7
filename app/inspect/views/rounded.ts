/** What a model loses when its weights are rounded to few bits, and which layer loses most. */
import type { Inspection } from "./inspection";
import { lazily } from "../../common/lazily";

export const rounded: Inspection = {
  id: "rounded",
  tab: "results.roundedTab",
  about: "cost",
  // Whatever is scored can be scored rounded.
  suits: () => true,
  Content: lazily(() => import("./rounding/RoundingView").then(({ RoundingView }) => RoundingView)),
};
