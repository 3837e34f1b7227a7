/** How far off predicted numbers are, and which way. */
import { aboutOf, sizeOf, tasks } from "../../../src/engine";
import { dataOf } from "../../store/model";
import type { Inspection } from "./inspection";
import { lazily } from "../../common/lazily";

export const residuals: Inspection = {
  id: "residuals",
  tab: "results.residualsTab",
  about: "errors",
  suits: (model) => {
    const data = dataOf(model);
    const columns = tasks[model.task.type].columns(aboutOf(model, data));
    const target = "said" in columns || columns.length < 2 ? undefined : data.columns[columns.at(-1) ?? ""];
    return target?.kind === "value" && sizeOf(target.shape) === 1;
  },
  Content: lazily(() => import("./values/ResidualsView").then(({ ResidualsView }) => ResidualsView)),
};
