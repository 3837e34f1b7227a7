/** What was learned of this machine's adapters, kept between visits: a few small values in IndexedDB, which workers have.
 *  Losing them costs a second, so every failure of the database means "not known", and so does a database that does not
 *  answer; nothing here throws. */
import { LateError } from "../errors";
import { within } from "../within";

/** Values by key. */
export interface DeviceStore {
  /** What was kept under a key, as it was given; undefined when nothing was. Whoever reads checks what it is. */
  get(key: string): Promise<unknown>;
  /** @param value anything that can be cloned */
  set(key: string, value: unknown): Promise<void>;
}

const DATABASE = "descent-devices";
const TABLE = "facts";
/** How long to wait for an answer. After one that did not come nothing more is asked. */
const PATIENCE_MS = 2000;
/** The key of the scope that everything in the database was learned in. */
const SCOPE = "scope";

/** Opens the store of this browser. Where its database cannot be used, values last as long as the page.
 *  @param scope what values are valid for: this browser, this code. Values of another scope are thrown away */
export function openDeviceStore(scope: string): DeviceStore {
  const memory = memoryStore();
  const opened = within(openDatabase(scope), PATIENCE_MS, "IndexedDB", (late) => late.close()).catch(noop);
  let answers = true;
  const ask = async <T>(
    mode: IDBTransactionMode,
    work: (table: IDBObjectStore) => IDBRequest<T>,
  ): Promise<T | undefined> => {
    const database = await opened;
    if (!database || !answers) return undefined;
    try {
      return await within(request(database, mode, work), PATIENCE_MS, "IndexedDB");
    } catch (error) {
      if (error instanceof LateError) answers = false;
      return undefined;
    }
  };
  return {
    get: async (key): Promise<unknown> => (await memory.get(key)) ?? (await ask("readonly", (table) => table.get(key))),
    set: async (key, value) => {
      await memory.set(key, value);
      await ask("readwrite", (table) => table.put(value, key));
    },
  };
}

/** A store that forgets with the process. */
export function memoryStore(): DeviceStore {
  const values = new Map<string, unknown>();
  return { get: async (key) => values.get(key), set: async (key, value) => void values.set(key, value) };
}

async function openDatabase(scope: string): Promise<IDBDatabase> {
  // Where it is missing or forbidden, its name alone throws.
  const opening = indexedDB.open(DATABASE, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(TABLE);
  const database = await settled(opening);
  if ((await request(database, "readonly", (table) => table.get(SCOPE))) !== scope) {
    await request(database, "readwrite", (table) => table.clear());
    await request(database, "readwrite", (table) => table.put(scope, SCOPE));
  }
  return database;
}

const request = <T>(
  database: IDBDatabase,
  mode: IDBTransactionMode,
  ask: (table: IDBObjectStore) => IDBRequest<T>,
): Promise<T> => settled(ask(database.transaction(TABLE, mode).objectStore(TABLE)));

const settled = <T>(asked: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });

const noop = (): undefined => undefined;
