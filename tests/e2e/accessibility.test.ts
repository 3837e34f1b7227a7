// Accessibility by axe, the size of targets included, in some states of the page: while a model is edited, broken and looked into at
// a desk. `accessibility.full.test.ts` has all, and hands and zoom.
import { describe, it } from "vitest";
import { isFull } from "../support/full";
import { expectAccessible } from "./axe";
import { button, card, expectQuiet, profileStep, showPart, useBrowser, waitForState } from "./support";

describe("the page is accessible", () => {
  const open = useBrowser("none");

  it("at a desk, while a model is edited, broken, profiled and read in full size", async () => {
    const app = await open({
      colorScheme: "light",
      viewport: { width: 1366, height: 768 },
      query: "?unknown=1&preset=convnet",
    });
    const { page } = app;
    await waitForState(page, "Ready");
    await button(page, "Step").click();
    await waitForState(page, "Paused");
    await showPart(page, "Training");
    await page.getByText("More of Adam").click();
    await page.getByRole("textbox", { name: "Learning rate" }).fill("nonsense");
    await page.getByRole("tab", { name: "Confusion" }).click();
    await page.getByRole("button", { name: /^Wrong: / }).click();
    await page.getByRole("group", { name: "Images that are chosen" }).waitFor();
    await expectAccessible(page, "desk-training");
    await showPart(page, "Model");
    await card(page, 5)
      .getByRole("button", { name: /params/ })
      .click();
    await button(page, "Dropout").click();
    await button(page, "Apply and restart").waitFor();
    await button(page, "Remove flatten").click();
    await page.getByRole("tab", { name: "Profile" }).click();
    await profileStep(page);
    await expectAccessible(page, "desk-broken");
    if (!isFull) return expectQuiet(app);
    await button(page, "Loss chart in full size").click();
    await page.getByRole("dialog", { name: "Loss chart, full size" }).waitFor();
    await expectAccessible(page, "desk-full-size");
    expectQuiet(app);
  });
});
