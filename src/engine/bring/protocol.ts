/** What the page and the worker that prepares a visitor's data say to each other. Types only; Comlink carries them. */
import type { MadeDataset } from "../data/ownData";
import type { Said } from "../words/said";
import type { DrawSvg } from "./decode";
import type { ImageReport, ImageSettings } from "./imageData";
import type { BroughtFile, RefusedItem } from "./items";
import type { SortedReport, SortedSettings, Sorting } from "./sortedTexts";
import type { TableReport, TableSettings } from "./table";
import type { TextReport, TextSettings } from "./textData";

export type { DrawSvg, Look } from "./decode";
export type { ImageReport, ImageSettings } from "./imageData";
export type { BroughtFile, RefusedItem } from "./items";
export type { SortedReport, SortedSettings } from "./sortedTexts";
export type { ColumnUse, TableReport, TableSettings } from "./table";
export type { TextReport, TextSettings } from "./textData";

/** What was read of a table. */
export interface OpenedTable {
  readonly kind: "table";
  readonly columns: readonly { readonly name: string; readonly missing: number; readonly isWide: boolean }[];
  readonly rowCount: number;
  readonly preview: readonly (readonly string[])[];
  readonly refusedCount: number;
  readonly refused: readonly Said[];
  /** Whether another file is there whose rows are for the test, and whether one can be added. */
  readonly hasFiles: boolean;
  readonly takesTest: boolean;
  readonly settings: TableSettings;
  readonly report: TableReport;
}

/** What was read of pictures. */
export interface OpenedImages {
  readonly kind: "images";
  /** `[H, W, C]` of what is shown. */
  readonly shape: readonly [number, number, number];
  /** Whether they came as pixels, so that nothing about how they are seen is to be chosen. */
  readonly isFixed: boolean;
  /** What they came sorted by, with some pictures of each as a network will see them, one after another. */
  readonly groups: readonly { readonly name: string; readonly count: number; readonly samples: Uint8Array }[];
  readonly hasTwins: boolean;
  readonly hasFiles: boolean;
  readonly refusedCount: number;
  readonly refused: readonly RefusedItem[];
  readonly settings: ImageSettings;
  readonly report: ImageReport;
}

/** What was read of a text. */
export interface OpenedText {
  readonly kind: "text";
  /** Its first lines. */
  readonly preview: readonly string[];
  readonly hasFiles: boolean;
  readonly settings: TextSettings;
  readonly report: TextReport;
}

/** What was read of texts of classes. */
export interface OpenedSorted {
  readonly kind: "sorted";
  /** Whether they came as tokens, so that nothing about how they are read is to be chosen. */
  readonly areTokens: boolean;
  /** What they may be sorted by. */
  readonly sortings: readonly Pick<Sorting, "name" | "classes">[];
  readonly hasFiles: boolean;
  /** The beginnings of some, and the class of each. */
  readonly preview: readonly { readonly text: string; readonly of: string }[];
  readonly settings: SortedSettings;
  readonly report: SortedReport;
}

/** What was read, of any kind. */
export type Opened = OpenedTable | OpenedImages | OpenedText | OpenedSorted;
export type BringSettings = Opened["settings"];

/** Where pictures that are added belong: what is left out is decided by their folders. */
export interface AddedTo {
  /** The group, as it came. */
  readonly group?: string;
  readonly split?: "test";
}

/** A result, or why there is none. */
export type Answer<T> = { readonly ok: T } | { readonly said: Said };

/** What was read, and what else it may be read as. */
export interface Reading {
  readonly opened: Opened;
  readonly otherwise: readonly OtherKind[];
}

/** What files may be read as that may be read as something else. */
export type OtherKind = Exclude<Opened["kind"], "images">;

/** The worker's controls. Whoever wants it to stop while nothing is open ends the worker. */
export interface BringControls {
  /** @param draw has the page draw what only it can
   *  @param hear how far it is, from 0 to 1 */
  open(files: readonly BroughtFile[], draw: DrawSvg, hear: (share: number) => void): Promise<Answer<Reading>>;
  /** Reads what is open as another kind that it may be. */
  readOtherwise(kind: OtherKind, hear: (share: number) => void): Promise<Answer<Reading>>;
  /** Opens what has no pictures yet, for those that are drawn, photographed or dropped one class after another. */
  collect(names: readonly string[], draw: DrawSvg): Promise<Answer<Reading>>;
  /** Adds pictures to those that are open. @param settings as they are now */
  add(
    files: readonly BroughtFile[],
    to: AddedTo,
    settings: BringSettings,
    hear: (share: number) => void,
  ): Promise<Answer<Opened>>;
  /** What was opened, with other settings. */
  change(settings: BringSettings): Promise<Answer<Opened>>;
  /** Makes the dataset, and hands it over. */
  make(settings: BringSettings, hear: (share: number) => void): Promise<Answer<MadeDataset>>;
  /** Has adding or making end, which is then told as the answer; what is open stays as it was before. */
  stop(): Promise<void>;
}
