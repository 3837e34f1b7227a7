/** One sample on its way through every layer. */
import { dataOf } from "../../store/model";
import type { Inspection } from "./inspection";
import { lazily } from "../../common/lazily";
import { readerOf } from "./reader";

/** A larger input takes the plain kernels too long. */
const MAX_NUMBERS = 128 * 128 * 3;

export const through: Inspection = {
  id: "layers",
  tab: "results.layersTab",
  about: "inside",
  suits: (model) => {
    const reader = readerOf(model);
    if (!reader || Object.keys(dataOf(model).columns).length === 0) return false;
    return reader.info.shape.reduce((size, dim) => size * dim, 1) <= MAX_NUMBERS;
  },
  showsChosen: true,
  Content: lazily(() => import("./layers/LayersView").then(({ LayersView }) => LayersView)),
};
