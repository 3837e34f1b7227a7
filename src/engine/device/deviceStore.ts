/** What was learned of this machine's adapters, kept between visits: a few small values in IndexedDB, which workers have.
 *  Losing them costs a second, so every failure of the database means "not known"; nothing here throws. */

/** Values by key. */
export interface DeviceStore {
  /** What was kept under a key, as it was given; undefined when nothing was. Whoever reads checks what it is. */
  get(key: string): Promise<unknown>;
  /** @param value anything that can be cloned */
  set(key: string, value: unknown): Promise<void>;
}

const DATABASE = "descent-devices";
const TABLE = "facts";
/** The key of the scope that everything in the database was learned in. */
const SCOPE = "scope";

/** Opens the store of this browser, or one that lasts as long as the page where there is no database.
 *  @param scope what values are valid for: this browser, this code. Values of another scope are thrown away */
export function openDeviceStore(scope: string): DeviceStore {
  if (typeof indexedDB === "undefined") return memoryStore();
  const opened = openDatabase(scope);
  return {
    get: async (key) =>
      await opened.then((database) => request(database, "readonly", (table) => table.get(key))).catch(noop),
    set: async (key, value) => {
      await opened.then((database) => request(database, "readwrite", (table) => table.put(value, key))).catch(noop);
    },
  };
}

/** A store that forgets with the process. */
export function memoryStore(): DeviceStore {
  const values = new Map<string, unknown>();
  return { get: async (key) => values.get(key), set: async (key, value) => void values.set(key, value) };
}

async function openDatabase(scope: string): Promise<IDBDatabase> {
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
