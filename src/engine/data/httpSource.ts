/** A byte source over `fetch`, for the page and its worker. Refuses anything but an answer of "ok". */
import { DatasetError } from "../errors";
import type { ByteSource } from "./dataset";
import { say } from "../words/said";

/** @param baseUrl the folder of all datasets, absolute and ending in a slash, for example `https://host/datasets/`
 *  @throws DatasetError from the source, when the server answers with an error */
export function httpSource(baseUrl: string): ByteSource {
  return async (path, signal) => {
    const url = new URL(path, baseUrl);
    const response = await fetch(url, { signal: signal ?? null });
    if (!response.ok || response.body === null) {
      const got = `${response.status} ${response.statusText}`.trim();
      const where = say("data.unnamedFile", { path });
      throw new DatasetError(
        say("data.wrong", { where, expected: say("data.onServer"), got, advice: say("data.retry") }),
      );
    }
    return response.body;
  };
}
