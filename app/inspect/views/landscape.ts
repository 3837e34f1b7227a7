/** What the loss is around the weights, and where the run came from. */
import { aboutOf, tasks } from "../../../src/engine";
import { lazily } from "../../common/lazily";
import { dataOf } from "../../store/model";
import type { Inspection } from "./inspection";

export const landscape: Inspection = {
  id: "landscape",
  tab: "results.landscapeTab",
  about: "course",
  // Several losses that pull at each other have no height in common, and what an agent plays changes with it.
  suits: (model) => {
    const data = dataOf(model);
    const losses = tasks[model.task.type].losses(aboutOf(model, data));
    return data.environment === undefined && losses.filter(({ trains }) => trains.length > 0).length === 1;
  },
  Content: lazily(() => import("./landscape/LandscapeView").then(({ LandscapeView }) => LandscapeView)),
};
