/** The clusters that a model has found, with the test samples in them. */
import { lazily } from "../../common/lazily";
import type { ResultView } from "./view";

const ClustersView = lazily(() => import("./clusters/ClustersView").then(({ default: Found }) => Found));

export const clusters: ResultView = {
  id: "clusters",
  hint: "results.clustersHint",
  render: ({ shown }) => (shown["distances"] ? <ClustersView /> : null),
};
