/** What the page and the worker that prepares a visitor's data say to each other. Types only; Comlink carries them. */
import type { OwnDataset } from "../data/ownData";
import type { EngineKey, Said } from "../words/said";
import type { TableReport, TableSettings } from "./table";

export type { ColumnUse, TableReport, TableSettings } from "./table";

/** What was read of a table. */
export interface OpenedTable {
  readonly columns: readonly { readonly name: string; readonly missing: number; readonly isWide: boolean }[];
  readonly rowCount: number;
  readonly preview: readonly (readonly string[])[];
  readonly refusedCount: number;
  readonly refused: readonly Said<EngineKey>[];
  readonly settings: TableSettings;
  readonly report: TableReport;
}

/** A result, or why there is none. */
export type Answer<T> = { readonly ok: T } | { readonly said: Said<EngineKey> };

/** The worker's controls. Whoever wants it to stop ends the worker. */
export interface BringControls {
  /** @param hear how far it is, from 0 to 1 */
  openTable(file: File, hear: (share: number) => void): Promise<Answer<OpenedTable>>;
  judge(settings: TableSettings): Promise<TableReport | null>;
  /** Makes the dataset and keeps it. */
  make(settings: TableSettings, hear: (share: number) => void): Promise<Answer<OwnDataset>>;
}
