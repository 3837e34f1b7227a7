/** The plane of codes of two numbers each: where samples are in it, and what is decoded from every place. */
import { tasks } from "../../../src/engine";
import { reportOf } from "../../store/model";
import type { Inspection } from "./inspection";
import { lazily } from "../../common/lazily";

export const plane: Inspection = {
  id: "plane",
  tab: "results.planeTab",
  about: "answers",
  suits: (model) => {
    const code = reportOf(model).networks["decoder"]?.input?.shape;
    return tasks[model.task.type].asked?.["decode"] !== undefined && code?.length === 1 && code[0] === 2;
  },
  Content: lazily(() => import("./plane/PlaneView").then(({ PlaneView }) => PlaneView)),
};
