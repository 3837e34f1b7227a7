// Races by mouse and by keyboard: variants, the same seconds for each, a verdict, and kept runs that can be gone on with.
import { describe, expect, it } from "vitest";
import { isFull } from "../support/full";
import { expectAccessible } from "./axe";
import { button, makeLong, useBrowser, waitForState } from "./support";

describe("races and searches", () => {
  const open = useBrowser("none");

  it("races variants of the model, keeps training off meanwhile, and leaves kept runs", async () => {
    const { page, problems } = await open({ query: "?preset=points-circle" });
    await waitForState(page, "Ready");
    await makeLong(page);
    await page.getByRole("tab", { name: "Runs", exact: true }).click();
    await button(page, "Race…").click();
    const dialog = page.getByRole("dialog", { name: "Race and search" });
    await expect.poll(() => dialog.getByRole("listitem").count()).toBe(3);
    // By keyboard: another batch for B, and its rate as it was.
    await button(dialog, "Leave Learning rate of variant B as it is").press("Enter");
    await dialog.getByLabel("Change a setting of variant B").selectOption({ label: "Batch size" });
    const size = dialog.getByRole("textbox", { name: "Batch size" });
    await size.fill("4");
    await size.press("Enter");
    await expect.poll(() => dialog.getByRole("listitem").nth(1).innerText()).toMatch(/batch size \d+ → 4/);
    await dialog.getByLabel("Time for each").selectOption("5");
    if (isFull) await expectAccessible(page, "a race set up");
    await button(dialog, "Start the race").press("Enter");
    await button(dialog, "Pause").click();
    await button(dialog, "Go on").click();
    await page.keyboard.press("Escape");
    await button(page, "Train").click();
    await expect.poll(() => page.getByText(/A race or a search has the device/).count()).toBe(1);
    // How far it is stays in sight, and leads back.
    const pill = page.getByRole("group", { name: "Race", exact: true });
    await pill.getByRole("progressbar", { name: "How far it is" }).waitFor();
    await button(pill, "Show").click();
    expect(await pill.count()).toBe(0);
    await button(dialog, "Stop the race").click();
    const verdict = dialog.getByRole("region", { name: "Verdict" });
    await expect
      .poll(() => verdict.innerText(), { timeout: 20_000 })
      .toMatch(/ends first with|end level|fewer than two/);
    const rows = dialog.getByRole("table", { name: "The race in numbers" }).locator("tbody tr");
    expect(await rows.count()).toBe(2);
    await button(dialog, "Draw over the charts").click();
    // Both, over loss and accuracy.
    await expect.poll(() => page.locator("path[data-run]").count()).toBe(4);
    const runs = page.getByRole("list", { name: "Kept runs" }).locator("> li");
    await expect.poll(() => runs.count()).toBe(2);
    await expect.poll(() => runs.first().innerText()).toMatch(/#race/);
    expect(problems).toEqual([]);
  });
});
