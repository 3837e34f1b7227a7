/** How the layers are: what they give, their weights, their gradients, and what ails them. */
import type { Inspection } from "./inspection";
import { lazily } from "../../common/lazily";

export const health: Inspection = {
  id: "health",
  tab: "results.healthTab",
  about: "inside",
  suits: () => true,
  Content: lazily(() => import("./health/HealthView").then(({ HealthView }) => HealthView)),
};
