// Runs that outlive the page: kept in the browser's own database, offered after a reload, and each one tab's at a time.
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { button, useBrowser, waitForState, waitForStatus } from "./support";

/** Trains past a step and pauses. @returns the step */
async function trainPast(page: Page, past: number): Promise<number> {
  await button(page, "Train").click();
  await waitForStatus(page, ({ state, step }) => state === "Training" && step > past);
  await button(page, "Pause").click();
  return (await waitForState(page, "Paused")).step;
}

/** What is in the database: checkpoints of each run, by step. */
const readKept = (page: Page): Promise<Record<string, number[]>> =>
  page.evaluate(
    () =>
      new Promise((resolve) => {
        const opening = indexedDB.open("descent-runs");
        opening.onsuccess = () => {
          const asked = opening.result.transaction("checkpoints").objectStore("checkpoints").getAll();
          asked.onsuccess = () => {
            const steps: Record<string, number[]> = {};
            for (const { run, step } of asked.result) (steps[run] ??= []).push(step);
            opening.result.close();
            resolve(steps);
          };
        };
      }),
  );

describe("a run in the browser", () => {
  const open = useBrowser("none");

  it("is offered after a reload, goes on where it was, and is one tab's at a time", async () => {
    const { page, context, problems } = await open();
    await waitForState(page, "Ready");
    const step = await trainPast(page, 20);
    const words = step.toLocaleString("en");
    await expect.poll(async () => Object.values(await readKept(page)).flat()).toContain(step);
    await page.reload();
    await button(page, `Resume at step ${words}`).click();
    expect(await waitForState(page, "Paused")).toMatchObject({ step });
    const later = await trainPast(page, step);
    expect(later).toBeGreaterThan(step);
    const rows = await page.getByRole("table", { name: "Training metrics" }).locator("tbody tr").allInnerTexts();
    expect(rows[0]).toMatch(/^1\t/);
    await expect.poll(async () => Object.values(await readKept(page)).flat()).toContain(later);
    expect(Object.keys(await readKept(page))).toHaveLength(1);

    // Another tab is not offered what this one has; once this one is gone, without a word, it is.
    const other = await context.newPage();
    await other.goto(page.url());
    await waitForState(other, "Ready");
    await other.waitForTimeout(1000);
    expect(await button(other, `Resume at step ${later.toLocaleString("en")}`).count()).toBe(0);
    await page.close({ runBeforeUnload: false });
    await other.reload();
    await button(other, `Resume at step ${later.toLocaleString("en")}`).click();
    expect(await waitForState(other, "Paused")).toMatchObject({ step: later });
    expect(problems).toEqual([]);
  });

  it("is not kept where the database is forbidden, which ends no training and is told once", async () => {
    const { page } = await open({
      before: async (blank) => {
        await blank.context().route("**/worker-*.js", async (route) => {
          const response = await route.fetch();
          const forbid =
            "Object.defineProperty(self,'indexedDB',{get(){throw new DOMException('not here','SecurityError')}});";
          await route.fulfill({ response, body: forbid + (await response.text()) });
        });
      },
    });
    await waitForState(page, "Ready");
    const step = await trainPast(page, 20);
    await page
      .getByRole("alert")
      .getByText(/Runs cannot be kept in this browser .* Training goes on/)
      .waitFor();
    expect(await trainPast(page, step)).toBeGreaterThan(step);
    expect(await page.getByRole("alert").count()).toBe(1);
  });
});
