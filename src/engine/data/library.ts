/** The library of datasets: those that are built in, and room for what visitors bring. Nothing above this file knows which
 *  datasets there are. */
import { DatasetError } from "../errors";
import { type Dataset, type DatasetDef, infoOf } from "./dataset";
import { datasets } from "./index";
import { isOwnId } from "./ownData";
import { say } from "../words/said";

/** Those that the visitor brought, as far as this page or worker has been told of them. */
const brought = new Map<string, DatasetDef>();

/** Has a dataset be found from now on. */
export function bringDataset(def: DatasetDef): DatasetDef {
  brought.set(def.id, def);
  return def;
}

/** Has a dataset that was brought no longer be found. */
export function forgetDataset(id: string): void {
  brought.delete(id);
}

/** A dataset by its id, or undefined. */
export function findDataset(id: string): DatasetDef | undefined {
  return Object.hasOwn(datasets, id) ? datasets[id] : brought.get(id);
}

/** A dataset by its id. @throws DatasetError when there is none, naming those that there are */
export function requireDataset(id: string): DatasetDef {
  const found = findDataset(id);
  if (found) return found;
  if (isOwnId(id)) throw new DatasetError(say("data.gone"));
  throw new DatasetError(say("data.unknown", { known: Object.keys(datasets), got: id }));
}

/** A built-in dataset without its values, for callers that draw values of their own. @param count of the samples it says it has
 *  @throws DatasetError when there is no such dataset */
export function blankDataset(id: string, count = 0): Dataset {
  const about = requireDataset(id);
  const values = Object.entries(about.columns).map(([name, { dtype }]) => {
    return [
      name,
      dtype === "f32" ? new Float32Array() : dtype === "u32" ? new Uint32Array() : new Uint8Array(),
    ] as const;
  });
  const split = { count, columns: Object.fromEntries(values) };
  return { ...infoOf(about), train: split, test: split };
}
