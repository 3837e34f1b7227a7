/** The browser's storage, which never throws here: a full, forbidden or missing one only means that nothing is
 *  remembered. */

/** How far what is kept reaches: to every tab and the next visit, or to this tab, as long as it is open. */
type Reach = "browser" | "tab";

const storageOf = (reach: Reach): Storage => (reach === "tab" ? sessionStorage : localStorage);

/** What is stored under a key, or null. */
export function readStored(key: string, reach: Reach = "browser"): string | null {
  try {
    return storageOf(reach).getItem(key);
  } catch {
    return null;
  }
}

/** Stores text, if it can be. */
export function writeStored(key: string, text: string, reach: Reach = "browser"): void {
  try {
    storageOf(reach).setItem(key, text);
  } catch {
    // Private windows and full disks: the visit goes on without a memory.
  }
}

/** Whether there is a database. What was stored under a key a moment before a browser was killed is lost, and a database is not. */
export async function hasDatabase(name: string): Promise<boolean> {
  try {
    return (await indexedDB.databases()).some((found) => found.name === name);
  } catch {
    return false;
  }
}

/** Forgets a key. */
export function removeStored(key: string, reach: Reach = "browser"): void {
  try {
    storageOf(reach).removeItem(key);
  } catch {
    // As above.
  }
}
