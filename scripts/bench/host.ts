// Builds the page of the benchmark, serves it and opens it in Chromium; knows nothing of what is measured there.
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { build } from "vite";
import { assemblyPlugin } from "../support/assemblyPlugin.mjs";
import headers from "../support/headers.json";
import { launchChromium } from "../support/launchChromium";
import { cacheDir, root } from "../support/paths";
import { serveFolder, type StaticServer } from "../support/staticServer";

const outDir = join(cacheDir, "bench-dist");

/** The open page, and how to be done with it. */
export interface Host {
  readonly page: Page;
  readonly browserVersion: string;
  readonly close: () => Promise<void>;
}

async function buildBenchPage(): Promise<void> {
  await build({
    root: join(root, "scripts", "bench"),
    configFile: false,
    base: "./",
    publicDir: false,
    logLevel: "error",
    plugins: [assemblyPlugin()],
    // Not minified: TensorFlow.js gives its threads the source of one of its functions, which then lacks renamed helpers.
    build: { outDir, emptyOutDir: true, target: "chrome113", minify: false, chunkSizeWarningLimit: 5000 },
    worker: { format: "es", plugins: () => [assemblyPlugin()] },
  });
}

/** Opens the page cross-origin isolated, since threads need that, and without the product's Content-Security-Policy:
 *  the peers' threads run from blobs and their kernels are made at run time. */
export async function openHost(webgpu: boolean): Promise<Host> {
  await buildBenchPage();
  const server = await serveFolder(outDir, 0, headers.isolation);
  let browser: Browser | undefined;
  try {
    // Ctrl-C is the script's to handle: it closes the browser itself.
    browser = await launchChromium(webgpu ? "best" : "none", { handleSIGINT: false, handleSIGTERM: false });
    const page = await browser.newPage();
    page.on("pageerror", (error) => console.error(`bench page: ${error.message}`));
    await page.goto(server.url);
    if (!(await page.evaluate(() => crossOriginIsolated))) {
      throw new Error("bench: expected a cross-origin isolated page, got one that is not. Threads would be missing.");
    }
    return { page, browserVersion: browser.version(), close: () => closeBoth(browser, server) };
  } catch (error) {
    await closeBoth(browser, server);
    throw error;
  }
}

async function closeBoth(browser: Browser | undefined, server: StaticServer): Promise<void> {
  await browser?.close();
  await server.close();
}
