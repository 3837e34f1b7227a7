// A real Chromium for tests, with or without WebGPU; refuses to hide what the page complains about.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { type BrowserWebGpu, launchChromium } from "../../scripts/support/launchChromium";
import { root } from "../../scripts/support/paths";
import { isFull } from "./full";

/** What a browser of the tests can have of WebGPU. */
export type TestWebGpu = Exclude<BrowserWebGpu, "best">;

const started = new Map<TestWebGpu, Promise<Browser>>();

/** The headless browser of all test files that run in this process, and which ends with it: starting one takes longer than most
 *  tests. Whoever opens a page closes its context. */
export function testBrowser(webgpu: TestWebGpu): Promise<Browser> {
  const browser = started.get(webgpu) ?? launchChromium(webgpu);
  started.set(webgpu, browser);
  return browser;
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
  page.on("requestfailed", (request) => {
    const reason = request.failure()?.errorText ?? "failed";
    // What is still on its way when a page is left or reloaded is aborted.
    if (reason !== "net::ERR_ABORTED") problems.push(`request: ${request.url()} ${reason}`);
  });
  page.on("crash", () => problems.push("the page crashed"));
  await page.goto(url);
  return { page, context, problems };
}

/** Keeps a picture of the page in tests/output, for whoever wants to look: `npm run test:full` does. */
export async function saveScreenshot(page: Page, name: string): Promise<void> {
  if (!isFull) return;
  const folder = join(root, "tests", "output");
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), animations: "disabled" });
}
