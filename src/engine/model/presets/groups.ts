/** Networks that group samples. */
import { MODEL } from "../../tasks/supervised";
import { preset, type Preset } from "./preset";

export const groupsPresets = {
  "kmeans-digits": preset(
    {
      title: "k-means on digits",
      help: "Groups digits by their pixels, without labels: watch ten blurred digits come about.",
      dataset: "mnist",
    },
    { [MODEL]: [["Flatten"], ["Centroids", { clusters: 10 }]] },
    // A step sees all samples, so that it is one of Lloyd's.
    { task: ["clustering", {}], batchSize: 10_000, samples: 10_000, epochs: 100, validationCount: 0 },
  ),
} as const satisfies Record<string, Preset>;
