// The whole way with the keyboard alone: find a layer, add it, move it, drop it, train.
import { describe, expect, it } from "vitest";
import type { Page } from "playwright-core";
import { button, expectQuiet, layerTypes, useBrowser, waitForState, waitForStatus } from "./support";

/** Presses Tab until the control with this name has the focus. */
async function tabTo(page: Page, name: string | RegExp, key = "Tab"): Promise<void> {
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press(key);
    const focused = await page.evaluate(() => {
      const { activeElement: element } = document;
      return element?.getAttribute("aria-label") ?? element?.textContent?.trim() ?? "";
    });
    if (typeof name === "string" ? focused === name : name.test(focused)) return;
  }
  throw new Error(`Tab does not reach ${String(name)}.`);
}

describe("with the keyboard alone", () => {
  const open = useBrowser("none");

  it("builds a model and trains it", async () => {
    const app = await open();
    const { page } = app;
    await waitForState(page, "Ready");
    await tabTo(page, /Dropout$/);
    await page.keyboard.press("Enter");
    expect(await layerTypes(page)).toEqual(["Flatten", "Dense", "Dropout", "Dense"]);

    await tabTo(page, /^Dr.*Dropout/);
    await page.keyboard.press("Alt+ArrowDown");
    expect(await layerTypes(page)).toEqual(["Flatten", "Dense", "Dense", "Dropout"]);
    await page.keyboard.press("Alt+ArrowUp");
    expect(await layerTypes(page)).toEqual(["Flatten", "Dense", "Dropout", "Dense"]);
    await page.keyboard.press("ArrowUp");
    await page.waitForTimeout(50);
    await page.keyboard.press("Control+d");
    expect(await layerTypes(page)).toEqual(["Flatten", "Dense", "Dense", "Dropout", "Dense"]);
    await page.waitForTimeout(50);
    await page.keyboard.press("Delete");
    expect(await layerTypes(page)).toEqual(["Flatten", "Dense", "Dropout", "Dense"]);

    await tabTo(page, "Train", "Shift+Tab");
    await page.keyboard.press("Enter");
    await waitForStatus(page, ({ state, step }) => state === "Training" && step > 0);
    await page.keyboard.press("Enter");
    const { step } = await waitForState(page, "Paused");
    await tabTo(page, "Step");
    await page.keyboard.press("Enter");
    await waitForStatus(page, (status) => status.state === "Paused" && status.step === step + 1);
    await page.keyboard.press("Enter");
    await waitForStatus(page, (status) => status.state === "Paused" && status.step === step + 2);
    expectQuiet(app);
  });

  it("drags a layer by its handle", async () => {
    const { page } = await open();
    await button(page, "Drag flatten").focus();
    await page.keyboard.press("Space");
    await page.waitForTimeout(100);
    await page.keyboard.press("ArrowDown");
    await page.waitForTimeout(300);
    await page.keyboard.press("Space");
    expect(await layerTypes(page)).toEqual(["Dense", "Flatten", "Dense"]);
    await page.keyboard.press("Control+z");
    expect(await layerTypes(page)).toEqual(["Flatten", "Dense", "Dense"]);
  });
});
