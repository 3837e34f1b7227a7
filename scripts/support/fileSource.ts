// A byte source over the file system, for Node; gives what the page would fetch.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ByteSource } from "../../src/engine";
import { datasetsDir } from "./paths";

/** Reads datasets that `npm start`, `npm test` or `prepareData` prepared. @throws Error when a file is missing */
export const fileSource: ByteSource = async (path, signal) => {
  try {
    return new Uint8Array(await readFile(join(datasetsDir, path), { signal }));
  } catch (error) {
    signal?.throwIfAborted();
    throw new Error(`${String(error)}; npm start prepares the data`, { cause: error });
  }
};
