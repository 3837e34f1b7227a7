/** Whether the gradients that the model learns by are right. */
import { tasks } from "../../../src/engine";
import { lazily } from "../../common/lazily";
import type { Inspection } from "./inspection";

export const gradients: Inspection = {
  id: "gradients",
  tab: "results.gradientsTab",
  about: "inside",
  suits: ({ task }) => tasks[task.type].endsIn === undefined,
  Content: lazily(() => import("./gradients/GradientsView").then(({ GradientsView }) => GradientsView)),
};
