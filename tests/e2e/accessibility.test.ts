// Accessibility by axe, in both colour schemes, on a desk and in a hand, while there is the most to see.
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { saveScreenshot } from "../support/browser";
import { button, card, expectQuiet, profileStep, showPart, useBrowser, waitForState, waitForStatus } from "./support";

/** What axe finds, the size of targets included, in a form that a failed test shows well. */
async function violations(page: Page): Promise<string[]> {
  const results = await new AxeBuilder({ page }).options({ rules: { "target-size": { enabled: true } } }).analyze();
  return results.violations.map(
    ({ impact, id, nodes }) => `${impact}: ${id}: ${nodes.map(({ html }) => html).join("\n")}`,
  );
}

describe.each(["light", "dark"] as const)("in the %s scheme", (colorScheme) => {
  const open = useBrowser("none");

  it.each([
    [1440, 900],
    [1024, 768],
  ])("is accessible at %dx%d", async (width, height) => {
    const app = await open({ colorScheme, viewport: { width, height }, query: "?unknown=1&preset=convnet" });
    const { page } = app;
    await waitForState(page, "Ready");
    expect(await violations(page)).toEqual([]);
    await saveScreenshot(page, `desk-${width}-ready-${colorScheme}`);
    await button(page, "Train").click();
    await waitForStatus(page, ({ step }) => step > 20);
    await showPart(page, "Training");
    await page.getByRole("textbox", { name: "Learning rate" }).fill("0.002");
    expect(await violations(page)).toEqual([]);
    await saveScreenshot(page, `desk-${width}-training-${colorScheme}`);
    await showPart(page, "Model");
    // Edited into an error, while the run goes on.
    await button(page, "Remove flatten").click();
    await button(page, "Pause").click();
    await waitForState(page, "Paused");
    expect(await violations(page)).toEqual([]);
    await saveScreenshot(page, `desk-${width}-${colorScheme}`);
    await button(page, "Fold model and training").click();
    await page.getByRole("tab", { name: "Numbers" }).click();
    expect(await violations(page)).toEqual([]);
    await saveScreenshot(page, `desk-${width}-folded-${colorScheme}`);
    await page.getByRole("tab", { name: "Profile" }).click();
    await profileStep(page);
    await page.getByText("The plan as text").click();
    expect(await violations(page)).toEqual([]);
    await saveScreenshot(page, `desk-${width}-profile-${colorScheme}`);
    expectQuiet(app);
  });

  it.each([
    [390, 844],
    [844, 390],
    [320, 256],
  ])("is accessible at %dx%d", async (width, height) => {
    const app = await open({ colorScheme, viewport: { width, height }, hasTouch: true, isMobile: true });
    const { page } = app;
    await waitForState(page, "Ready");
    await button(page, "Dropout").tap();
    await card(page, 2)
      .getByRole("button", { name: /^Move dropout up/ })
      .tap();
    expect(await violations(page)).toEqual([]);
    await saveScreenshot(page, `hand-${width}-model-${colorScheme}`);
    await button(page, "Train").tap();
    await waitForStatus(page, ({ step }) => step > 5);
    expect(await violations(page)).toEqual([]);
    await saveScreenshot(page, `hand-${width}-curves-${colorScheme}`);
    for (const part of ["Training", "Results"] as const) {
      await showPart(page, part);
      expect(await violations(page)).toEqual([]);
      await saveScreenshot(page, `hand-${width}-${part.toLowerCase()}-${colorScheme}`);
    }
    await page.getByRole("tab", { name: "Profile" }).tap();
    await profileStep(page);
    expect(await violations(page)).toEqual([]);
    await saveScreenshot(page, `hand-${width}-profile-${colorScheme}`);
    expectQuiet(app);
  });

  it.each([
    [1440, 900],
    [390, 844],
  ])("the self-test is accessible at %dx%d", async (width, height) => {
    const app = await open({ colorScheme, viewport: { width, height }, query: "selftest?ops=matmul,softmax&sizes=7" });
    const { page } = app;
    await page
      .getByRole("status")
      .getByText(/passed$/)
      .waitFor();
    expect(await violations(page)).toEqual([]);
    await saveScreenshot(page, `selftest-${width}-${colorScheme}`);
    expectQuiet(app);
  });
});
