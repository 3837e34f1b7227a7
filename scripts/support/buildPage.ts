// Builds the pages with their data; the one place that knows how, for starting, deploying and testing.
import { join } from "node:path";
import { build, type InlineConfig } from "vite";
import { prepareData } from "../prepareData";
import { compressFolder, type Effort } from "./compress";
import { root } from "./paths";

/** Where a build goes unless told otherwise. */
export const distDir = join(root, "dist");

/** Pages beside the app are builds of their own: what they could share with it would cost its first visit a request and a
 *  kilobyte. */
const pagesBeside = ["bench", "selftest"] as const;

function pageBeside(name: (typeof pagesBeside)[number], outDir: string): InlineConfig {
  const files = {
    entryFileNames: `assets/${name}/[name]-[hash].js`,
    chunkFileNames: `assets/${name}/[name]-[hash].js`,
  };
  return {
    build: {
      outDir,
      emptyOutDir: false,
      copyPublicDir: false,
      assetsDir: `assets/${name}`,
      rolldownOptions: { input: join(root, `${name}.html`) },
    },
    worker: { rolldownOptions: { output: files } },
  };
}

/** One script for all that the page starts with. Left alone, each part that is fetched later splits off what it shares with others,
 *  and many small scripts compress badly. */
const oneScript = {
  output: { codeSplitting: { groups: [{ name: "page", tags: ["$initial" as const] }] } },
};

/** Prepares the datasets and writes the pages to `outDir`, compressed files beside them, replacing what was there.
 *  @param compressed how small, where the build is for this machine alone `quickly` */
export async function buildPage(outDir = distDir, compressed: Effort = "thoroughly"): Promise<void> {
  await prepareData();
  const shared: InlineConfig = {
    root,
    mode: "production",
    configFile: join(root, "vite.config.ts"),
    logLevel: "warn",
  };
  await build({ ...shared, build: { outDir, emptyOutDir: true, rolldownOptions: oneScript } });
  for (const name of pagesBeside) await build({ ...shared, ...pageBeside(name, outDir) });
  await compressFolder(outDir, compressed);
}
