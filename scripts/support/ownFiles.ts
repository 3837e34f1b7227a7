// Datasets of the visitor's own files in Node: read and judged by the code that the page brings files in with.
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { bringDataset, type DatasetDef, englishLanguage, fetchLaterWords, write } from "../../src/engine";
import { type BroughtFile, BringError, heldDataset, openBrought } from "../../src/engine/tools";

async function filesIn(path: string, name = basename(path)): Promise<BroughtFile[]> {
  if (!(await stat(path)).isDirectory())
    return [{ path: name, file: new File([await readFile(path)], basename(path)) }];
  const entries = (await readdir(path)).toSorted();
  return (await Promise.all(entries.map((entry) => filesIn(join(path, entry), `${name}/${entry}`)))).flat();
}

/** Has the library know a dataset of these files and folders. Pictures in files need a browser, and are refused here.
 *  @throws Error that says why nothing can be made of them */
export async function bringFiles(paths: readonly string[]): Promise<DatasetDef> {
  try {
    return await bring(paths);
  } catch (error) {
    if (!(error instanceof BringError)) throw error;
    await fetchLaterWords();
    throw new Error(write(error.said, englishLanguage), { cause: error });
  }
}

async function bring(paths: readonly string[]): Promise<DatasetDef> {
  const files = (await Promise.all(paths.map((path) => filesIn(path)))).flat();
  const source = await openBrought(
    files,
    async (pictures) => pictures.map(() => null),
    () => {},
  );
  const { report, settings } = source.opened;
  if (report.problem) throw new BringError(report.problem);
  return bringDataset(heldDataset(await source.make(settings, () => {})));
}
