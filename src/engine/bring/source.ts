/** Something that was opened: what is shown of it, and what becomes of it. Each kind of data has one. */
import type { OwnDataset, ReadRows } from "../data/ownData";
import type { AddedTo, BringSettings, BroughtFile, Opened } from "./protocol";

/** A dataset that is not kept yet. */
export interface Made {
  readonly about: OwnDataset;
  readonly read: ReadRows;
}

export interface Source {
  readonly opened: Opened;
  /** @throws BringError where it cannot be so */
  change(settings: BringSettings): Promise<Opened>;
  /** Takes more in; undefined where nothing can be added.
   *  @throws BringError where nothing of it can be read */
  add?(
    files: readonly BroughtFile[],
    to: AddedTo,
    settings: BringSettings,
    hear: (share: number) => void,
  ): Promise<Opened>;
  /** @param hear how far it is, from 0 to 1
   *  @throws BringError where nothing can be made of it */
  make(settings: BringSettings, hear: (share: number) => void): Promise<Made>;
}

/** Settings of one kind, which those of a source always are. */
export function settingsOf<K extends BringSettings["kind"]>(
  kind: K,
  settings: BringSettings,
): Extract<BringSettings, { readonly kind: K }> {
  if (settings.kind !== kind) throw new Error(`Bring: expected settings of ${kind}, got ${settings.kind}.`);
  return settings as Extract<BringSettings, { readonly kind: K }>;
}
