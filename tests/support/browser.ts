// A real Chromium for tests, with or without WebGPU; refuses to hide what the page complains about.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { inject, type ProvidedContext } from "vitest";
import { root } from "../../scripts/support/paths";

/** Connects to the headless browser of all tests. The caller closes the connection, and with it the pages that were opened
 *  through it. */
export const connectBrowser = (webgpu: keyof ProvidedContext["browsers"]): Promise<Browser> =>
  chromium.connect(inject("browsers")[webgpu]);

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
  page.on("requestfailed", (request) => {
    const reason = request.failure()?.errorText ?? "failed";
    // What is still on its way when a page is left or reloaded is aborted.
    if (reason !== "net::ERR_ABORTED") problems.push(`request: ${request.url()} ${reason}`);
  });
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
