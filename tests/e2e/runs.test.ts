// Runs that outlive the page: kept in the browser's own database, offered after a reload, forked, and taken to another browser.
// `runsLater.test.ts` has forks from the list, what other tabs see, cards and films.
import { buffer } from "node:stream/consumers";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { fullTest } from "../support/full";
import { readKept, setRate, trainPast } from "./keptRuns";
import { button, isFocused, showPart, useBrowser, waitForState, waitForStatus } from "./support";

const matching = (text: RegExp): unknown => expect.stringMatching(text);

describe("a run in the browser", () => {
  const open = useBrowser("none");

  it("is offered after a reload, goes on where it was, and is drawn over another, deleted and brought back", async () => {
    const { page, problems } = await open();
    await waitForState(page, "Ready");
    const step = await trainPast(page, 20);
    const words = step.toLocaleString("en");
    await expect.poll(async () => Object.values(await readKept(page)).flat()).toContain(step);
    await page.reload();
    await button(page, `Resume at step ${words}`).click();
    expect(await waitForState(page, "Paused")).toMatchObject({ step });
    const later = await trainPast(page, step);
    expect(later).toBeGreaterThan(step);
    const steps = await page.getByRole("table", { name: "Training metrics" }).locator("tbody tr").allInnerTexts();
    expect(steps[0]).toMatch(/^1\t/);
    await expect.poll(async () => Object.values(await readKept(page)).flat()).toContain(later);
    expect(Object.keys(await readKept(page))).toHaveLength(1);

    // A second run with another rate: named by that, drawn over the first one's, renamed, deleted and brought back.
    await button(page, "Reset").click();
    await waitForState(page, "Ready");
    await showPart(page, "Training");
    await setRate(page, "0.02");
    await trainPast(page, 10);
    await page.getByRole("tab", { name: "Runs", exact: true }).click();
    const rows = page.getByRole("list", { name: "Kept runs" }).getByRole("listitem");
    await expect.poll(() => rows.count()).toBe(2);
    await expect.poll(() => rows.first().innerText()).toMatch(/^lr 0\.002 → 0\.02\s+Perceptron · .* · this tab/);
    const drawn = page.locator("path[data-run]");
    expect(await drawn.count()).toBe(0);
    await button(rows.nth(1), "Draw Perceptron over the charts").click();
    await expect.poll(() => drawn.count()).toBe(2);
    for (const line of await drawn.all()) expect((await line.boundingBox())?.width).toBeGreaterThan(0);
    await button(rows.first(), "Make lr 0.002 → 0.02 the baseline").click();
    const table = page.getByRole("table", { name: "Differences between the runs that are drawn" });
    await expect.poll(() => table.locator("tbody th").allInnerTexts()).toContain("Last accuracy");
    expect(await table.locator("tbody tr").first().innerText()).toBe("lr\t0.02\t0.002");
    await button(rows.nth(1), "Rename Perceptron").click();
    await page.keyboard.type("First");
    await page.keyboard.press("Enter");
    await expect.poll(() => rows.nth(1).innerText()).toMatch(/^First\s/);
    expect(await isFocused(button(rows.nth(1), "Rename First"))).toBe(true);
    await button(rows.nth(1), "Delete First").click();
    await expect.poll(() => rows.count()).toBe(1);
    await expect.poll(() => drawn.count()).toBe(0);
    // What is called by its difference from it keeps its name, and the keyboard goes on there. Each is brought back, the last first.
    const remove = button(rows.first(), "Delete lr 0.002 → 0.02");
    await expect.poll(() => isFocused(remove)).toBe(true);
    await page.keyboard.press("Enter");
    await expect.poll(() => rows.count()).toBe(0);
    const undo = button(page.getByRole("region", { name: "Notices" }), "Undo");
    await undo.press("Enter");
    await expect.poll(() => rows.allInnerTexts()).toEqual([expect.stringMatching(/^lr 0\.002 → 0\.02\s/)]);
    await undo.click();
    await expect.poll(() => rows.count()).toBe(2);
    await button(rows.nth(1), "Restore First").click();
    await waitForStatus(page, ({ state, step: at }) => state === "Paused" && at === later);
    // What this tab has in hand is restored as the run that it is.
    await trainPast(page, later);
    await button(rows.nth(1), "Restore First").click();
    await trainPast(page, later);
    await expect.poll(() => rows.allInnerTexts()).toEqual([/^lr/, /^First\s.* · this tab/s].map(matching));
    await showPart(page, "Training");
    expect(await page.getByRole("textbox", { name: "Learning rate" }).first().inputValue()).toBe("0.002");
    expect(problems).toEqual([]);
  });

  it("is forked where a curve is pressed, and goes to another browser as a file", async () => {
    const { page, problems } = await open();
    await waitForState(page, "Ready");
    const step = await trainPast(page, 20);
    const plot = page.getByRole("slider", { name: "Read loss" });
    const place = await plot.boundingBox();
    if (!place) throw new Error("expected a plot, got none");
    const fork = button(page, `Fork at step ${step.toLocaleString("en")}`);
    await expect.poll(async () => Object.values(await readKept(page)).flat()).toContain(step);
    await page.mouse.click(place.x + place.width - 24, place.y + place.height / 2);
    await fork.waitFor();
    await page.keyboard.press("Escape");
    await fork.waitFor({ state: "detached" });
    await plot.press("End");
    await page.keyboard.press("Enter");
    await fork.waitFor();
    await page.keyboard.press("Enter");
    expect(await waitForState(page, "Paused")).toMatchObject({ step });
    await page.getByRole("tab", { name: "Runs", exact: true }).click();
    const list = (of: Page) => of.getByRole("list", { name: "Kept runs" }).getByRole("listitem");
    await trainPast(page, step);
    await expect.poll(() => list(page).count()).toBe(2);
    const more = button(page, "More for Perceptron");
    await more.press("Enter");
    await page.getByRole("menuitem", { name: "Note" }).waitFor();
    await page.keyboard.press("ArrowDown");
    await expect.poll(() => isFocused(page.getByRole("menuitem").first())).toBe(true);
    await page.keyboard.press("Escape");
    await expect.poll(() => isFocused(more)).toBe(true);
    await more.click();
    await page.getByRole("menuitem", { name: "Note" }).click();
    await page.keyboard.type("the first #one");
    await page.keyboard.press("Enter");
    await page.getByText("the first #one").waitFor();

    const saving = page.waitForEvent("download");
    await button(page, "Save all").click();
    const file = await buffer(await (await saving).createReadStream());
    const { page: elsewhere, problems: wrong } = await open();
    await elsewhere.getByRole("tab", { name: "Runs", exact: true }).click();
    const picker = elsewhere.locator("input[accept='.descent-runs']");
    await picker.setInputFiles({ name: "bad.descent-runs", mimeType: "application/zip", buffer: Buffer.from("PK no") });
    await elsewhere.getByText(/bad\.descent-runs was not opened\. Runs: expected .* Nothing has changed\./).waitFor();
    await picker.setInputFiles({
      name: "runs.descent-runs",
      mimeType: "application/zip",
      buffer: file,
    });
    await elsewhere.getByText("2 runs were added.").waitFor();
    await elsewhere.getByText("the first #one").waitFor();
    await button(elsewhere, "Restore Perceptron").click();
    expect(await waitForState(elsewhere, "Paused")).toMatchObject({ step });
    expect([problems, wrong]).toEqual([[], []]);
  });

  fullTest("is not kept where the database is forbidden, which ends no training and is told once", async () => {
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

  fullTest(
    "is off the list at once where the browser clears its database, which ends no training and is told",
    async () => {
      const { page } = await open();
      await waitForState(page, "Ready");
      const step = await trainPast(page, 20);
      await page.getByRole("tab", { name: "Runs", exact: true }).click();
      const listed = page.getByRole("list", { name: "Kept runs" }).getByRole("listitem");
      await expect.poll(() => listed.count()).toBe(1);
      const browser = await page.context().newCDPSession(page);
      await browser.send("Storage.clearDataForOrigin", {
        origin: new URL(page.url()).origin,
        storageTypes: "indexeddb",
      });
      await expect.poll(() => listed.count()).toBe(0);
      await trainPast(page, step + 20);
      await page
        .getByRole("alert")
        .getByText(/^The browser cleared what this page keeps/)
        .waitFor();
    },
  );
});
