// The whole way with the keyboard alone: find a layer, add it, move it, drop it, train.
import { describe, expect, it } from "vitest";
import type { Locator, Page } from "playwright-core";
import {
  button,
  card,
  cards,
  expectQuiet,
  isFocused,
  layerTypes,
  useBrowser,
  waitForState,
  waitForStatus,
} from "./support";

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

/** Whether all of an element is within the window. */
async function isInSight(element: Locator): Promise<boolean> {
  const [box, window] = [await element.boundingBox(), element.page().viewportSize()];
  return box !== null && window !== null && box.y >= 0 && box.y + box.height <= window.height && box.x >= 0;
}

describe("with the keyboard alone", () => {
  const open = useBrowser("none");

  it("builds a model and trains it", async () => {
    const app = await open();
    const { page } = app;
    await waitForState(page, "Ready");
    await tabTo(page, /Dropout$/);
    await page.keyboard.press("Enter");
    await expect.poll(() => layerTypes(page)).toEqual(["Flatten", "Dense", "Dropout", "Dense"]);

    await tabTo(page, /^Dr.*Dropout/);
    await page.keyboard.press("Alt+ArrowDown");
    await expect.poll(() => layerTypes(page)).toEqual(["Flatten", "Dense", "Dense", "Dropout"]);
    await page.keyboard.press("Alt+ArrowUp");
    await expect.poll(() => layerTypes(page)).toEqual(["Flatten", "Dense", "Dropout", "Dense"]);
    await page.keyboard.press("ArrowUp");
    await page.waitForTimeout(50);
    await page.keyboard.press("Control+d");
    await expect.poll(() => layerTypes(page)).toEqual(["Flatten", "Dense", "Dense", "Dropout", "Dense"]);
    await page.waitForTimeout(50);
    await page.keyboard.press("Delete");
    await expect.poll(() => layerTypes(page)).toEqual(["Flatten", "Dense", "Dropout", "Dense"]);

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

  it("skips to the model at the first press of Tab, past a link that is seen only then, and drags a layer by its handle", async () => {
    const { page } = await open();
    const skip = page.getByRole("link", { name: "Skip to the model" });
    expect(await isInSight(skip)).toBe(false);
    await page.keyboard.press("Tab");
    await expect.poll(() => isFocused(skip)).toBe(true);
    await expect.poll(() => isInSight(skip)).toBe(true);
    await page.keyboard.press("Enter");
    await expect.poll(() => isFocused(page.getByRole("list", { name: "Model", exact: true }))).toBe(true);
    await expect.poll(() => isInSight(skip)).toBe(false);
    expect(new URL(page.url()).hash, "the address stays").toBe("");
    await tabTo(page, /^FlFlatten/);

    await button(page, "Drag flatten").focus();
    await page.keyboard.press("Space");
    await page.waitForTimeout(100);
    await page.keyboard.press("ArrowDown");
    await page.waitForTimeout(300);
    await page.keyboard.press("Space");
    await expect.poll(() => layerTypes(page)).toEqual(["Dense", "Flatten", "Dense"]);
    await page.keyboard.press("Control+z");
    await expect.poll(() => layerTypes(page)).toEqual(["Flatten", "Dense", "Dense"]);
  });

  it("keeps the focus in the model when what had it is gone", async () => {
    const { page } = await open();
    await waitForState(page, "Ready");
    const first = card(page, 0).getByRole("button", { name: /params/ });
    const second = card(page, 1).getByRole("button", { name: /params/ });

    await second.focus();
    await page.keyboard.press("Control+d");
    await expect.poll(() => isFocused(card(page, 2).getByRole("button", { name: /params/ }))).toBe(true);
    await page.keyboard.press("Control+z");
    await expect.poll(() => cards(page).count()).toBe(3);
    await expect.poll(() => isFocused(second), { message: "the layer before one whose addition is undone" }).toBe(true);
    expect(await second.getAttribute("aria-current")).toBe("true");
    await page.keyboard.press("Control+d");
    await page
      .getByRole("group", { name: "Settings of dense_1" })
      .getByRole("combobox", { name: "Activation" })
      .focus();
    await page.keyboard.press("Control+z");
    await expect.poll(() => isFocused(second), { message: "the same from its settings" }).toBe(true);

    await first.focus();
    await page.keyboard.press("Delete");
    await expect.poll(() => layerTypes(page)).toEqual(["Dense", "Dense"]);
    await button(page, "Insert Flatten").first().focus();
    await page.keyboard.press("Enter");
    await expect.poll(() => layerTypes(page)).toEqual(["Flatten", "Dense", "Dense"]);
    await expect.poll(() => isFocused(first), { message: "the layer that repairs" }).toBe(true);

    await button(page, "Remove flatten").focus();
    await page.keyboard.press("Enter");
    await expect.poll(() => layerTypes(page)).toEqual(["Dense", "Dense"]);
    await expect.poll(() => isFocused(first), { message: "the layer after one that is removed" }).toBe(true);
    await page.keyboard.press("Delete");
    await page.waitForTimeout(50);
    await page.keyboard.press("Delete");
    await expect.poll(() => cards(page).count()).toBe(0);
    const model = page.getByRole("list", { name: "Model", exact: true });
    await expect.poll(() => isFocused(model), { message: "the empty model" }).toBe(true);
    await page.keyboard.press("Control+z");
    await expect.poll(() => cards(page).count()).toBe(1);
  });

  it("skips on a phone to what it shows, and keeps the focus in the model when the repair of a layer is done", async () => {
    const { page } = await open({ viewport: { width: 390, height: 844 } });
    for (const [tab, name, target] of [
      ["Training", "Skip to the training settings", page.getByRole("tabpanel", { name: "Training" })],
      ["Results", "Skip to the results", page.getByRole("tabpanel", { name: "Results" })],
      ["Model", "Skip to the model", page.getByRole("list", { name: "Model", exact: true })],
    ] as const) {
      await page.getByRole("tab", { name: tab }).click();
      const skip = page.getByRole("link", { name });
      await skip.focus();
      await expect.poll(() => isInSight(skip)).toBe(true);
      await page.keyboard.press("Enter");
      await expect.poll(() => isFocused(target)).toBe(true);
    }
    await waitForState(page, "Ready");
    const first = card(page, 0).getByRole("button", { name: /params/ });
    await first.click();
    await page.keyboard.press("Delete");
    await button(page, "Insert Flatten").focus();
    await page.keyboard.press("Enter");
    await expect.poll(() => layerTypes(page)).toEqual(["Flatten", "Dense", "Dense"]);
    await expect.poll(() => isFocused(first)).toBe(true);
    await page.getByRole("group", { name: "Settings of flatten" }).waitFor();
  });
});
