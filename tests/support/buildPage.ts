// Builds the page once for all browser tests, into a folder of their own so that a running `npm start` is not disturbed.
import { join } from "node:path";
import { buildPage } from "../../scripts/support/buildPage";
import { cacheDir } from "../../scripts/support/paths";

/** Where the browser tests' build is. */
export const testBuildDir = join(cacheDir, "e2e-dist");

/** Vitest calls this once, before the first browser test. */
export default (): Promise<void> => buildPage(testBuildDir);
