/** Datasets in memory: each is loaded once, however many models are trained on it. What is given out is enough to begin with, and
 *  says itself what of it has arrived. */
import type { ByteSource, Dataset, LoadProgress } from "../data";
import { requireDataset } from "../data/library";

/** Datasets by where they come from. */
export class DatasetCache {
  readonly #openSource: (datasetsUrl: string) => ByteSource;
  readonly #onProgress: (progress: LoadProgress) => void;
  readonly #loading = new Map<string, Promise<Dataset>>();

  /** @param onProgress hears of every hundredth that has arrived */
  constructor(openSource: (datasetsUrl: string) => ByteSource, onProgress: (progress: LoadProgress) => void) {
    this.#openSource = openSource;
    this.#onProgress = onProgress;
  }

  /** The dataset, as soon as there is enough of it to begin. A failure is forgotten, so that it can be tried again.
   *  @throws DatasetError when a file is missing, truncated, corrupt or malformed, or there is no such dataset */
  async load(id: string, datasetsUrl: string): Promise<Dataset> {
    const key = `${datasetsUrl} ${id}`;
    const loading =
      this.#loading.get(key) ??
      requireDataset(id).load(this.#openSource(datasetsUrl), {
        early: true,
        onProgress: inHundredths(this.#onProgress),
      });
    this.#loading.set(key, loading);
    try {
      return await loading;
    } catch (error) {
      this.#loading.delete(key);
      throw error;
    }
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
