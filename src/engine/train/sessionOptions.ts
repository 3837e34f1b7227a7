/** What a session is made of. Types only. */
import type { Backend } from "../backend/backend";
import type { Dataset } from "../data";
import type { ModelDescription } from "../model/description";
import type { StartWeights } from "../model/startFrom";
import type { ResidentData } from "./resident";

/** What a session is made of. */
export interface SessionOptions {
  readonly backend: Backend;
  readonly description: ModelDescription;
  readonly dataset: Dataset;
  /** The dataset on that backend; it stays the caller's. */
  readonly resident: ResidentData;
  /** Train on this many samples only. */
  readonly limit?: number;
  /** False to take samples as the dataset has them, the last ones held out. */
  readonly shuffle?: boolean;
  readonly start?: StartWeights;
}
