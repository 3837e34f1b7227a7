/** A series, and how a model that tells its next step goes on with it. */
import { aboutOf, type ModelDescription, tasks } from "../../../src/engine";
import { dataOf } from "../../store/model";
import type { Inspection } from "./inspection";
import { lazily } from "../../common/lazily";

/** Whether a model reads steps of one number, and tells one number. */
function tellsNext(model: ModelDescription): boolean {
  const data = dataOf(model);
  const columns = tasks[model.task.type].columns(aboutOf(model, data));
  if ("said" in columns) return false;
  const [input, target] = columns.map((name) => data.columns[name]);
  return input?.kind === "series" && input.shape.at(-1) === 1 && input.shape.length === 2 && target?.kind === "value";
}

export const forecast: Inspection = {
  id: "forecast",
  tab: "results.forecastTab",
  about: "answers",
  suits: tellsNext,
  Content: lazily(() => import("./forecast/ForecastView").then(({ ForecastView }) => ForecastView)),
};
