/** Something that was opened: what is shown of it, and what becomes of it. Each kind of data has one. */
import type { OwnDataset, ReadRows } from "../data/ownData";
import type { AddedTo, BringSettings, BroughtFile, Opened, OtherKind } from "./protocol";

/** A dataset that is not kept yet. */
export interface Made {
  readonly about: OwnDataset;
  readonly read: ReadRows;
}

/** A kind of things that something may be read as. */
export interface OtherReading {
  readonly kind: OtherKind;
  /** @throws BringError where that fails */
  readonly open: (hear: (share: number) => void) => Source | Promise<Source>;
}

export interface Source {
  readonly opened: Opened;
  /** What else it may be read as. */
  readonly otherwise?: readonly OtherReading[];
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

/** A source that may be read as something else, and from there as what it was. */
export function either(kind: OtherKind, source: Source, others: readonly OtherReading[]): Source {
  const back: OtherReading = { kind, open: () => source };
  const otherwise = others.map((other): OtherReading => {
    const rest = [back, ...others.filter((each) => each !== other)];
    return { kind: other.kind, open: async (hear) => either(other.kind, await other.open(hear), rest) };
  });
  return { ...source, otherwise };
}

/** Settings of one kind, which those of a source always are. */
export function settingsOf<K extends BringSettings["kind"]>(
  kind: K,
  settings: BringSettings,
): Extract<BringSettings, { readonly kind: K }> {
  if (settings.kind !== kind) throw new Error(`Bring: expected settings of ${kind}, got ${settings.kind}.`);
  return settings as Extract<BringSettings, { readonly kind: K }>;
}
