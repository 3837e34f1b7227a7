// Storage that is slow, full or refused, in a browser's own database: training goes on as fast, one notice at most says so, and the
// run can be had as a file, which another browser opens.
import { buffer } from "node:stream/consumers";
import type { BrowserContext, Page } from "playwright-core";
import { describe, expect, inject, it } from "vitest";
import { violations } from "./axe";
import { button, expectQuiet, makeLong, showPart, useBrowser, waitForState, waitForStatus } from "./support";

/** Puts something before the script of the worker that trains, and before those of the page. */
async function putBefore(context: BrowserContext, script: string): Promise<void> {
  await context.addInitScript({ content: script });
  await context.route("**/worker-*.js", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: script + (await response.text()) });
  });
}

const SLOW_MS = 3000;

/** Each transaction on runs waits for one that takes seconds, as on a disk that is busy. */
const slow = `{
  const { transaction } = IDBDatabase.prototype;
  IDBDatabase.prototype.transaction = function (tables, ...given) {
    if (this.name === "descent-runs") {
      const names = typeof tables === "string" ? [tables] : [...tables];
      const holding = transaction.call(this, names, "readwrite").objectStore(names[0]);
      const until = performance.now() + ${SLOW_MS};
      const hold = () => {
        if (performance.now() < until) holding.get("nothing").onsuccess = hold;
      };
      hold();
    }
    return transaction.call(this, tables, ...given);
  };
}`;

/** As in Firefox's private windows of old. */
const refused = `Object.defineProperty(self, "indexedDB", {
  value: { open() { throw new DOMException("A mutation operation was attempted on a database that did not allow mutations.", "InvalidStateError"); },
    databases: async () => [] } });`;

async function trainPast(page: Page, past: number): Promise<number> {
  await button(page, "Train").click();
  await waitForStatus(page, ({ state, step }) => state === "Training" && step > past);
  await button(page, "Pause").click();
  return (await waitForState(page, "Paused")).step;
}

const runsTab = (page: Page): Promise<void> => page.getByRole("tab", { name: "Runs", exact: true }).click();

