// Where the repository's folders are, found from the running file; refuses to depend on the working directory.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

function findRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package-lock.json"))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`paths: expected a package-lock.json above ${import.meta.url}, got none.`);
    folder = parent;
  }
  return folder;
}

/** The repository's folder. */
export const root = findRoot();

/** What is made once and kept between runs; ignored by git. */
export const cacheDir = join(root, ".cache");

/** The datasets that the page loads. */
export const datasetsDir = join(root, "public", "datasets");
