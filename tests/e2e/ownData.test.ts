// A visitor's own table: chosen or dropped on the page, made a dataset, trained on, there again after a reload, and gone when removed.
import { AxeBuilder } from "@axe-core/playwright";
import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { bmp } from "../support/brought";
import { button, cards, expectQuiet, isFocused, showPart, useBrowser, waitForState, waitForStatus } from "./support";

const table = ["width,colour,kind"]
  .concat(
    Array.from(
      { length: 120 },
      (_, i) => `${(i * 7) % 20},${i % 3 === 0 ? "red" : "blue"},${(i * 7) % 20 < 9 ? "small" : "large"}`,
    ),
  )
  .join("\n");

const pictures = zipSync({
  ...Object.fromEntries(
    Array.from({ length: 60 }, (_, i) => [
      `lights/${i % 2 ? "on" : "off"}/${i}.bmp`,
      bmp(20, 18, i % 2 ? [250, 240 - i, 200] : [i, 20, 30]),
    ]),
  ),
  "lights/off/cut.bmp": bmp(20, 18, [1, 1, 1]).slice(0, 30),
});

describe("data of one's own", () => {
  const open = useBrowser("none");

  it("are brought as a table, trained on, kept, and removed", async () => {
    const app = await open({});
    const { page } = app;
    await showPart(page, "Training");
    await button(page, "Bring your data").click();
    const dialog = page.getByRole("dialog", { name: "Bring your data" });
    await dialog
      .locator("input[type=file]")
      .first()
      .setInputFiles({ name: "boxes.csv", mimeType: "text/csv", buffer: Buffer.from(table) });
    await dialog.getByText("96 rows to train on, 24 for the test, 3 features, 2 classes").waitFor();
    expect(await dialog.getByLabel("Predict", { exact: true }).inputValue()).toBe("2");
    const { violations } = await new AxeBuilder({ page }).include("dialog").analyze();
    expect(violations).toEqual([]);
    await expect.poll(() => isFocused(dialog.getByRole("heading", { name: "Bring your data" }))).toBe(true);
    await button(page, "Use with a model that fits").press("Enter");
    await waitForState(page, "Ready");
    await expect.poll(() => isFocused(cards(page).first().locator(".."))).toBe(true);
    await button(page, "Train").click();
    await waitForStatus(page, ({ step }) => step > 5);
    await page.reload();
    await waitForState(page, "Ready");
    await showPart(page, "Training");
    expect(await page.getByLabel("Dataset", { exact: true }).inputValue()).toMatch(/^own-/);
    await button(page, "Remove").click();
    await page.getByText("it is no longer in this browser").first().waitFor();
    // Dropped anywhere, it is read just so.
    const dropped = await page.evaluateHandle((text) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([text], "boxes.csv", { type: "text/csv" }));
      return transfer;
    }, table);
    await page.dispatchEvent("body", "drop", { dataTransfer: dropped });
    await dialog.getByText("96 rows to train on, 24 for the test, 3 features, 2 classes").waitFor();
    await button(dialog, "Cancel").click();
    // A zip of pictures, sorted into folders, is decoded and seen before it is trained on.
    await button(page, "Bring your data").click();
    await dialog
      .locator("input[type=file]")
      .first()
      .setInputFiles({ name: "lights.zip", mimeType: "application/zip", buffer: Buffer.from(pictures) });
    await dialog.getByText("48 pictures to train on, 12 for the test, 2 classes, 16 × 16 × 3 each").waitFor();
    await dialog.getByText("1 file left out").click();
    await dialog.getByText("lights/off/cut.bmp: expected a whole picture, got a damaged one").waitFor();
    await dialog.getByLabel("Name of on", { exact: true }).fill("bright");
    await dialog.getByLabel("Pixels").selectOption("24");
    await dialog.getByText("24 × 24 × 3 each").waitFor();
    expect((await new AxeBuilder({ page }).include("dialog").analyze()).violations).toEqual([]);
    await button(dialog, "Use with a model that fits").click();
    await dialog.waitFor({ state: "hidden" });
    await waitForState(page, "Ready");
    await button(page, "Train").click();
    await waitForStatus(page, ({ step }) => step > 5);
    await page.getByText("bright").first().waitFor();
    expectQuiet(app);
  });

  it("have names of ten classes that fit below their bars", async () => {
    const app = await open({});
    const { page } = app;
    const classes = Array.from({ length: 10 }, (_, n) => `sort of ${n}`);
    const files = classes.flatMap((name, n) =>
      [1, 2, 3, 4].map((i) => [`all/${name}/${i}.bmp`, bmp(8, 8, [25 * n, 60 * i, 9])] as const),
    );
    await showPart(page, "Training");
    await button(page, "Bring your data").click();
    const dialog = page.getByRole("dialog", { name: "Bring your data" });
    const buffer = Buffer.from(zipSync(Object.fromEntries(files)));
    await dialog
      .locator("input[type=file]")
      .first()
      .setInputFiles({ name: "all.zip", mimeType: "application/zip", buffer });
    await button(dialog, "Use with a model that fits").click();
    await dialog.waitFor({ state: "hidden" });
    await waitForState(page, "Ready");
    const panel = page.getByRole("tabpanel", { name: "Predictions" });
    await panel.getByText(classes[9]!).first().waitFor();
    const [right, ends] = await panel.evaluate((element) => [
      element.getBoundingClientRect().right,
      [...element.querySelectorAll("[data-track]")].map((track) => track.parentElement!.getBoundingClientRect().right),
    ]);
    expect(ends).toHaveLength(10);
    for (const end of ends) expect(end).toBeLessThanOrEqual(right);
    expectQuiet(app);
  });
});
