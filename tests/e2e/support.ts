// What the browser tests share: opening the page, reading what it says of the run, and the gestures of a visitor. Refuses to
// look inside the page: everything goes by the names that a screen reader would use.
import type { BrowserContextOptions, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, inject } from "vitest";
import { openPage, testBrowser, type TestWebGpu, type WatchedPage } from "../support/browser";

/** Width and height of a window. */
export type Size = readonly [number, number];

/** How to open the page. */
export interface OpenOptions extends BrowserContextOptions {
  /** The address behind the page's own, as `?preset=xor` or `selftest`. */
  readonly query?: string;
  /** Trains on as many threads as the machine has, as it does for visitors, and not on one. */
  readonly allThreads?: boolean;
  /** Done before the page is asked for. */
  readonly before?: (page: Page) => Promise<void>;
}

/** The part of an address after the page's, for training on one thread unless it says otherwise. What a page looks like while it
 *  trains is the same on all of a machine's threads, which would take them from the test beside it. */
function onOneThread(query: string): string {
  if (!/^(\?.*)?$/.test(query) || query.includes("threads=")) return query;
  return `${query}${query === "" ? "?" : "&"}threads=1`;
}

/** Opens the page in a context of its own, which is closed after the test. */
export type Open = (options?: OpenOptions) => Promise<WatchedPage>;

/** The browser of all tests, for those of a group. */
export function useBrowser(webgpu: TestWebGpu): Open {
  const opened: WatchedPage[] = [];
  afterEach(async () => {
    await Promise.all(opened.splice(0).map(({ context }) => context.close()));
  });
  return async ({ query = "", allThreads = false, before, ...options } = {}) => {
    const watched = await openPage(await testBrowser(webgpu), "about:blank", options);
    opened.push(watched);
    await before?.(watched.page);
    await watched.page.goto(`${inject("pageUrl")}${allThreads ? query : onOneThread(query)}`);
    return watched;
  };
}

/** One visit for all tests of a group, each of which leaves the page as it found it. */
export function useVisit(
  webgpu: TestWebGpu,
  query: string,
  prepare: (page: Page) => Promise<unknown>,
): () => WatchedPage {
  let visit: WatchedPage | undefined;
  beforeAll(async () => {
    visit = await openPage(await testBrowser(webgpu), `${inject("pageUrl")}${onOneThread(query)}`);
    await prepare(visit.page);
  });
  afterAll(async () => {
    await visit?.context.close();
  });
  return () => {
    if (!visit) throw new Error("The page could not be opened.");
    return visit;
  };
}

/** Takes back all that was edited, and ends the run: for a visit that several tests share, each from the same beginning. */
export async function startOver(page: Page): Promise<void> {
  const undo = button(page, "Undo");
  while ((await undo.getAttribute("aria-disabled")) !== "true") await undo.click();
  // A run that has only begun cannot be reset yet, and one whose model was chosen in an edit that is taken back ends by itself, a
  // moment later: pressed while it is off, the control does nothing.
  await expect
    .poll(
      async () => {
        const status = await readStatus(page);
        if (status.state !== "Ready" || status.step > 0) await button(page, "Reset").click({ force: true });
        return status;
      },
      { timeout: 60_000 },
    )
    .toMatchObject({ state: "Ready", step: 0 });
}

/** What the status message says. */
export interface Status {
  readonly state: string;
  readonly step: number;
  readonly loss: number;
  readonly backend: string;
}

/** A button by its whole name. */
export const button = (page: Page | Locator, name: string): Locator => page.getByRole("button", { name, exact: true });

/** Brings a part of the page to the front by its tab: the model or its training, and on a small screen all parts. */
export const showPart = (page: Page, part: "Model" | "Training" | "Curves" | "Results"): Promise<void> =>
  page.getByRole("tab", { name: part, exact: true }).click();

