/** Datasets that are computed rather than fetched. */
import type { Dataset, DatasetDef, LoadOptions } from "./dataset";
import { infoOf } from "./dataset";

/** A dataset whose samples are made on demand, the same each time. @param make both splits */
export function madeDataset(about: Omit<DatasetDef, "load">, make: () => Pick<Dataset, "train" | "test">): DatasetDef {
  return {
    ...about,
    async load(_source, options: LoadOptions = {}) {
      options.signal?.throwIfAborted();
      const made = make();
      const totalBytes = [made.train, made.test]
        .flatMap(({ columns }) => Object.values(columns))
        .reduce((total, { byteLength }) => total + byteLength, 0);
      options.onProgress?.({ loadedBytes: totalBytes, totalBytes, isEnough: true });
      return { ...infoOf(about), ...made };
    },
  };
}
