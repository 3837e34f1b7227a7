// Accessibility by axe, in both colour schemes, on a desk and in a hand, while there is the most to see.
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { saveScreenshot } from "../support/browser";
import { button, card, expectQuiet, profileStep, useBrowser, waitForState, waitForStatus } from "./support";

/** What axe finds, in a form that a failed test shows well. */
async function violations(page: Page): Promise<string[]> {
  const results = await new AxeBuilder({ page }).analyze();
  return results.violations.map(
    ({ impact, id, nodes }) => `${impact}: ${id}: ${nodes.map(({ html }) => html).join("\n")}`,
  );
}

describe.each(["light", "dark"] as const)("in the %s scheme", (colorScheme) => {
  const open = useBrowser("none");

  it("is accessible at 1440x900", async () => {
    const app = await open({ colorScheme, viewport: { width: 1440, height: 900 }, query: "?unknown=1" });
    const { page } = app;
    await waitForState(page, "Ready");
    expect(await violations(page)).toEqual([]);
    await button(page, "Train").click();
    await waitForStatus(page, ({ step }) => step > 20);
    await page.getByRole("textbox", { name: "Learning rate" }).fill("0.002");
    await button(page, "Conv2D").click();
    await button(page, "Pause").click();
    await waitForState(page, "Paused");
    expect(await violations(page)).toEqual([]);
    await page.getByRole("region", { name: "Results" }).getByText("Numbers", { exact: true }).click();
    expect(await violations(page)).toEqual([]);
    await page.getByRole("region", { name: "Results" }).getByText("Profile", { exact: true }).click();
    await profileStep(page);
    await page.getByText("The plan as text").click();
    expect(await violations(page)).toEqual([]);
    await saveScreenshot(page, `desk-profile-${colorScheme}`);
    await page.getByRole("region", { name: "Results" }).getByText("Numbers", { exact: true }).click();
    await saveScreenshot(page, `desk-${colorScheme}`);
    expectQuiet(app);
  });

  it("is accessible at 390x844", async () => {
    const app = await open({ colorScheme, viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    const { page } = app;
    await waitForState(page, "Ready");
    await button(page, "Dropout").tap();
    await card(page, 2)
      .getByRole("button", { name: /^Move dropout up/ })
      .tap();
    expect(await violations(page)).toEqual([]);
    await button(page, "Train").tap();
    await waitForStatus(page, ({ step }) => step > 5);
    await button(page, "Pause").tap();
    await waitForState(page, "Paused");
    for (const tab of ["Settings", "Train", "Results"]) {
      await page.getByRole("tab", { name: tab }).tap();
      expect(await violations(page)).toEqual([]);
      await saveScreenshot(page, `hand-${tab.toLowerCase()}-${colorScheme}`);
    }
    await page.getByRole("region", { name: "Results" }).getByText("Profile", { exact: true }).tap();
    await profileStep(page);
    expect(await violations(page)).toEqual([]);
    await saveScreenshot(page, `hand-profile-${colorScheme}`);
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