/** Makes a run too long to end before a test has done with it, on however quick a machine. */
export async function makeLong(page: Page): Promise<void> {
  await showPart(page, "Training");
  const epochs = page.getByRole("textbox", { name: "Epochs" });
  await epochs.fill("10000");
  await epochs.press("Enter");
  await showPart(page, "Model");
}

/** Whether the keyboard's focus is on an element. */
export const isFocused = (element: Locator): Promise<boolean> =>
  element.evaluate((found) => found === document.activeElement);

/** The layers of the model, without the input. */
export const cards = (page: Page): Locator =>
  page
    .getByRole("list", { name: "Model", exact: true })
    .locator("> li")
    .filter({ has: page.getByRole("button") });

/** The card of a layer, by its place from 0. */
export const card = (page: Page, place: number): Locator => cards(page).nth(place);

/** The types of the layers, in order. */
export async function layerTypes(page: Page): Promise<string[]> {
  const texts = await cards(page).allInnerTexts();
  return texts.map((text) => /[A-Z][A-Za-z]+(2D)?\n/.exec(text.slice(3))?.[0].trim() ?? text);
}

/** Reads the status message. */
export async function readStatus(page: Page): Promise<Status> {
  const text = (await page.getByRole("status", { name: "Training status" }).textContent()) ?? "";
  const value = (label: string): string => new RegExp(`${label}(?:, mean)? (\\S+)`).exec(text)?.[1] ?? "";
  const number = (label: string): number => Number(value(label).replaceAll(",", ""));
  return {
    state: /^[A-Z][a-z ]+[a-z]/.exec(text)?.[0] ?? "",
    step: number("Step"),
    loss: number("Loss"),
    backend: value("Backend"),
  };
}

/** Waits until the status message is as wanted. @returns it */
export async function waitForStatus(
  page: Page,
  wanted: (status: Status) => boolean,
  timeoutMs = 60_000,
): Promise<Status> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const status = await readStatus(page);
    if (wanted(status)) return status;
    if (Date.now() > deadline) throw new Error(`The status stayed ${JSON.stringify(status)} for ${timeoutMs} ms.`);
    await page.waitForTimeout(100);
  }
}

/** Waits until the trainer is in a state, by its word on the page. */
export const waitForState = (page: Page, state: string, timeoutMs?: number): Promise<Status> =>
  waitForStatus(page, (status) => status.state.startsWith(state), timeoutMs);

/** One row of the table "Training metrics". */
export interface MetricsRow {
  readonly step: number;
  readonly trainLoss: number;
  readonly trainAccuracy: number;
}

/** The table "Training metrics". */
export async function readMetrics(page: Page): Promise<MetricsRow[]> {
  const rows = await page.getByRole("table", { name: "Training metrics" }).locator("tbody tr").allInnerTexts();
  return rows.map((row) => {
    const [step, , loss, accuracy] = row.split("\t").map((cell) => Number(cell.replaceAll(/[,%]/g, "")));
    return { step: step ?? NaN, trainLoss: loss ?? NaN, trainAccuracy: (accuracy ?? NaN) / 100 };
  });
}

/** The loss of the first training step. */
export async function firstLoss(page: Page): Promise<number> {
  const read = async () => (await readMetrics(page)).find(({ step }) => step === 1)?.trainLoss;
  // The table is drawn twice a second.
  await expect.poll(read, { message: "a row for step 1" }).toBeDefined();
  return (await read()) ?? NaN;
}

/** Waits until the mean accuracy of the latest steps passes a share. */
export async function waitForAccuracy(page: Page, share: number, timeoutMs = 90_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  let mean = 0;
  while (Date.now() < deadline) {
    const recent = (await readMetrics(page)).filter(
      ({ step, trainAccuracy }) => step > 1 && !Number.isNaN(trainAccuracy),
    );
    mean = recent.reduce((sum, { trainAccuracy }) => sum + trainAccuracy, 0) / Math.max(1, recent.length);
    if (mean > share) return;
    await page.waitForTimeout(200);
  }
  throw new Error(`The training accuracy reached ${mean}, and not ${share}, within ${timeoutMs} ms.`);
}