describe("storage", () => {
  const open = useBrowser("none");

  /** Saves the run by the button of the notice. @returns the file */
  async function saveRun(page: Page, by: "mouse" | "keyboard"): Promise<Buffer> {
    const save = button(page.getByRole("alert"), "Save this run");
    const saving = page.waitForEvent("download");
    if (by === "mouse") await save.click();
    else await save.press("Enter");
    const download = await saving;
    expect(download.suggestedFilename()).toBe("perceptron.descent-runs");
    return await buffer(await download.createReadStream());
  }

  /** Opens a file of runs in a browser that keeps them, and goes on with its run. */
  async function expectGoesOn(file: Buffer, step: number): Promise<void> {
    const watched = await open();
    const { page } = watched;
    await waitForState(page, "Ready");
    await runsTab(page);
    await page
      .locator("input[accept='.descent-runs']")
      .setInputFiles({ name: "perceptron.descent-runs", mimeType: "application/zip", buffer: file });
    await button(page, "Restore Perceptron").click();
    expect(await waitForState(page, "Paused")).toMatchObject({ step });
    const rows = page.getByRole("table", { name: "Training metrics" }).locator("tbody tr");
    await expect.poll(async () => (await rows.first().innerText()).startsWith("1\t")).toBe(true);
    expect(await trainPast(page, step)).toBeGreaterThan(step);
    expectQuiet(watched);
  }

  it("that is refused is told once, and the run is had as a file", async () => {
    const { page } = await open({ before: async (blank) => putBefore(blank.context(), refused) });
    await waitForState(page, "Ready");
    await trainPast(page, 20);
    const alert = page.getByRole("alert");
    await alert.getByText(/Runs cannot be kept in this browser .* Training goes on/).waitFor();
    expect(await violations(page)).toEqual([]);
    const step = await trainPast(page, 400);
    expect(await alert.count()).toBe(1);
    await runsTab(page);
    await page.getByText(/This browser lets the page keep no runs\./).waitFor();
    await expectGoesOn(await saveRun(page, "mouse"), step);
  });

  it("that is refused leaves data of one's own to train on until the page is closed", async () => {
    const { page } = await open({ before: async (blank) => putBefore(blank.context(), refused) });
    await waitForState(page, "Ready");
    await showPart(page, "Training");
    await button(page, "Bring your data").click();
    const dialog = page.getByRole("dialog", { name: "Bring your data" });
    const table = ["width,kind", ...Array.from({ length: 60 }, (_, i) => `${i % 20},${i % 20 < 9 ? "a" : "b"}`)];
    await dialog
      .locator("input[type=file]")
      .first()
      .setInputFiles({ name: "boxes.csv", mimeType: "text/csv", buffer: Buffer.from(table.join("\n")) });
    await button(dialog, "Use with a model that fits").click();
    await page
      .getByRole("alert")
      .getByText(/boxes: this browser did not keep it .* until the page is closed/)
      .waitFor();
    await makeLong(page);
    expect(await trainPast(page, 5)).toBeGreaterThan(5);
  });

  it("that is full is told once, and the run is had as a file, on a phone", async () => {
    const { page } = await open({
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      before: async (blank) => {
        const wire = await blank.context().newCDPSession(blank);
        const { origin } = new URL(inject("pageUrl"));
        // Room for the start, which has no slots of an optimizer yet, and for nothing after it. The browser looks at it when it opens the database, and not often afterwards.
        await wire.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 900_000 });
      },
    });
    await waitForState(page, "Ready");
    const alert = page.getByRole("alert");
    await button(page, "Train").click();
    await alert.getByText(/The browser's storage is full, so runs are no longer kept/).waitFor({ timeout: 60_000 });
    expect(await violations(page)).toEqual([]);
    await waitForStatus(page, ({ state }) => state === "Training");
    await button(page, "Pause").click();
    const { step } = await waitForState(page, "Paused");
    expect(await alert.count()).toBe(1);
    // The message has the whole width, and what is offered a line below it.
    const [said, save] = [await alert.locator("p").boundingBox(), await button(alert, "Save this run").boundingBox()];
    expect(said?.width).toBeGreaterThan(260);
    expect(save?.y).toBeGreaterThanOrEqual((said?.y ?? Infinity) + (said?.height ?? Infinity));
    const file = await saveRun(page, "keyboard");
    await showPart(page, "Results");
    await runsTab(page);
    // What had room, its start, is listed and can be deleted.
    await button(page, "Delete Perceptron").click();
    await page.getByText("Runs appear here once you press Train").waitFor();
    expect(await alert.count()).toBe(1);
    await expectGoesOn(file, step);
  });

  it(
    "that takes seconds for each transaction holds no training up, says nothing, and has the run in the end",
    { timeout: 300_000 },
    async () => {
      const stepsIn = async (page: Page, ms: number): Promise<number> => {
        const { step: from } = await waitForStatus(page, ({ state }) => state === "Training");
        await page.waitForTimeout(ms);
        return (await waitForStatus(page, () => true)).step - from;
      };
      const speeds: Record<"quick" | "slow", number> = { quick: 0, slow: 0 };
      const pages = {
        quick: await open({ query: "?preset=convnet" }),
        slow: await open({ query: "?preset=convnet", before: async (blank) => putBefore(blank.context(), slow) }),
      };
      for (const { page } of Object.values(pages)) await waitForState(page, "Ready", 120_000);
      // By turns, so that what else the machine does troubles both.
      for (const name of ["quick", "slow", "slow", "quick", "quick", "slow"] as const) {
        const { page } = pages[name];
        await page.bringToFront();
        await button(page, "Train").click();
        speeds[name] += await stepsIn(page, 6000);
        await button(page, "Pause").click();
        await waitForState(page, "Paused");
      }
      const { page } = pages.slow;
      console.log(`${speeds.slow} steps with storage of ${SLOW_MS} ms a transaction, ${speeds.quick} with a quick one`);
      // Held up for every transaction, it would have done a few steps in between.
      expect(speeds.slow).toBeGreaterThan(speeds.quick / 2);
      expect(await page.getByRole("alert").count()).toBe(0);
      const { step } = await waitForState(page, "Paused");
      await expect
        .poll(
          () =>
            page.evaluate(
              () =>
                new Promise<number>((resolve) => {
                  const opening = indexedDB.open("descent-runs");
                  opening.onsuccess = () => {
                    const all = opening.result.transaction("runs").objectStore("runs").getAll();
                    all.onsuccess = () => resolve(Math.max(0, ...all.result.map((run: { step: number }) => run.step)));
                  };
                }),
            ),
          { timeout: 60_000 },
        )
        .toBe(step);
      await runsTab(page);
      await expect
        .poll(() => page.getByRole("list", { name: "Kept runs" }).getByRole("listitem").count(), { timeout: 60_000 })
        .toBe(1);
      for (const watched of Object.values(pages)) expectQuiet(watched);
    },
  );
});
