// Links and files of models: the address says what is on the page, whoever opens it gets the same model and the same losses, and
// what is broken changes nothing.
import { text } from "node:stream/consumers";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { isFull } from "../support/full";
import { violations } from "./axe";
import { button, layerTypes, showPart, useBrowser, waitForState, waitForStatus } from "./support";

const seedOf = async (page: Page): Promise<string> => {
  await showPart(page, "Training");
  return await page.getByRole("textbox", { name: "Seed" }).inputValue();
};

describe("a link", () => {
  const open = useBrowser("none");

  it("holds model and first losses, is opened as a step to undo, and trains to the same bits", async () => {
    const { page, context, problems } = await open({ query: "?preset=xor" });
    await waitForState(page, "Ready");
    await showPart(page, "Training");
    const seed = page.getByRole("textbox", { name: "Seed" });
    await seed.fill("77");
    await seed.press("Enter");
    await expect.poll(() => new URL(page.url()).hash).toMatch(/^#link=1\./);
    await button(page, "Train").click();
    await waitForStatus(page, ({ step }) => step > 100);
    await button(page, "Share").click();
    const dialog = page.getByRole("dialog", { name: "Share" });
    await dialog.getByText("It carries the first losses").waitFor();
    if (isFull) expect(await violations(page)).toEqual([]);
    const link = dialog.getByRole("textbox", { name: "Link to this model" });
    await expect.poll(() => link.inputValue()).toMatch(/#link=1\./);
    const address = await link.inputValue();
    await dialog.getByRole("checkbox", { name: "With the trained weights" }).check();
    await expect.poll(() => link.inputValue()).toMatch(/#link=2\./);
    const trained = await link.inputValue();
    const [saved] = await Promise.all([page.waitForEvent("download"), button(dialog, "Save model file").click()]);
    expect(saved.suggestedFilename()).toBe("xor.descent.json");
    const file = JSON.parse(await text(await saved.createReadStream()));
    await button(dialog, "Close").click();

    // Another visitor, who has a model of his own.
    const other = await context.newPage();
    await other.goto(new URL(page.url()).origin + new URL(page.url()).pathname + "?preset=convnet");
    await waitForState(other, "Ready");
    await other.evaluate((hash) => (location.hash = hash), new URL(address).hash);
    await other.getByText("XOR was opened from the link in place of your model").waitFor();
    await waitForState(other, "Ready");
    expect(await seedOf(other)).toBe("77");
    await button(other, "Train").click();
    await other.getByText("Reproduced, same bits: the losses at steps 1, 10, and 100 are those of the link.").waitFor();
    await button(other, "Reset").click();
    await button(other, "Undo").click();
    await showPart(other, "Model");
    expect(await layerTypes(other)).toContain("Conv2D");

    // With weights it is trained already, and begins with them at every reset.
    await other.evaluate((hash) => (location.hash = hash), new URL(trained).hash);
    await other.getByText("Its trained weights came along, rounded to 8 bits").waitFor();
    await waitForState(other, "Ready");
    await showPart(other, "Training");
    await other.getByText("Weights of the link", { exact: true }).waitFor();
    // The address follows what is on the page after a moment.
    await expect.poll(() => new URL(other.url()).hash).toBe(new URL(trained).hash);
    await showPart(other, "Model");
    await button(other, "Undo").click();

    // Broken ones are told of and change nothing; a file by its button.
    await other.evaluate(() => (location.hash = "#link=1.broken"));
    await other.getByText("The link could not be opened, and nothing was changed").waitFor();
    await button(other, "Share").click();
    const picker = other.getByRole("dialog").locator('input[type="file"]');
    await picker.setInputFiles({
      name: "bad.descent.json",
      mimeType: "application/json",
      buffer: Buffer.from(JSON.stringify({ ...file, dataset: 7 })),
    });
    await other.getByText("The file could not be opened, and nothing was changed").waitFor();
    expect(await layerTypes(other)).toContain("Conv2D");
    await button(other, "Share").click();
    await picker.setInputFiles({
      name: "good.descent.json",
      mimeType: "application/json",
      buffer: Buffer.from(JSON.stringify(file)),
    });
    await other.getByText("XOR was opened from the file in place of your model").waitFor();
    expect(await layerTypes(other)).not.toContain("Conv2D");
    expect(problems).toEqual([]);
  });

  it("is said to be copied for as long as it takes to read, or is pointed at or focused; what asks for something stays", async () => {
    const { page } = await open({ query: "?unknown=1", permissions: ["clipboard-write"] });
    await waitForState(page, "Ready");
    const notices = page.getByRole("region", { name: "Notices" });
    const answer = notices.getByRole("status").filter({ hasText: "Link copied" });
    await button(page, "Share").click();
    const copy = button(page.getByRole("dialog"), "Copy link");
    await copy.waitFor();
    // The model of a first visit too: whoever opens the link may have another in his browser.
    expect(await page.getByLabel("Link to this model").inputValue()).toMatch(/#link=1\.[\w-]{40,}$/);
    await page.clock.install();
    const waitLong = () => page.clock.runFor("02:00");
    await copy.click();
    await answer.waitFor();
    // Until the dialog is gone.
    await page.clock.runFor("00:01");
    await answer.hover();
    await waitLong();
    expect(await answer.count()).toBe(1);
    await button(answer, "Dismiss").focus();
    await page.mouse.move(0, 0);
    await waitLong();
    expect(await answer.count()).toBe(1);
    await button(answer, "Dismiss").evaluate((element) => element.blur());
    await waitLong();
    expect([await answer.count(), await notices.getByRole("alert").count()]).toEqual([0, 1]);
  });
});
