// More of kept runs than every day: forks from the list, runs as other tabs see them, cards and films.
import { buffer } from "node:stream/consumers";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { readKept, setRate, trainPast } from "./keptRuns";
import { button, expectQuiet, isFocused, showPart, useBrowser, waitForState, waitForStatus } from "./support";

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
  await expect.poll(() => isFocused(button(page, "More for Perceptron"))).toBe(true);

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
  await expect.poll(() => isFocused(button(page, "More for Perceptron"))).toBe(true);
}

describe("a kept run", () => {
  const open = useBrowser("none");

  it("is forked from the list, stands above its fork, and is one tab's at a time", async () => {
    const { page, context, problems } = await open();
    await waitForState(page, "Ready");
    const step = await trainPast(page, 20);
    const words = step.toLocaleString("en");
    await expect.poll(async () => Object.values(await readKept(page)).flat()).toContain(step);
    const later = await trainPast(page, step);
    await expect.poll(async () => Object.values(await readKept(page)).flat()).toContain(later);
    await showPart(page, "Training");
    await page.getByRole("tab", { name: "Runs", exact: true }).click();
    const rows = page.getByRole("list", { name: "Kept runs" }).getByRole("listitem");

    // A fork begins where a checkpoint of its parent is kept, has the curves up to there, and stands below it.
    await button(rows.first(), "Fork Perceptron").click();
    const at = page.getByRole("combobox", { name: "Step at which to fork Perceptron" });
    await at.selectOption(String(step));
    await button(rows.first(), `Fork at step ${words}`).click();
    await waitForStatus(page, ({ state, step: now }) => state === "Paused" && now === step);
    await setRate(page, "0.1");
    await trainPast(page, step);
    await expect.poll(() => rows.count()).toBe(2);
    await expect
      .poll(() => rows.nth(1).innerText())
      .toMatch(new RegExp(`^lr 0\\.002 → 0\\.1\\s+Perceptron · .* · from Perceptron at step ${words} · this tab`));
    const lefts = await rows
      .getByRole("button", { name: /^Draw/ })
      .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().x));
    expect(lefts[1]).toBeGreaterThan(lefts[0] ?? Infinity);
    await button(rows.first(), "Restore Perceptron").click();
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

  it("has a card and a film, and shows in every tab what one makes of it", async () => {
    const app = await open();
    const { page, context } = app;
    await waitForState(page, "Ready");
    await trainPast(page, 20);
    await page.getByRole("tab", { name: "Runs", exact: true }).click();
    await lookAtCardAndFilm(page);

    const other = await context.newPage();
    await other.goto(page.url());
    await other.getByRole("tab", { name: "Runs", exact: true }).click();
    const rows = other.getByRole("list", { name: "Kept runs" }).getByRole("listitem");
    await expect.poll(() => rows.count()).toBe(1);
    await button(page, "More for Perceptron").click();
    await page.getByRole("menuitem", { name: "Note" }).click();
    await page.keyboard.type("the first #one");
    await page.keyboard.press("Enter");
    await other.getByText("the first #one").waitFor();
    await button(page, "Delete Perceptron").click();
    await expect.poll(() => rows.count()).toBe(0);
    await button(page.getByRole("region", { name: "Notices" }), "Undo").click();
    await expect.poll(() => rows.count()).toBe(1);
    // Another tab goes on with a fork of what this one has in hand, and says so.
    await button(rows.first(), "Restore Perceptron").click();
    await other.getByText(/Another tab has this run in hand/).waitFor();
    await expect.poll(() => rows.count()).toBe(2);
    // What trains would only come back.
    const isKept = () => button(page, "Delete Perceptron").getAttribute("aria-disabled");
    expect(await isKept()).toBe("false");
    await button(page, "Train").click();
    await expect.poll(isKept).toBe("true");
    expectQuiet(app);
  });
});
