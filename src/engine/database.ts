/** Databases that pages and workers share: opening one by idb, and telling each other of changes. Imported by what is loaded later,
 *  since idb is. Knows no table. */
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import { within } from "./within";

const PATIENCE_MS = 10_000;

/** Opens a database, and gives it up when a newer version of the page wants to change it.
 *  @param create makes the tables of a new one
 *  @param onGone hears that the browser, or the visitor, has cleared it: it is closed, and to be opened anew
 *  @throws whatever the browser says where it is forbidden; LateError where it does not answer */
export async function openShared<Tables extends DBSchema>(
  name: string,
  create: (db: IDBPDatabase<Tables>) => void,
  onGone: () => void = () => {},
): Promise<IDBPDatabase<Tables>> {
  const opening = openDB<Tables>(name, 1, {
    upgrade: create,
    terminated: onGone,
    blocking: (_old, _new, event) => (event.target as IDBDatabase).close(),
  });
  return await within(opening, PATIENCE_MS, "IndexedDB", (late) => late.close());
}

/** Changes of a database, which its other openers hear of. */
export interface Changes {
  /** Tells of one, here and elsewhere. */
  tell(): void;
  /** @returns what ends the hearing */
  hear(listener: () => void): () => void;
  close(): void;
}

/** The changes of a database. @param name of the database */
export function changesOf(name: string): Changes {
  const channel = new BroadcastChannel(name);
  const listeners = new Set<() => void>();
  const heard = (): void => {
    for (const listener of listeners) listener();
  };
  channel.addEventListener("message", heard);
  return {
    tell() {
      channel.postMessage("changed");
      heard();
    },
    hear(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => channel.close(),
  };
}
