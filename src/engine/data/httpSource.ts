/** A byte source over `fetch`, for the page and its worker. Refuses anything but an answer of "ok". */
import type { ByteSource } from "./dataset";
import { refusal } from "./fetchFile";
import { say } from "../words/said";

/** @param baseUrl the folder of all datasets, absolute and ending in a slash, for example `https://host/datasets/`
 *  @throws DatasetError from the source, when the server answers with an error */
export function httpSource(baseUrl: string): ByteSource {
  return async (path, signal, wish) => {
    const url = new URL(path, baseUrl);
    // An address of its own for every content: whatever has been kept under it is as good as new, on any host.
    if (wish) url.searchParams.set("v", wish.sha256.slice(0, 16));
    const cache = wish?.isFresh ? "reload" : wish ? "force-cache" : "default";
    const response = await fetch(url, { signal: signal ?? null, cache });
    if (!response.ok || response.body === null) {
      const got = `${response.status} ${response.statusText}`.trim();
      throw refusal(say("data.unnamedFile", { path }), say("data.onServer"), got, "retry");
    }
    return response.body;
  };
}
