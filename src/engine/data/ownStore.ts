/** Datasets that visitors bring, in IndexedDB, which pages and workers share: a record each, and the values of its columns in
 *  chunks of rows. Loaded when there are any, or when the first is brought. */
import { arrayTypes, elementBytes } from "../graph/type";
import type { DBSchema, IDBPDatabase } from "idb";
import { changesOf, openShared } from "../database";
import { DatasetError } from "../errors";
import { sizeOf } from "../shape";
import { say } from "../words/said";
import { checkDataset } from "./check";
import type { ColumnData, ColumnInfo } from "./column";
import type { Dataset, LoadOptions, Split } from "./dataset";
import {
  DATASETS_DATABASE,
  type OwnDataset,
  type OwnDatasets,
  type ReadRows,
  readOwn,
  type SplitName,
} from "./ownData";

/** Written and read three at a time, chunks of this size take half as long as larger ones by themselves. */
const CHUNK_BYTES = 8 * 2 ** 20;
const CHUNKS_AT_ONCE = 3;
const SPLITS = ["train", "test"] as const;

/** Dataset, split, column, and which of its chunks. */
type ChunkKey = [string, string, string, number];

interface Tables extends DBSchema {
  datasets: { key: string; value: OwnDataset };
  chunks: { key: ChunkKey; value: ArrayBuffer };
}

/** Opens the database. @param onGone hears that it was cleared, and this store is none any more
 *  @throws whatever the browser says where it is forbidden; LateError where it does not answer */
export async function openOwnStore(onGone: () => void): Promise<OwnDatasets> {
  const create = (db: IDBPDatabase<Tables>): void => {
    db.createObjectStore("datasets", { keyPath: "id" });
    db.createObjectStore("chunks");
  };
  return storeIn(await openShared(DATASETS_DATABASE, create, onGone));
}

function storeIn(db: IDBPDatabase<Tables>): OwnDatasets {
  const changes = changesOf(DATASETS_DATABASE);

  async function removeChunks(id: string): Promise<void> {
    await db.delete("chunks", IDBKeyRange.bound([id], [id, []]));
  }

  const find = async (id: string): Promise<OwnDataset | undefined> => readOwn(await db.get("datasets", id));

  async function loadColumn(id: string, split: SplitName, name: string, info: ColumnInfo, count: number) {
    const values = newColumn(info, count);
    const bytes = new Uint8Array(values.buffer);
    const read = (i: number): Promise<ArrayBuffer | undefined> => {
      const chunk = db.get("chunks", [id, split, name, i]);
      // Told when its turn comes.
      chunk.catch(() => {});
      return chunk;
    };
    const ahead = Array.from({ length: CHUNKS_AT_ONCE }, (_, i) => read(i));
    for (let at = 0, i = CHUNKS_AT_ONCE; at < bytes.length; i++) {
      const chunk = await ahead.shift();
      ahead.push(read(i));
      if (!chunk || chunk.byteLength === 0 || at + chunk.byteLength > bytes.length)
        throw new DatasetError(say("data.gone"));
      bytes.set(new Uint8Array(chunk), at);
      at += chunk.byteLength;
    }
    return values;
  }

  return {
    find,
    async list() {
      const all = (await db.getAll("datasets")).flatMap((value) => readOwn(value) ?? []);
      return all.toSorted((a, b) => b.createdAt - a.createdAt);
    },
    async load(id, options: LoadOptions = {}): Promise<Dataset> {
      const about = await find(id);
      if (!about) throw new DatasetError(say("data.gone"));
      const { title, columns, trainCount, testCount, byteLength: totalBytes } = about;
      let loadedBytes = 0;
      const splits: Partial<Record<SplitName, Split>> = {};
      for (const split of SPLITS) {
        const count = split === "train" ? trainCount : testCount;
        const values: Record<string, ColumnData> = {};
        for (const [name, info] of Object.entries(columns)) {
          options.signal?.throwIfAborted();
          const column = await loadColumn(id, split, name, info, count);
          values[name] = column;
          loadedBytes += column.byteLength;
          options.onProgress?.({ isEnough: false, loadedBytes, totalBytes });
        }
        splits[split] = { count, columns: values };
      }
      const { train, test } = splits;
      if (!train || !test) throw new DatasetError(say("data.gone"));
      const dataset = { id, title, columns, trainCount, train, test };
      checkDataset(dataset);
      return dataset;
    },
    async put(about, read: ReadRows, hear = () => {}) {
      let written = 0;
      const writing: Promise<void>[] = [];
      const write = async ({ buffer, byteOffset, byteLength }: ColumnData, key: ChunkKey): Promise<void> => {
        const isWhole = byteLength === buffer.byteLength;
        const chunk = isWhole ? buffer : buffer.slice(byteOffset, byteOffset + byteLength);
        await db.put("chunks", chunk as ArrayBuffer, key);
        written += byteLength;
        hear(Math.min(1, written / Math.max(1, about.byteLength)));
      };
      const begin = (...chunk: Parameters<typeof write>): void => {
        const done = write(...chunk);
        // Told when its turn comes.
        done.catch(() => {});
        writing.push(done);
      };
      try {
        for (const split of SPLITS) {
          const count = split === "train" ? about.trainCount : about.testCount;
          for (const [name, info] of Object.entries(about.columns)) {
            const rows = Math.max(1, Math.floor(CHUNK_BYTES / bytesOfRow(info)));
            for (let from = 0, i = 0; from < count; from += rows, i++) {
              if (writing.length === CHUNKS_AT_ONCE) await writing.shift();
              begin(read(split, name, from, Math.min(count, from + rows)), [about.id, split, name, i]);
            }
          }
        }
        await Promise.all(writing);
        await db.put("datasets", about);
      } catch (error) {
        await Promise.allSettled(writing);
        await removeChunks(about.id).catch(() => {});
        throw error;
      }
      changes.tell();
    },
    async rename(id, title) {
      const transaction = db.transaction("datasets", "readwrite");
      const own = await transaction.store.get(id);
      if (own) void transaction.store.put({ ...own, title });
      await transaction.done;
      changes.tell();
    },
    async remove(id) {
      await db.delete("datasets", id);
      await removeChunks(id);
      changes.tell();
    },
    onChange: changes.hear,
    close() {
      changes.close();
      db.close();
    },
  };
}

/** Bytes of a column for one sample. */
export const bytesOfRow = ({ shape, dtype }: ColumnInfo): number => sizeOf(shape) * elementBytes(dtype);

function newColumn({ shape, dtype }: ColumnInfo, count: number): ColumnData {
  return new arrayTypes[dtype](count * sizeOf(shape));
}
