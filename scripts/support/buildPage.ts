// Builds the pages with their data; the one place that knows how, for starting, deploying and testing.
import { join } from "node:path";
import { build, type InlineConfig } from "vite";
import { prepareMnist } from "../prepareMnist";
import { root } from "./paths";

/** Where a build goes unless told otherwise. */
export const distDir = join(root, "dist");

/** The benchmark's page is a build of its own beside the app: what the two could share would cost the app's first visit a
 *  request and a kilobyte. */
const benchPage: InlineConfig = {
  build: {
    emptyOutDir: false,
    copyPublicDir: false,
    assetsDir: "assets/bench",
    rolldownOptions: { input: join(root, "bench.html") },
  },
  worker: {
    rolldownOptions: {
      output: { entryFileNames: "assets/bench/[name]-[hash].js", chunkFileNames: "assets/bench/[name]-[hash].js" },
    },
  },
};

/** Prepares the datasets and writes the pages to `outDir`, replacing what was there. */
export async function buildPage(outDir = distDir): Promise<void> {
  await prepareMnist();
  const shared: InlineConfig = {
    root,
    mode: "production",
    configFile: join(root, "vite.config.ts"),
    logLevel: "warn",
  };
  await build({ ...shared, build: { outDir, emptyOutDir: true } });
  await build({ ...shared, ...benchPage, build: { ...benchPage.build, outDir } });
}
