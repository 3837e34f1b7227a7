// Accessibility by axe in states that take a few presses to reach, at a desk, on a phone and at 320 pixels; and what everything
// on the page has: a ring in focus, and a name that nothing else has.
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { expectAccessible, settle, violations } from "./axe";
import { button, card, showPart, useBrowser, waitForState, waitForStatus, type OpenOptions } from "./support";

const looks = [
  ["at a desk", { viewport: { width: 1366, height: 768 } }],
  ["on a phone", { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }],
  ["at 320 pixels", { viewport: { width: 320, height: 568 }, hasTouch: true, isMobile: true }],
] as const satisfies readonly (readonly [string, OpenOptions])[];

describe.each(looks)("accessible %s", (where, look) => {
  const open = useBrowser("none");
  const isTouched = "hasTouch" in look;
  const shown = (page: Page, part: "Model" | "Training" | "Curves" | "Results") =>
    isTouched || part === "Model" || part === "Training" ? showPart(page, part) : Promise.resolve();
  const view = (page: Page, name: string) => page.getByRole("tab", { name, exact: true }).click();
  const visit = async (query: string): Promise<Page> => {
    const { page } = await open({ ...look, colorScheme: "light", query });
    await waitForState(page, "Ready");
    return page;
  };

  it("are a GAN in slow motion, with the steps of each side", async () => {
    const page = await visit("?preset=gan-points");
    await shown(page, "Results");
    await page.getByText("Slow motion", { exact: true }).click();
    await page.waitForTimeout(1500);
    await expectAccessible(page, `slow motion ${where}`);
  });

  it("are the editor of the grid's map, and clusters", async () => {
    const page = await visit("?preset=grid-world");
    await shown(page, "Results");
    await button(page, "Edit the map").click();
    await button(page, "Use this map").waitFor();
    await expectAccessible(page, `map editor ${where}`);
    const clusters = await visit("?preset=kmeans-digits");
    await button(clusters, "Train").click();
    await waitForStatus(clusters, ({ step }) => step > 5);
    await shown(clusters, "Results");
    await clusters.getByRole("list", { name: "Clusters" }).waitFor();
    await expectAccessible(clusters, `clusters ${where}`);
  });

  it("are what excites a unit, and a drawing that is kept and followed", async () => {
    const page = await visit("?preset=perceptron");
    await shown(page, "Results");
    await view(page, "Weights");
    await page.getByText("What excites it", { exact: true }).click();
    await page.getByText(/^Made for it: /).waitFor();
    await expectAccessible(page, `what excites a unit ${where}`);
    await view(page, "Draw");
    await button(page, "Start from a test image").click();
    await button(page, "Keep it as a sample").click();
    await page.getByText(/ of your 1 drawing as meant\./).waitFor();
    await expectAccessible(page, `a drawing that is kept ${where}`);
    await button(page, "Follow it through the layers").click();
    await page.getByText(/^What is drawn on the pad, on its way through every layer/).waitFor();
    await expectAccessible(page, `a drawing that is followed ${where}`);
  });

  it("are the dialogs: share, export, own data, race", async () => {
    const page = await visit("?preset=points-circle");
    await button(page, "Share").click();
    await page.getByRole("dialog", { name: "Share" }).waitFor();
    await expectAccessible(page, `share ${where}`);
    await page.keyboard.press("Escape");
    await button(page, "Export").click();
    await page.getByRole("dialog", { name: /Export/ }).waitFor();
    await expectAccessible(page, `export ${where}`);
    await page.keyboard.press("Escape");
    await showPart(page, "Training");
    await button(page, "Bring your data").click();
    await page.getByRole("dialog", { name: "Bring your data" }).waitFor();
    await expectAccessible(page, `own data ${where}`);
    await page.keyboard.press("Escape");
    await button(page, "Draw points").click();
    await page.getByRole("application", { name: "Plane to put points in" }).waitFor();
    await expectAccessible(page, `draw points ${where}`);
    await page.keyboard.press("Escape");
    await shown(page, "Results");
    await view(page, "Runs");
    await button(page, "Race…").click();
    await page.getByRole("dialog", { name: "Race and search" }).waitFor();
    await expectAccessible(page, `race ${where}`);
  });

  it("are rounded weights, and a refusal of the palette", async () => {
    const page = await visit("?preset=xor");
    await button(page, "Embedding").click();
    await button(page, "Add it anyway").waitFor();
    await expectAccessible(page, `refusal ${where}`);
    await button(page, "Dismiss").click();
    await button(page, "Step").click();
    await waitForState(page, "Paused");
    await shown(page, "Results");
    await view(page, "Quantize");
    await button(page, "Measure").click();
    await page.getByRole("table", { name: "Quantize" }).waitFor();
    await expectAccessible(page, `rounded ${where}`);
  });

  it("has a ring around whatever has the focus", async () => {
    const page = await visit("?preset=perceptron");
    const parts = isTouched ? (["Model", "Training", "Curves", "Results"] as const) : (["Model", "Training"] as const);
    for (const part of parts) {
      await shown(page, part);
      if (part === "Model")
        await card(page, 1)
          .getByRole("button", { name: /params/ })
          .click();
      await settle(page);
      const { without, count } = await page.evaluate(findRingless);
      expect(without, part).toEqual([]);
      expect(count, part).toBeGreaterThan(10);
    }
    expect(await violations(page)).toEqual([]);
  });
});

describe("at a desk", () => {
  const open = useBrowser("none");

  it("no two settings of the training are called alike, nor like the group that they are in", async () => {
    for (const query of ["?preset=perceptron", "?preset=gan-points"]) {
      const { page } = await open({ query });
      await waitForState(page, "Ready");
      await showPart(page, "Training");
      const panel = page.getByRole("tabpanel", { name: "Training" });
      const names = [
        ...(await panel.getByRole("heading").allInnerTexts()),
        ...(await panel.locator("label, [id$='-label']").allInnerTexts()),
      ].map((name) => name.trim());
      expect(names).toContain("Optimizer");
      expect(names.filter((name, i) => name !== "" && names.indexOf(name) !== i)).toEqual([]);
    }
  });
});

/** Controls in sight that look the same with the focus and without, as far as outlines tell. Runs in the page. */
function findRingless(): { readonly without: readonly string[]; readonly count: number } {
  const lookOf = (element: Element): string =>
    [undefined, "::before", "::after"]
      .map((part) => {
        const { outlineStyle, outlineWidth, outlineOffset, content } = getComputedStyle(element, part);
        const isThere = outlineStyle !== "none" && parseFloat(outlineWidth) >= 1.5 && (!part || content !== "none");
        return isThere ? `${outlineStyle} ${outlineWidth} ${outlineOffset}` : "";
      })
      .join();
  const rings = (near: readonly Element[]): string => near.map(lookOf).join("|");
  const without: string[] = [];
  let count = 0;
  const wanted = "a[href], button, input, select, textarea, summary, [tabindex='0']";
  for (const control of document.querySelectorAll<HTMLElement>(wanted)) {
    if (!control.checkVisibility() || control.matches(":disabled")) continue;
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    // Hidden boxes of switches and choices are drawn by what is beside them.
    const around = control.parentElement ?? control;
    const near = [around, ...around.querySelectorAll("*"), ...(around.parentElement?.children ?? [])];
    const before = rings(near);
    const options: FocusOptions & { readonly focusVisible: boolean } = { focusVisible: true };
    control.focus(options);
    if (document.activeElement !== control) continue;
    count++;
    if (rings(near) === before) without.push(control.outerHTML.slice(0, 160));
  }
  return { without, count };
}
