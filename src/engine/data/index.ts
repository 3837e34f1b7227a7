/** The registry of datasets: one line here and one file beside it make a new one. Refuses registration at run time. */
import type { DatasetDef } from "./dataset";
import { mnist } from "./mnist";
import { xor } from "./xor";

export type { ByteSource, Dataset, DatasetDef, LoadProgress, Split } from "./dataset";
export { httpSource } from "./httpSource";

/** Every dataset by its id. */
export const datasets = { mnist, xor } satisfies Record<string, DatasetDef>;

/** The id of a dataset, as presets, links and messages carry it. */
export type DatasetId = keyof typeof datasets;
