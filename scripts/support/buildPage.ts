// Builds the page with its data; the one place that knows how, for starting, deploying and testing.
import { join } from "node:path";
import { build } from "vite";
import { prepareMnist } from "../prepareMnist";
import { root } from "./paths";

/** Where a build goes unless told otherwise. */
export const distDir = join(root, "dist");

/** Prepares the datasets and writes the page to `outDir`, replacing what was there. */
export async function buildPage(outDir = distDir): Promise<void> {
  await prepareMnist();
  await build({
    root,
    mode: "production",
    configFile: join(root, "vite.config.ts"),
    logLevel: "warn",
    build: { outDir, emptyOutDir: true },
  });
}
