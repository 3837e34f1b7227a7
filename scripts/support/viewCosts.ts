// What looking into a model costs its training and the page: each view of the results open by turns with none.
import type { CDPSession, Page } from "playwright-core";

/** Shows nothing that is asked of the model. */
const NONE = "Profile";
/** Looked at for so long at a time, after a while in which a view is fetched and asks for the first time. */
const SETTLE_MS = 1500;

interface ViewCost {
  readonly view: string;
  /** Steps a second with the view over those with none, by turns: the median. */
  readonly speed: number;
}

export interface ViewCosts {
  readonly views: readonly ViewCost[];
  /** From a press on a cell of the confusion matrix until its first image is drawn; NaN where there is no such view. */
  readonly cellMs: number;
}

/** The step and the time at which the page shows it, when it has just changed. */
function freshStep(page: Page): Promise<{ readonly step: number; readonly ms: number }> {
  return page.evaluate(
    () =>
      new Promise<{ step: number; ms: number }>((resolve) => {
        const status = document.querySelector('[role="status"][aria-label="Training status"]');
        const read = (): number =>
          Number(/Step (\S+) \//.exec(status?.textContent ?? "")?.[1]?.replaceAll(",", "") ?? NaN);
        const before = read();
        const look = (): void => {
          const step = read();
          if (step === before) requestAnimationFrame(look);
          else resolve({ step, ms: performance.now() });
        };
        look();
      }),
  );
}

async function speedOf(page: Page, view: string, lookMs: number): Promise<number> {
  await page.getByRole("tab", { name: view, exact: true }).click();
  await page.waitForTimeout(SETTLE_MS);
  const from = await freshStep(page);
  await page.waitForTimeout(lookMs);
  const to = await freshStep(page);
  return (1000 * (to.step - from.step)) / (to.ms - from.ms);
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;

/** What garbage collection leaves; it takes the page's thread a while. */
export async function heapBytes(client: CDPSession): Promise<number> {
  await client.send("HeapProfiler.collectGarbage");
  return (await client.send("Runtime.getHeapUsage")).usedSize;
}

/** The views that are offered, but for the one that asks nothing; or those of them that are wanted.
 *  @throws Error naming what is offered where a wanted one is not */
async function viewNames(page: Page, only?: readonly string[]): Promise<string[]> {
  const tabs = await page.getByRole("tablist", { name: "Views" }).getByRole("tab").allInnerTexts();
  const missing = only?.find((name) => !tabs.includes(name));
  if (missing !== undefined) throw new Error(`expected views out of ${tabs.join(", ")}, got "${missing}".`);
  return tabs.filter((name) => name !== NONE && (only?.includes(name) ?? true));
}

/** Opens every view once, or some, within about so many seconds, from none to none. */
export async function openViews(page: Page, seconds: number, only?: readonly string[]): Promise<void> {
  const names = await viewNames(page, only);
  for (const name of names) {
    await page.getByRole("tab", { name, exact: true }).click();
    await page.waitForTimeout((1000 * seconds) / names.length);
  }
  await closeViews(page);
}

/** Shows the one that asks nothing. */
export const closeViews = (page: Page): Promise<void> => page.getByRole("tab", { name: NONE, exact: true }).click();

/** @param page with a model that trains for long enough  @param rounds how often each view is compared with none
 *  @param only the views that are measured, all when left out */
export async function measureViews(
  page: Page,
  lookMs: number,
  rounds: number,
  only?: readonly string[],
): Promise<ViewCosts> {
  const names = await viewNames(page, only);
  const speeds = new Map<string, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    let last = await speedOf(page, NONE, lookMs);
    for (const name of names) {
      // None, the view, none: what drifts meanwhile is even.
      const own = await speedOf(page, name, lookMs);
      const next = await speedOf(page, NONE, lookMs);
      speeds.get(name)?.push((2 * own) / (last + next));
      last = next;
    }
  }
  const views = [...speeds].map(([view, values]) => ({ view, speed: median(values) }));
  return { views, cellMs: await cellMs(page, names) };
}

async function cellMs(page: Page, names: readonly string[]): Promise<number> {
  if (!names.includes("Confusion")) return NaN;
  await page.getByRole("tab", { name: "Confusion", exact: true }).click();
  const cell = page.getByRole("button", { name: / taken for .*: [1-9]\d* of / }).first();
  await cell.waitFor();
  return await cell.evaluate(
    (button) =>
      new Promise<number>((resolve) => {
        const began = performance.now();
        const look = (): void => {
          if (document.querySelector('[aria-label="Images that are chosen"] canvas'))
            resolve(performance.now() - began);
          else requestAnimationFrame(look);
        };
        if (button instanceof HTMLElement) button.click();
        requestAnimationFrame(look);
      }),
  );
}

/** One line for each view, and one for the rest. */
export function describeViews({ views, cellMs: ms }: ViewCosts): string {
  const lines = views.map(({ view, speed }) => `${view.padEnd(14)} ${speed.toFixed(3)}`);
  const cell = Number.isNaN(ms) ? "" : `\nfrom a cell of the confusion matrix to its images ${ms.toFixed(0)} ms`;
  return `training speed with a view open over that with none:\n${lines.join("\n")}${cell}`;
}
