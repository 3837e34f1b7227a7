// Runs that outlive the page: kept in the browser's own database, offered after a reload, and each one tab's at a time.
import { buffer } from "node:stream/consumers";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { button, showPart, useBrowser, waitForState, waitForStatus } from "./support";

/** Trains past a step and pauses. @returns the step */
async function trainPast(page: Page, past: number): Promise<number> {
  await button(page, "Train").click();
  await waitForStatus(page, ({ state, step }) => state === "Training" && step > past);
  await button(page, "Pause").click();
  return (await waitForState(page, "Paused")).step;
}

async function setRate(page: Page, rate: string): Promise<void> {
  const field = page.getByRole("textbox", { name: "Learning rate" }).first();
  await field.fill(rate);
  await field.press("Enter");
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

/** The card of a run by keyboard, and its film by mouse. */
async function lookAtCardAndFilm(page: Page): Promise<void> {
  await button(page, "More for Perceptron").focus();
  await page.keyboard.press("Enter");
  await page.getByRole("menuitem", { name: "Card, to print or copy" }).press("Enter");
  const card = page.getByRole("dialog", { name: "Card of a run" });
  await card.getByText(/Weakest pair: “\d” and “\d”/).waitFor();
  expect(await card.getByRole("table", { name: "Scores of each class" }).locator("tbody tr").count()).toBe(11);
  await card.getByRole("img", { name: "The link as a QR code" }).waitFor();
  const picture = page.waitForEvent("download");
  await button(card, "Save the model's picture as SVG").click();
  const svg = (await buffer(await (await picture).createReadStream())).toString();
  expect(svg).toMatch(/^<svg .*>Dense<\/text>.*100,480/s);
  expect(svg).not.toMatch(/var\(|oklch/);
  await page.emulateMedia({ media: "print" });
  expect([await button(page, "Train").isVisible(), await button(card, "Print").isVisible()]).toEqual([false, false]);
  expect(await card.getByText(/Weakest pair/).isVisible()).toBe(true);
  await page.emulateMedia({ media: null });
  await page.keyboard.press("Escape");
  await card.waitFor({ state: "detached" });

  await button(page, "More for Perceptron").click();
  await page.getByRole("menuitem", { name: "Film of its checkpoints" }).click();
  const film = page.getByRole("dialog", { name: "Film of a run" });
  const save = button(film, "Save as GIF");
  await expect.poll(() => save.isEnabled(), { timeout: 20_000 }).toBe(true);
  const shown = film.getByRole("img", { name: /^At step/ });
  const picturePixels = () => shown.evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
  const last = await picturePixels();
  await film.getByRole("slider", { name: "Checkpoint" }).press("Home");
  await film.getByRole("img", { name: /^At step 0, epoch 0; .*\d of 200 test samples are right/ }).waitFor();
  expect(await picturePixels()).not.toBe(last);
  const saving = page.waitForEvent("download");
  await save.click();
  const gif = await buffer(await (await saving).createReadStream());
  expect(gif.subarray(0, 6).toString()).toBe("GIF89a");
  await button(film, "Close").click();
  await film.waitFor({ state: "detached" });
}

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
    await button(rows.first(), "Make lr 0.002 → 0.02 the baseline").click();
    const table = page.getByRole("table", { name: "Differences between the runs that are drawn" });
    await expect.poll(() => table.locator("tbody th").allInnerTexts()).toContain("Last accuracy");
    expect(await table.locator("tbody tr").first().innerText()).toBe("lr\t0.02\t0.002");
    await button(rows.nth(1), "Rename Perceptron").click();
    await page.keyboard.type("First");
    await page.keyboard.press("Enter");
    await expect.poll(() => rows.nth(1).innerText()).toMatch(/^First\s/);
    await button(rows.nth(1), "Delete First").click();
    await expect.poll(() => rows.count()).toBe(1);
    await expect.poll(() => drawn.count()).toBe(0);
    await button(page.getByRole("tabpanel", { name: "Runs" }), "Undo").click();
    await expect.poll(() => rows.count()).toBe(2);
    await button(rows.nth(1), "Restore First").click();
    await waitForStatus(page, ({ state, step: at }) => state === "Paused" && at === later);
    await showPart(page, "Training");
    expect(await page.getByRole("textbox", { name: "Learning rate" }).first().inputValue()).toBe("0.002");

    // A fork begins where a checkpoint of its parent is kept, has the curves up to there, and stands below it.
    await button(rows.nth(1), "Fork First").click();
    const at = page.getByRole("combobox", { name: "Step at which to fork First" });
    await at.selectOption(String(step));
    await button(rows.nth(1), `Fork at step ${words}`).click();
    await waitForStatus(page, ({ state, step: now }) => state === "Paused" && now === step);
    await setRate(page, "0.1");
    await trainPast(page, step);
    await expect.poll(() => rows.count()).toBe(3);
    await expect
      .poll(() => rows.nth(2).innerText())
      .toMatch(new RegExp(`^lr 0\\.002 → 0\\.1\\s+Perceptron · .* · from First at step ${words} · this tab`));
    const lefts = await rows
      .getByRole("button", { name: /^Draw/ })
      .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().x));
    expect(lefts[2]).toBeGreaterThan(lefts[1] ?? Infinity);
    await button(rows.nth(1), "Restore First").click();
    await waitForStatus(page, ({ state, step: now }) => state === "Paused" && now === later);

    // Another tab is not offered what this one has; once this one is gone, without a word, it is.
    const other = await context.newPage();
    await other.goto(page.url());
    await waitForState(other, "Ready");
    await other.waitForTimeout(1000);
    expect(await button(other, `Resume at step ${later.toLocaleString("en")}`).count()).toBe(0);
    await page.close({ runBeforeUnload: false });
    // What was written last is lost where the browser itself is killed; its databases are not.
    await other.evaluate(() => localStorage.removeItem("descent.runs"));
    await other.reload();
    await button(other, `Resume at step ${later.toLocaleString("en")}`).click();
    expect(await waitForState(other, "Paused")).toMatchObject({ step: later });
    expect(problems).toEqual([]);
  });

  it("is forked where a curve is pressed, and goes to another browser as a file", async () => {
    const { page, context, problems } = await open();
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
    await button(page, "More for Perceptron").click();
    await page.getByRole("menuitem", { name: "Note" }).click();
    await page.keyboard.type("the first #one");
    await page.keyboard.press("Enter");
    await page.getByText("the first #one").waitFor();
    await lookAtCardAndFilm(page);

    // What one tab makes of a run, another one of the same browser shows.
    const other = await context.newPage();
    await other.goto(page.url());
    await other.getByRole("tab", { name: "Runs", exact: true }).click();
    await other.getByText("the first #one").waitFor();
    await button(page, "Delete Perceptron, again").click();
    await expect.poll(() => list(other).count()).toBe(1);
    await button(page.getByRole("tabpanel", { name: "Runs" }), "Undo").click();
    await expect.poll(() => list(other).count()).toBe(2);

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
