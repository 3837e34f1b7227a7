// The page on small, low and zoomed screens, under a finger: every part and control can be reached, nothing is cut off, and
// nothing scrolls sideways (WCAG 1.4.10). A zoom of 200 or 400 per cent is a window of half or a quarter of the size.
import type { Locator, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { saveScreenshot } from "../support/browser";
import { everyDay } from "../support/full";
import { findCut, findUnreachable } from "./room";
import { button, cards, expectQuiet, showPart, useBrowser, waitForState, waitForStatus, type Size } from "./support";

const isInSight = async (element: Locator): Promise<boolean> => {
  const [box, window] = [await element.boundingBox(), element.page().viewportSize()];
  return box !== null && window !== null && box.y >= 0 && box.y + box.height <= window.height;
};

describe.each(
  everyDay<Size>(
    [
      [390, 844],
      [320, 256],
    ],
    [
      [768, 1024],
      [390, 844],
      [360, 640],
      [844, 390],
      // A laptop's window at 200 and at 400 per cent.
      [683, 325],
      [320, 256],
    ],
  ),
)("at %dx%d", (width, height) => {
  const open = useBrowser("none");

  it("has every part behind a tab, whole and within reach, Train leads to the curves, and bars leave room", async () => {
    const app = await open({
      viewport: { width, height },
      hasTouch: true,
      isMobile: true,
      query: "?preset=convnet",
    });
    const { page } = app;
    await waitForState(page, "Ready");
    const train = button(page, "Train");
    expect(await train.count(), "one thing is called Train").toBe(1);
    await expect.poll(() => page.getByRole("tab", { name: "Train", exact: true }).count()).toBe(0);
    const fingertips = [...["Reset", "Train", "Step", "Stop", "Undo", "Redo"].map((name) => button(page, name))];
    for (const control of [...fingertips, ...(await page.getByRole("tab").all())]) {
      const box = await control.boundingBox();
      expect(Math.min(box?.width ?? 0, box?.height ?? 0), String(control)).toBeGreaterThanOrEqual(44);
    }
    await train.tap();
    await waitForStatus(page, ({ step }) => step > 2);
    const curve = page.getByRole("figure", { name: "Loss chart" });
    await curve.waitFor();
    expect(await page.getByRole("tab", { name: "Curves" }).getAttribute("aria-selected")).toBe("true");
    const lines = await Promise.all(
      [page.getByRole("slider", { name: "Smoothing" }), page.getByLabel("Horizontal axis")].map((control) =>
        control.evaluate((found) => found.getBoundingClientRect().bottom),
      ),
    );
    expect(Math.abs(lines[0]! - lines[1]!) < 20, "the curves' controls in one line").toBe(width >= 360);
    await button(page, "Pause").tap();
    await waitForState(page, "Paused");

    await showPart(page, "Model");
    await cards(page)
      .first()
      .getByRole("button", { name: /params/ })
      .tap();
    await page.getByRole("textbox", { name: "Filters" }).waitFor();
    for (const part of ["Model", "Training", "Curves", "Results"] as const) {
      await showPart(page, part);
      expect(await findCut(page), part).toEqual([]);
      expect(await findUnreachable(page), part).toEqual([]);
      await page.evaluate(() => scrollTo(0, 0));
      await saveScreenshot(page, `hand-${width}x${height}-${part.toLowerCase()}`);
    }

    // Bars scroll away where they would leave too little for all else.
    await showPart(page, "Training");
    await page.getByText("Benchmark of this device").scrollIntoViewIfNeeded();
    expect(await isInSight(page.getByText("Benchmark of this device"))).toBe(true);
    for (const bar of [button(page, "Train"), page.getByRole("banner"), page.getByRole("tab", { name: "Model" })]) {
      expect(await isInSight(bar)).toBe(height >= 600);
    }
    expectQuiet(app);
  });
});

describe("at a desk", () => {
  const open = useBrowser("none");

  it("nothing is cut off with the longest choices, and bars scroll away where the height is short", async () => {
    const app = await open({ viewport: { width: 1024, height: 768 }, query: "?preset=convnet" });
    const { page } = app;
    await waitForState(page, "Ready");
    await cards(page)
      .first()
      .getByRole("button", { name: /params/ })
      .click();
    const sizes = everyDay<Size>(
      [[1366, 650]],
      [
        [1024, 768],
        [1366, 650],
      ],
    );
    for (const [width, height] of sizes) {
      await page.setViewportSize({ width, height });
      for (const part of ["Model", "Training"] as const) {
        await showPart(page, part);
        await chooseLongest(page);
        expect(await findCut(page, false), `${part} at ${width} by ${height}`).toEqual([]);
      }
      await saveScreenshot(page, `desk-${width}x${height}`);
    }
    for (const [height, stays] of [
      [650, true],
      [480, false],
    ] as const) {
      await page.setViewportSize({ width: 1366, height });
      await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
      for (const bar of [page.getByRole("banner"), button(page, "Train")]) expect(await isInSight(bar)).toBe(stays);
    }
    expectQuiet(app);
  });
});

/** Takes the longest choice of every select that is seen, as a visitor would. */
async function chooseLongest(page: Page): Promise<void> {
  const main = page.getByRole("main");
  for (const select of await main.getByRole("combobox").all()) {
    if (!(await select.isVisible())) continue;
    const longest = await select.evaluate((found) => {
      const options = found instanceof HTMLSelectElement ? [...found.options].filter(({ disabled }) => !disabled) : [];
      return options.toSorted((a, b) => b.text.length - a.text.length)[0]?.value;
    });
    if (longest !== undefined) await select.selectOption(longest);
  }
}

describe("where the system chooses the colours", () => {
  const open = useBrowser("none");

  it("chosen tabs, bars, switches and sliders can be told", async () => {
    const app = await open({ forcedColors: "active", viewport: { width: 1366, height: 768 } });
    const { page } = app;
    await waitForState(page, "Ready");
    const background = (element: Locator, pseudo?: string): Promise<string> =>
      element.evaluate((found, part) => getComputedStyle(found, part).backgroundColor, pseudo);
    const tab = (name: string): Locator => page.getByRole("tab", { name });
    expect(await background(tab("Model"))).not.toBe(await background(tab("Training")));
    expect(await background(tab("Predictions"))).not.toBe(await background(tab("Numbers")));
    const axis = page.getByRole("radiogroup", { name: "Horizontal axis" });
    expect(await background(axis.getByText("Step"))).not.toBe(await background(axis.getByText("Time")));
    const log = button(page, "Loss: logarithmic axis");
    const off = await background(log);
    await log.click();
    expect(await background(log)).not.toBe(off);

    const progress = page.getByRole("progressbar", { name: "Epoch" });
    const edge = await progress.evaluate((found) => getComputedStyle(found).outlineStyle);
    expect([edge, await background(progress.locator("> *"))]).not.toContain(await background(progress));

    await cards(page)
      .nth(1)
      .getByRole("button", { name: /params/ })
      .click();
    const track = page.getByRole("switch", { name: "Bias" }).locator("xpath=following-sibling::*[1]");
    const on = await background(track);
    await page.getByRole("switch", { name: "Bias" }).press("Space");
    await expect.poll(() => background(track)).not.toBe(on);

    const slider = page.locator(".mantine-Slider-root").first();
    const full = await background(slider.locator(".mantine-Slider-bar"));
    expect(await background(slider.locator(".mantine-Slider-track"), "::before")).not.toBe(full);

    // What the colours of a picture stand for.
    await page.getByRole("combobox", { name: "Preset" }).selectOption("gan-points");
    const swatch = (name: string): Locator =>
      page.locator("label", { hasText: new RegExp(`^${name}`) }).locator("[data-swatch]");
    expect(await background(swatch("Real points"))).not.toBe(await background(swatch("Made points")));
    await saveScreenshot(page, "forced-colors");
    expectQuiet(app);
  });
});
