// Drags that are not brought to an end: whatever comes between, nothing moves, and the next drag works.
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { button, card, expectQuiet, layerTypes, useBrowser } from "./support";

const BEFORE = ["Conv2D", "MaxPooling2D", "Conv2D", "MaxPooling2D", "Conv2D", "Flatten", "Dense", "Dense"];

/** Takes the first layer with a button of the mouse and moves it over the fourth. */
async function takeFirst(page: Page, mouseButton: "left" | "middle" = "left"): Promise<void> {
  await card(page, 0).scrollIntoViewIfNeeded();
  const [from, to] = [await card(page, 0).boundingBox(), await card(page, 3).boundingBox()];
  if (!from || !to) throw new Error("Both layers must be on the screen.");
  await page.mouse.move(from.x + from.width / 2, from.y + 12);
  await page.mouse.down({ button: mouseButton });
  await page.mouse.move(from.x + from.width / 2 + 12, from.y + 18, { steps: 4 });
  await page.mouse.move(to.x + 60, to.y + to.height * 0.75, { steps: 4 });
}

/** The line that shows where a drop would land. */
const marker = (page: Page) => page.locator("[data-marker]");

describe("a drag", () => {
  const open = useBrowser("none");

  it("that is left, crossed or let go beside the model moves nothing", async () => {
    const app = await open({ query: "?preset=convnet", viewport: { width: 1440, height: 620 } });
    const { page } = app;
    await takeFirst(page);
    await marker(page).waitFor();
    await page.evaluate(() => dispatchEvent(new Event("blur")));
    await marker(page).waitFor({ state: "detached" });
    await page.mouse.up();
    expect(await layerTypes(page), "the window lost the focus").toEqual(BEFORE);

    await takeFirst(page, "middle");
    await expect.poll(() => marker(page).count()).toBe(0);
    await page.mouse.up({ button: "middle" });
    expect(await layerTypes(page), "the middle button").toEqual(BEFORE);

    await takeFirst(page);
    await marker(page).waitFor();
    await page.mouse.down({ button: "middle" });
    await marker(page).waitFor({ state: "detached" });
    await page.mouse.up({ button: "middle" });
    await page.mouse.up();
    expect(await layerTypes(page), "another button came between").toEqual(BEFORE);

    // The model goes on under the bar at the top, where it cannot be seen.
    await page.getByRole("region", { name: "Model editor" }).getByText("Input").waitFor();
    await card(page, 7).scrollIntoViewIfNeeded();
    const [last, bar] = [
      await card(page, 7).boundingBox(),
      await page.getByRole("region", { name: "Transport" }).boundingBox(),
    ];
    if (!last || !bar) throw new Error("The last layer and the bar must be on the screen.");
    await page.mouse.move(last.x + last.width / 2, last.y + 12);
    await page.mouse.down();
    await page.mouse.move(last.x + last.width / 2, last.y - 40, { steps: 4 });
    await marker(page).waitFor();
    await page.mouse.move(last.x + last.width / 2, bar.y + bar.height / 2, { steps: 4 });
    await marker(page).waitFor({ state: "detached" });
    await page.mouse.up();
    expect(await layerTypes(page), "let go over the bar").toEqual(BEFORE);

    await button(page, "Drag conv2d").focus();
    await page.keyboard.press("Space");
    await page.keyboard.press("ArrowDown");
    await marker(page).waitFor();
    await page.getByRole("heading", { name: "Descent" }).click();
    await marker(page).waitFor({ state: "detached" });
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Space");
    expect(await layerTypes(page), "the keyboard's drag, left by a click").toEqual(BEFORE);

    await takeFirst(page);
    await marker(page).waitFor();
    await page.mouse.up();
    expect(await layerTypes(page), "the next drag").toEqual([...BEFORE.slice(1, 4), "Conv2D", ...BEFORE.slice(4)]);
    expectQuiet(app);
  });
});
