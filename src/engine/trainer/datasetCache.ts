/** Datasets in memory: each is loaded once, however many models are trained on it. What is given out is enough to begin with, and
 *  says itself what of it has arrived. */
import type { ByteSource, Dataset, DatasetDef, LoadProgress } from "../data";
import { findDataset, requireDataset } from "../data/library";
import { isOwnId } from "../data/ownData";

/** Finds a dataset that the visitor brought, and has the library know it. */
export type FindOwn = (id: string) => Promise<DatasetDef | undefined>;

/** Datasets by where they come from. */
export class DatasetCache {
  readonly #openSource: (datasetsUrl: string) => ByteSource;
  readonly #onProgress: (progress: LoadProgress) => void;
  readonly #findOwn: FindOwn;
  readonly #loading = new Map<string, Promise<Dataset>>();

  /** @param findOwn is asked for what the library does not know yet  @param onProgress hears of every hundredth that has arrived */
  constructor(
    openSource: (datasetsUrl: string) => ByteSource,
    findOwn: FindOwn,
    onProgress: (progress: LoadProgress) => void,
  ) {
    this.#openSource = openSource;
    this.#findOwn = findOwn;
    this.#onProgress = onProgress;
  }

  /** Has the library know a dataset, where it can be found. */
  async know(id: string): Promise<void> {
    if (!findDataset(id)) await this.#findOwn(id);
  }

  /** The dataset, as soon as there is enough of it to begin. A failure is forgotten, so that it can be tried again.
   *  @throws DatasetError when a file is missing, truncated, corrupt or malformed, or there is no such dataset */
  async load(id: string, datasetsUrl: string): Promise<Dataset> {
    const key = `${datasetsUrl} ${id}`;
    const loading = this.#loading.get(key) ?? this.#begin(id, datasetsUrl);
    // Those that visitors bring may be large, and are read from this machine again.
    if (isOwnId(id)) {
      for (const other of this.#loading.keys()) if (isOwnId(other.split(" ").at(-1) ?? "")) this.#loading.delete(other);
    }
    this.#loading.set(key, loading);
    try {
      return await loading;
    } catch (error) {
      this.#loading.delete(key);
      throw error;
    }
  }

  async #begin(id: string, datasetsUrl: string): Promise<Dataset> {
    await this.know(id);
    return await requireDataset(id).load(this.#openSource(datasetsUrl), {
      early: true,
      onProgress: inHundredths(this.#onProgress),
    });
  }
}

/** Passes on only what is a hundredth further than the last. */
function inHundredths(hear: (progress: LoadProgress) => void): (progress: LoadProgress) => void {
  let last = -1;
  return (progress) => {
    const hundredths = Math.floor((progress.loadedBytes / progress.totalBytes) * 100);
    if (hundredths === last) return;
    last = hundredths;
    hear(progress);
  };
}
