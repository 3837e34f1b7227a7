/** Which class a file is of, and which split, by the folders and the name that it has. */

/** A class and perhaps a split of a file. */
export interface Place {
  readonly group: string;
  readonly split: "train" | "test" | null;
}

const TRAIN = /^(train|training)$/i;
const TEST = /^(test|testing|val|valid|validation)$/i;

const splitOf = (folder: string): Place["split"] => (TRAIN.test(folder) ? "train" : TEST.test(folder) ? "test" : null);

/** The beginning of a name, up to what counts the files: `cat` of `cat_01.png`, `7` of `7-0001.png`, `dog` of `dog12.jpg`. */
function prefixOf(name: string): string {
  const stem = name.replace(/\.\w+$/, "");
  return /^(.+?)[\s_.(-]/.exec(stem)?.[1] ?? /^(\D+)\d/.exec(stem)?.[1] ?? stem;
}

/** The places of files, in their order. A class is the folder that a file is in; where all are in one, the beginning of the name, as
 *  long as that makes few classes of many files. */
export function placesOf(paths: readonly string[]): readonly Place[] {
  const parts = paths.map((path) => path.split("/"));
  const folders = parts.map((part) => part.slice(0, -1).filter((folder) => splitOf(folder) === null));
  const splits = parts.map((part) =>
    part
      .slice(0, -1)
      .map(splitOf)
      .findLast((split) => split !== null),
  );
  const groups = folders.map((folder) => folder.at(-1) ?? "");
  const byFolder = new Set(groups).size > 1;
  const prefixes = byFolder ? [] : parts.map((part) => prefixOf(part.at(-1) ?? ""));
  const distinct = new Set(prefixes).size;
  const byPrefix = distinct > 1 && distinct <= Math.max(2, paths.length / 3);
  return paths.map((_, i) => ({
    group: (byFolder ? groups[i] : byPrefix ? prefixes[i] : groups[i]) || "images",
    split: splits[i] ?? null,
  }));
}
