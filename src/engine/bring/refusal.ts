/** What stops the reading of files that visitors bring: always something that they are told. */
import type { Said } from "../words/said";

/** A file, or what is asked of it, is not what it should be. */
export class BringError extends Error {
  constructor(readonly said: Said) {
    super(said.key);
  }

  override get name(): string {
    return "BringError";
  }
}
