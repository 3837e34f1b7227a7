// A real Chromium for tests, with or without WebGPU; refuses to hide what the page complains about.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { browserProgram } from "../../scripts/support/chromium";
import { root } from "../../scripts/support/paths";

/** `swiftshader`: a software adapter, so that kernels run. `none`: what a visitor without a GPU meets, where
 *  `navigator.gpu` is there and `requestAdapter()` gives null. */
export type BrowserWebGpu = "swiftshader" | "none";

const quietFlags = [
  "--no-sandbox",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-quic",
  "--no-first-run",
];

const webGpuFlags: Record<BrowserWebGpu, readonly string[]> = {
  swiftshader: ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"],
  none: [],
};

/** Starts a headless browser. The caller closes it. */
export async function launchBrowser(options: { readonly webgpu: BrowserWebGpu }): Promise<Browser> {
  const program = await browserProgram();
  const args = [...quietFlags, ...webGpuFlags[options.webgpu]];
  if ("channel" in program) return chromium.launch({ channel: program.channel, args });
  const inherited = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return chromium.launch({
    executablePath: program.executablePath,
    args,
    // Dawn's own driver is for Node alone: the browser brings its own.
    env: { ...Object.fromEntries(inherited.filter(([name]) => !name.startsWith("VK_"))), ...program.env },
  });
}

/** A page, and what it complained about since it was opened. */
export interface WatchedPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Console errors and warnings of policy, uncaught exceptions and failed requests, in order. A test that expects none
   *  asserts that this is empty. */
  readonly problems: readonly string[];
}

/** Opens a page of its own context (storage, viewport, colour scheme) and watches it, its workers included. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(`console: ${message.text()} (${message.location().url})`);
  });
  page.on("pageerror", (error) => problems.push(`exception: ${error.message}`));
  page.on("requestfailed", (request) =>
    problems.push(`request: ${request.url()} ${request.failure()?.errorText ?? "failed"}`),
  );
  page.on("crash", () => problems.push("the page crashed"));
  await page.goto(url);
  return { page, context, problems };
}

/** Keeps a picture of the page in tests/output. @returns the file's path */
export async function saveScreenshot(page: Page, name: string): Promise<string> {
  const folder = join(root, "tests", "output");
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.png`);
  await page.screenshot({ path, animations: "disabled" });
  return path;
}
