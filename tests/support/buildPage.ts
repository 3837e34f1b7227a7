// Builds the page once for all browser tests, into a folder of their own so that a running `npm start` is not disturbed.
import { join } from "node:path";
import { build } from "vite";
import { cacheDir, root } from "../../scripts/support/paths";

/** Where the browser tests' build is. */
export const testBuildDir = join(cacheDir, "e2e-dist");

/** Vitest calls this once, before the first browser test. */
export default async function buildPage(): Promise<void> {
  await build({
    root,
    mode: "production",
    configFile: join(root, "vite.config.ts"),
    logLevel: "warn",
    build: { outDir: testBuildDir, emptyOutDir: true },
  });
}
