/** Datasets that visitors bring: what is kept of them, and who keeps it. What comes back is checked like anything else from
 *  outside, since another version of this page may have written it. */
import * as v from "valibot";
import type { ColumnData, ColumnInfo } from "./column";
import type { Dataset, DatasetDef, LoadOptions } from "./dataset";

/** Begins the ids of all of them, by which they are told from those that are built in. */
const PREFIX = "own-";

/** The database of what visitors brought. */
export const DATASETS_DATABASE = "descent-datasets";

/** A new id. */
export const ownId = (): string => `${PREFIX}${crypto.randomUUID().slice(0, 8)}`;

/** Whether an id is one of a dataset that a visitor brought. */
export const isOwnId = (id: string): boolean => id.startsWith(PREFIX);

/** At most so many bytes are kept of one dataset, all columns of both splits together. */
export const MAX_OWN_BYTES = 512 * 2 ** 20;
/** So many classes or words a column may have. */
export const MAX_NAMES = 65_536;

/** What is kept of a dataset beside its values. What has an id never changes but in its title. */
export interface OwnDataset {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly columns: Readonly<Record<string, ColumnInfo>>;
  readonly trainCount: number;
  readonly testCount: number;
  readonly byteLength: number;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

/** The name of a split. */
export type SplitName = "train" | "test";

/** Gives rows of a column of a split, from one to before another. */
export type ReadRows = (split: SplitName, column: string, from: number, to: number) => ColumnData;

/** A dataset with its values, which nobody keeps yet. */
export interface MadeDataset {
  readonly about: OwnDataset;
  readonly values: Readonly<Record<SplitName, Readonly<Record<string, ColumnData>>>>;
}

/** The memory that it is in, to be handed over. */
export const memoryOfMade = ({ values }: MadeDataset): ArrayBuffer[] =>
  [values.train, values.test].flatMap((columns) => Object.values(columns).map(({ buffer }) => buffer as ArrayBuffer));

/** Where they are kept. */
export interface OwnDatasets {
  /** The newest first. */
  list(): Promise<readonly OwnDataset[]>;
  /** Undefined where there is none of this id, or it is damaged. */
  find(id: string): Promise<OwnDataset | undefined>;
  /** @throws DatasetError when it is gone, or is not what it says of itself */
  load(id: string, options?: LoadOptions): Promise<Dataset>;
  /** Keeps a dataset. It is there once all of it is written. @param hear how much of it is */
  put(about: OwnDataset, read: ReadRows, hear?: (share: number) => void): Promise<void>;
  rename(id: string, title: string): Promise<void>;
  remove(id: string): Promise<void>;
  /** Hears of every change, those of other tabs too. @returns what ends it */
  onChange(hear: () => void): () => void;
  close(): void;
}

const whole = (least: number, most: number) => v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));

const scaled = { mean: v.pipe(v.number(), v.finite()), deviation: v.pipe(v.number(), v.finite(), v.gtValue(0)) };

const columnSchema = v.object({
  kind: v.picklist(["image", "class", "value", "points", "series", "text"]),
  shape: v.pipe(v.array(whole(1, 2 ** 24)), v.maxLength(4)),
  dtype: v.picklist(["u8", "u16", "u32", "f32"]),
  scale: v.pipe(v.number(), v.finite()),
  unit: v.exactOptional(v.object(scaled)),
  cells: v.exactOptional(
    v.nullable(
      v.pipe(
        v.array(
          v.union([
            v.object({ name: v.string(), ...scaled }),
            v.object({ name: v.string(), texts: v.pipe(v.array(v.string()), v.maxLength(MAX_NAMES)) }),
          ]),
        ),
        v.maxLength(MAX_NAMES),
      ),
    ),
  ),
  names: v.exactOptional(v.pipe(v.array(v.string()), v.maxLength(MAX_NAMES))),
  embedded: v.exactOptional(v.pipe(v.array(whole(1, 65_536)), v.maxLength(512))),
  padding: v.exactOptional(whole(0, MAX_NAMES)),
  end: v.exactOptional(whole(0, MAX_NAMES)),
  areWords: v.exactOptional(v.literal(true)),
});

const ownSchema = v.object({
  id: v.pipe(v.string(), v.startsWith(PREFIX), v.maxLength(40)),
  title: v.pipe(v.string(), v.maxLength(200)),
  description: v.pipe(v.string(), v.maxLength(2000)),
  columns: v.record(v.string(), columnSchema),
  trainCount: whole(1, 10_000_000),
  testCount: whole(1, 10_000_000),
  byteLength: whole(0, MAX_OWN_BYTES),
  createdAt: v.number(),
});

/** The column of a table that its model reads. */
export const TABLE_ROWS = "features";

/** What of a value from a database is a dataset; undefined where it is none. */
export function readOwn(value: unknown): OwnDataset | undefined {
  const result = v.safeParse(ownSchema, value, { abortEarly: true });
  if (!result.success) return undefined;
  const { columns, ...own } = result.output;
  const rows = columns[TABLE_ROWS];
  const isWithoutCells = rows?.kind === "points" && rows.cells === undefined;
  return { ...own, columns: isWithoutCells ? { ...columns, [TABLE_ROWS]: { ...rows, cells: null } } : columns };
}

/** A dataset as the library has it. @param open gives who keeps it, once its values are asked for */
export function ownDatasetDef(own: OwnDataset, open: () => Promise<OwnDatasets>): DatasetDef {
  const { id, title, description, columns, trainCount } = own;
  return {
    id,
    title,
    description,
    columns,
    trainCount,
    credit: "",
    licence: "",
    load: async (_source, options) => (await open()).load(id, options),
  };
}
