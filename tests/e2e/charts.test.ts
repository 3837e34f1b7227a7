// The charts as a visitor uses them: exact values under the pointer, other axes, full size, and files to take away.
import { readFile } from "node:fs/promises";
import type { Locator, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import {
  button,
  expectQuiet,
  readMetrics,
  readStatus,
  showPart,
  useBrowser,
  waitForState,
  waitForStatus,
  type Open,
} from "./support";

const chart = (page: Page, title: string): Locator => page.getByRole("figure", { name: `${title} chart` });

/** A chart's plot: the figure has icons of its own. */
const plot = (page: Page, title: string): Locator =>
  chart(page, title).getByRole("img", { name: `${title} over training` });

async function openTrained(open: Open) {
  const app = await open({ query: "?preset=xor" });
  await button(app.page, "Train").click();
  await waitForState(app.page, "Finished");
  return app;
}

async function pointAt(page: Page, target: Locator, share: number): Promise<void> {
  const box = await target.boundingBox();
  if (!box) throw new Error("The chart must be on the screen.");
  await page.mouse.move(box.x + box.width * share, box.y + box.height / 2);
}

async function savedFile(page: Page, press: Locator): Promise<{ readonly name: string; readonly bytes: Buffer }> {
  const [download] = await Promise.all([page.waitForEvent("download"), press.click()]);
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

describe("charts", () => {
  const open = useBrowser("none");

  it("show exact values under the pointer, in all of them at once", async () => {
    const app = await openTrained(open);
    const { page } = app;
    // The last scores reach the charts a moment after the run has ended.
    await expect.poll(async () => (await readMetrics(page)).length).toBeGreaterThan(0);
    await pointAt(page, plot(page, "Loss"), 0.999);
    const last = (await readMetrics(page)).at(-1);
    for (const title of ["Loss", "Accuracy"]) {
      await chart(page, title)
        .getByText(`Step ${last?.step.toLocaleString("en")}`)
        .waitFor();
      await chart(page, title).getByText("Train, smoothed").waitFor();
      await chart(page, title).getByText("Train, raw").waitFor();
    }
    await page.mouse.move(5, 5);
    await expect.poll(() => page.getByText("Train, raw").count()).toBe(0);
    expectQuiet(app);
  });

  it("draw on other axes, and remember which", async () => {
    const { page } = await openTrained(open);
    const log = button(page, "Loss: logarithmic axis");
    await log.click();
    await page.getByRole("region", { name: "Curves" }).getByText("Time", { exact: true }).click();
    await chart(page, "Loss").getByText("0.001", { exact: true }).first().waitFor();
    await page.reload();
    expect(await log.getAttribute("aria-pressed")).toBe("true");
    expect(await page.getByRole("radio", { name: "Time" }).isChecked()).toBe(true);
  });

  it("open in full size, and close with Escape", async () => {
    const app = await openTrained(open);
    const { page } = app;
    await button(page, "Loss chart in full size").click();
    const dialog = page.getByRole("dialog", { name: "Loss chart, full size" });
    const drawn = await plot(page, "Loss").last().boundingBox();
    expect(drawn?.width).toBeGreaterThan(1000);
    await pointAt(page, plot(page, "Loss").last(), 0.5);
    await dialog.getByText("Train, raw").waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    expectQuiet(app);
  });

  it("name the last of learning rates that were set close together, within the picture", async () => {
    const app = await open({ query: "?threads=1" });
    const { page } = app;
    await button(page, "Train").click();
    await waitForStatus(page, ({ step }) => step > 40);
    await showPart(page, "Training");
    const rate = page.getByRole("textbox", { name: "Learning rate" });
    await button(page, "Pause").click();
    await waitForState(page, "Paused");
    for (const value of ["0.003", "0.0003", "0.0001"]) {
      await rate.fill(value);
      await page.waitForTimeout(400);
      const { step } = await readStatus(page);
      await button(page, "Step").click();
      await waitForStatus(page, (status) => status.state === "Paused" && status.step > step);
    }
    for (const title of ["Loss", "Accuracy"]) {
      const figure = chart(page, title);
      const label = figure.getByText("lr 0.0001", { exact: true });
      await label.waitFor();
      expect(await figure.getByText(/^lr /).allTextContents()).toEqual(["lr 0.0001"]);
      const [words, picture] = [await label.boundingBox(), await plot(page, title).boundingBox()];
      if (!words || !picture) throw new Error("The chart and its mark must be on the screen.");
      expect(words.x).toBeGreaterThan(picture.x);
      expect(words.x + words.width).toBeLessThan(picture.x + picture.width);
    }
    expectQuiet(app);
  });

  it("go out as CSV and PNG", async () => {
    const app = await openTrained(open);
    const { page } = app;
    const csv = await savedFile(page, button(page, "Download metrics as CSV"));
    const lines = csv.bytes.toString("utf8").trimEnd().split("\n");
    expect(csv.name).toBe("descent-metrics.csv");
    expect(lines[0]).toBe("split,step,epoch,elapsed_ms,loss,accuracy");
    expect(lines).toHaveLength(3001);
    const png = await savedFile(page, button(page, "Download Loss chart as PNG"));
    expect(png.name).toBe("descent-loss.png");
    expect(png.bytes.subarray(1, 4).toString("latin1")).toBe("PNG");
    expect(png.bytes.length).toBeGreaterThan(4000);
    expectQuiet(app);
  });
});
