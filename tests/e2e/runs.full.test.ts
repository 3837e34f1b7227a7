// What is made of kept runs, each by a hand of its own and by axe: searches, comparisons of many, cards and films.
import { buffer } from "node:stream/consumers";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { expectAccessible } from "./axe";
import { button, expectQuiet, showPart, useBrowser, waitForState, waitForStatus } from "./support";

/** Trains for some steps and pauses. */
async function trainPast(page: Page, past: number): Promise<void> {
  await button(page, "Train").click();
  await waitForStatus(page, ({ step }) => step > past);
  const pause = button(page, "Pause");
  if ((await pause.count()) > 0) await pause.click();
  await waitForStatus(page, ({ state }) => state !== "Training");
}

const runsTab = (page: Page): Promise<void> => page.getByRole("tab", { name: "Runs", exact: true }).click();

describe("kept runs", () => {
  const open = useBrowser("none");

  it("come of a search by keyboard, whose winner is used, and are compared over axes by mouse, touch and keyboard", async () => {
    const watched = await open({ query: "?preset=points-circle", hasTouch: true });
    const { page } = watched;
    await waitForState(page, "Ready");
    await runsTab(page);
    await button(page, "Search…").press("Enter");
    const dialog = page.getByRole("dialog", { name: "Race and search" });
    await dialog.getByLabel("Strategy").selectOption("random");
    await dialog.getByLabel("Trials").selectOption("6");
    await dialog.getByLabel("Time in all").selectOption("0.5");
    await expectAccessible(page, "a search set up");
    await button(dialog, "Start the search").press("Enter");
    const board = dialog.getByRole("table", { name: "Leaderboard" });
    await board.getByText("trains").first().waitFor();
    await page.keyboard.press("Escape");
    const pill = page.getByRole("group", { name: "Search", exact: true });
    await pill.getByRole("progressbar").waitFor();
    await expectAccessible(page, "a search whose dialog is closed");
    await button(pill, "Show").press("Enter");
    await dialog.getByText("Over: 6 trials").waitFor({ timeout: 90_000 });
    expect(await board.locator("tbody tr").count()).toBe(6);
    await dialog.getByRole("heading", { name: "How much each setting mattered" }).waitFor();
    await expectAccessible(page, "a search that is over");
    for (const [library, by] of [
      ["Optuna", "mouse"],
      ["Ray Tune", "keyboard"],
    ] as const) {
      const script = button(dialog, "Script for many machines");
      const item = dialog.getByRole("menuitem", { name: library });
      const saving = page.waitForEvent("download");
      if (by === "mouse") {
        await script.click();
        await item.click();
      } else {
        await script.press("Enter");
        await item.press("Enter");
      }
      const text = (await buffer(await (await saving).createReadStream())).toString();
      expect(text).toContain(library === "Optuna" ? "import optuna" : "from ray import tune");
      expect(text).toContain('"optimizer/learning_rate"');
    }
    await button(dialog, "Use the winner").press("Enter");
    await page.getByText("The model has the winner's settings now.").waitFor();

    await button(page, "Compare all 6").click();
    const many = page.getByRole("region", { name: "Comparison of many runs" });
    const said = many.getByRole("status");
    await expect.poll(() => said.innerText()).toBe("6 runs");
    await expectAccessible(page, "many runs compared");
    const rows = many.getByRole("table", { name: "Runs and what they differ in" }).locator("tbody tr");
    expect(await rows.count()).toBe(6);
    // By keyboard: from the middle of the rates up.
    const low = many.getByRole("slider", { name: "Lowest lr" });
    for (let i = 0; i < 10; i++) await low.press("ArrowUp");
    await expect.poll(() => rows.count()).toBeLessThan(6);
    await low.press("Escape");
    await expect.poll(() => rows.count()).toBe(6);
    // By mouse along the axis, and by touch at its end.
    const place = await low.boundingBox();
    if (!place) throw new Error("expected an axis, got none");
    const x = place.x + place.width / 2;
    await page.mouse.move(x, place.y - 20);
    await page.mouse.down();
    await page.mouse.move(x, place.y - 110, { steps: 6 });
    await page.mouse.up();
    await expect.poll(() => rows.count()).toBeLessThan(6);
    await button(many, "All again").tap();
    await expect.poll(() => rows.count()).toBe(6);
    // Sorted by what is pressed, and the other way by pressing again.
    const header = many.getByRole("columnheader", { name: "lr" });
    await button(many, "lr").press("Enter");
    await expect.poll(() => header.getAttribute("aria-sort")).toBe("ascending");
    const rates = await rows.locator("td:nth-child(2)").allInnerTexts();
    expect(rates.map(Number)).toEqual(rates.map(Number).toSorted((a, b) => a - b));
    await many.getByText(/^Columns: /).click();
    await many.getByRole("checkbox", { name: "lr" }).uncheck();
    await expect.poll(() => header.count()).toBe(0);
    expectQuiet(watched);
  });

  it("have cards and films that axe finds nothing wrong with, on a phone and in the dark, and films as WebM that play", async () => {
    for (const look of [{}, { viewport: { width: 390, height: 844 }, colorScheme: "dark" as const, hasTouch: true }]) {
      const watched = await open({ query: "?preset=points-circle", ...look });
      const { page, context } = watched;
      await waitForState(page, "Ready");
      await trainPast(page, 2000);
      if ("viewport" in look) await showPart(page, "Results");
      await runsTab(page);
      await button(page, "More for Circle").click();
      await page.getByRole("menuitem", { name: "Card, to print or copy" }).click();
      const card = page.getByRole("dialog", { name: "Card of a run" });
      await card.getByRole("img", { name: "The link as a QR code" }).waitFor();
      await expectAccessible(page, "a card");
      await button(card, "Close").click();
      await button(page, "More for Circle").click();
      await page.getByRole("menuitem", { name: "Film of its checkpoints" }).click();
      const film = page.getByRole("dialog", { name: "Film of a run" });
      const save = button(film, "Save as WebM");
      await expect.poll(() => save.isEnabled(), { timeout: 60_000 }).toBe(true);
      await expectAccessible(page, "a film");
      if ("viewport" in look) continue;
      const saving = page.waitForEvent("download", { timeout: 90_000 });
      await save.click();
      const base64 = (await buffer(await (await saving).createReadStream())).toString("base64");
      expectQuiet(watched);
      // Where no policy forbids it to play: two moments of it, which are different pictures with a field of two colours.
      const player = await context.newPage();
      const pictures = await player.evaluate(async (file) => {
        const video = document.createElement("video");
        video.muted = true;
        video.src = `data:video/webm;base64,${file}`;
        await video.play();
        const canvas = document.createElement("canvas");
        [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
        const context2d = canvas.getContext("2d");
        const seen: number[][] = [];
        for (const ms of [50, 1200]) {
          await new Promise((resolve) => setTimeout(resolve, ms));
          context2d?.drawImage(video, 0, 0);
          seen.push([...(context2d?.getImageData(380, 72, 310, 310).data ?? [])].filter((_, i) => i % 4 === 0));
        }
        return { size: [video.videoWidth, video.videoHeight], seen };
      }, base64);
      expect(pictures.size).toEqual([720, 420]);
      const [early = [], late = []] = pictures.seen;
      expect(early).not.toEqual(late);
      // Blue within and orange around differ by how red they are.
      expect(Math.max(...late) - Math.min(...late)).toBeGreaterThan(120);
    }
  });
});