/** Waits until a chart's marks of learning rates are one alone, of a rate that was set and of which a schedule leaves some. */
export async function waitForRateMark(figure: Locator, set: number): Promise<void> {
  const isOf = (text: string): boolean => {
    const rate = Number(/^lr (\S+)$/.exec(text)?.[1]);
    return rate <= set && rate > set / 50;
  };
  await expect
    .poll(async () => (await figure.getByText(/^lr /).allTextContents()).map((text) => isOf(text)))
    .toEqual([true]);
}

/** Takes a profile in the panel that shows it. @returns the rows of its table, cell by cell */
export async function profileStep(page: Page): Promise<string[][]> {
  await button(page, "Profile a step").click();
  await button(page, "Profile again").waitFor();
  const rows = await page.getByRole("table", { name: "Launches of a training step" }).locator("tbody tr").all();
  return await Promise.all(rows.map((row) => row.locator("th, td").allInnerTexts()));
}

/** Drags with the mouse, to just above or below the middle of another element, as slowly as a hand does. */
export async function drag(page: Page, from: Locator, to: Locator, side: "above" | "below"): Promise<void> {
  await from.scrollIntoViewIfNeeded();
  const [start, end] = [await from.boundingBox(), await to.boundingBox()];
  if (!start || !end) throw new Error("What is dragged, and where to, must be on the screen.");
  await page.mouse.move(start.x + start.width / 2, start.y + 12);
  await page.mouse.down();
  await page.mouse.move(start.x + start.width / 2 + 12, start.y + 18, { steps: 4 });
  await page.mouse.move(end.x + 60, end.y + end.height * (side === "above" ? 0.25 : 0.75), { steps: 12 });
  // The page works out where the drop would land once in a frame.
  await page.waitForTimeout(100);
  await page.mouse.up();
}

/** What the page keeps of this machine's adapters. @param about the first word of the keys @returns pairs of key and value */
export async function readFacts(page: Page, about: string): Promise<[string, unknown][]> {
  const all = await page.evaluate(
    () =>
      new Promise<[string, unknown][]>((resolve, reject) => {
        const opening = indexedDB.open("descent-devices");
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const database = opening.result;
          const table = database.transaction("facts").objectStore("facts");
          const keys = table.getAllKeys();
          const values = table.getAll();
          values.onerror = () => reject(values.error);
          values.onsuccess = () => {
            resolve(keys.result.map((key, i): [string, unknown] => [String(key), values.result[i]]));
            database.close();
          };
        };
      }),
  );
  return all.filter(([key]) => key.startsWith(`${about} `));
}

/** Replaces something of what the page keeps of this machine's adapters. */
export async function writeFact(page: Page, key: string, value: unknown): Promise<void> {
  await page.evaluate(
    (fact) =>
      new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open("descent-devices");
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const database = opening.result;
          const change = database.transaction("facts", "readwrite");
          change.objectStore("facts").put(fact.value, fact.key);
          change.onerror = () => reject(change.error);
          change.oncomplete = () => {
            database.close();
            resolve();
          };
        };
      }),
    { key, value },
  );
}

/** Reloads the page with another draft than it had, in this tab and for the next visit. */
export async function reloadWithDraft(page: Page, change: (draft: string) => string): Promise<void> {
  const draft = await page.evaluate(() => localStorage.getItem("descent.draft") ?? "");
  await page.evaluate((changed) => {
    for (const storage of [localStorage, sessionStorage]) storage.setItem("descent.draft", changed);
  }, change(draft));
  await page.reload();
}

/** A test that expects no complaint asserts this last. */
export function expectQuiet({ problems }: WatchedPage): void {
  expect(problems).toEqual([]);
}
