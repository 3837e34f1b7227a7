/** What was made of brought files as a dataset in memory, for callers that keep nothing. */
import { checkDataset } from "../data/check";
import { type Dataset, type DatasetDef, infoOf, type Split } from "../data/dataset";
import type { SplitName } from "../data/ownData";
import type { Made } from "./source";

/** A dataset that the library can have, whose values are read when it is loaded.
 *  Loading throws DatasetError where values are not what they are said to be. */
export function heldDataset({ about, read }: Made): DatasetDef & { readonly load: () => Promise<Dataset> } {
  const splitOf = (split: SplitName, count: number): Split => ({
    count,
    columns: Object.fromEntries(Object.keys(about.columns).map((name) => [name, read(split, name, 0, count)])),
  });
  return {
    ...infoOf(about),
    description: about.description,
    credit: "",
    licence: "",
    load: async () => {
      const train = splitOf("train", about.trainCount);
      const dataset = { ...infoOf(about), train, test: splitOf("test", about.testCount) };
      checkDataset(dataset);
      return dataset;
    },
  };
}
