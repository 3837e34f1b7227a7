// The agents' views and slow motion in a browser: the scene plays, arrows and values are told; the map is changed, and a step is walked
// phase by phase, by mouse, by touch and by keyboard alone; axe finds nothing on the way.
import type { Locator, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { violations } from "./axe";
import { button, expectQuiet, readStatus, showPart, useBrowser, waitForState, waitForStatus } from "./support";

/** How something is pressed, and the screen on which that is done. */
const ways = {
  mouse: { size: { width: 1440, height: 900 }, press: (what: Locator) => what.click() },
  touch: { size: { width: 390, height: 844 }, press: (what: Locator) => what.tap() },
  keyboard: {
    size: { width: 1366, height: 650 },
    press: async (what: Locator) => {
      await what.focus();
      await what.press("Space");
    },
  },
} as const;

describe.each(Object.entries(ways))("by %s", (way, { size, press }) => {
  const open = useBrowser("none");
  const isTouched = way === "touch";
  const visit = async (preset: string) => {
    const app = await open({
      query: `?preset=${preset}`,
      viewport: size,
      hasTouch: isTouched,
      isMobile: isTouched,
      colorScheme: isTouched ? "light" : "dark",
    });
    await waitForState(app.page, "Ready");
    if (isTouched) await showPart(app.page, "Results");
    return app;
  };

  it("changes the grid's map, learns it, and takes it back", async () => {
    const app = await visit("grid-world");
    const { page } = app;
    const values = page.getByRole("list", { name: "What it would do in each cell, and what it expects" });
    await values.waitFor({ state: "attached" });
    const free = await values.getByRole("listitem").count();
    await press(button(page, "Edit the map"));
    const cell = (row: number, column: number, kind: string): Locator =>
      button(page, `row ${row}, column ${column}: ${kind}`);
    if (way === "keyboard") {
      await cell(1, 1, "Start")
        .or(cell(1, 1, "Free"))
        .or(cell(1, 1, "Wall"))
        .focus();
      for (const key of ["ArrowDown", "Enter", "ArrowDown", "Enter"]) await page.keyboard.press(key);
    } else {
      await press(cell(2, 1, "Free"));
      await press(cell(3, 1, "Free"));
    }
    await cell(2, 1, "Wall").waitFor();
    await cell(3, 1, "Wall").waitFor();
    expect(await violations(page)).toEqual([]);
    await press(button(page, "Use this map"));
    await expect.poll(() => values.getByRole("listitem").count()).toBe(free - 2);
    await waitForState(page, "Ready");
    await press(button(page, "Train"));
    await waitForState(page, "Finished");
    // Another map is another world: what was learnt of the one before is no longer shown.
    await press(button(page, "Undo"));
    await waitForState(page, "Ready");
    if (isTouched) await showPart(page, "Results");
    await expect.poll(() => values.getByRole("listitem").count()).toBe(free);
    expectQuiet(app);
  });

  it("walks a GAN's step phase by phase, and steps one side alone", async () => {
    const app = await visit("gan-points");
    const { page } = app;
    const slow = page.getByRole("switch", { name: "Slow motion" });
    // A finger or a mouse finds the label as well as the switch.
    await press(way === "keyboard" ? slow : page.getByText("Slow motion", { exact: true }));
    const phases = page.getByRole("list", { name: "Phases of a step" });
    const seen = new Set<string>();
    const look = async (): Promise<number> => {
      const [now] = await phases.locator("[aria-current=step]").allInnerTexts();
      if (now !== undefined) seen.add(now);
      return seen.size;
    };
    await expect.poll(look, { timeout: 40_000, interval: 150 }).toBe(4);
    expect([...seen].toSorted()).toEqual([
      "Discriminator forward",
      "Discriminator update",
      "Generator forward",
      "Generator update",
    ]);
    expect(await violations(page)).toEqual([]);
    await press(way === "keyboard" ? slow : page.getByText("Slow motion", { exact: true }));
    await phases.waitFor({ state: "detached" });
    await oneStepEach(page, press);
    expectQuiet(app);
  });

  it("plays the cart's episodes, slower and faster", async () => {
    const app = await visit("cart-pole");
    const { page } = app;
    await page.getByRole("img", { name: /^The agent in its world/ }).waitFor();
    const fastest = page.getByRole("radio", { name: "Fastest" });
    if (way === "keyboard") {
      await page.getByRole("radio", { checked: true, name: "1×" }).focus();
      for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowRight");
    } else await press(page.getByText("Fastest", { exact: true }));
    await expect.poll(() => fastest.isChecked()).toBe(true);
    expect(await violations(page)).toEqual([]);
    expectQuiet(app);
  });
});

/** Presses a step of each side, and of both: the count rises by one each time. */
async function oneStepEach(page: Page, press: (what: Locator) => Promise<void>): Promise<void> {
  const sides = page.getByRole("group", { name: "One step of" });
  for (const side of ["Generator", "Discriminator", "Both"]) {
    const { step } = await readStatus(page);
    await press(button(sides, side));
    await waitForStatus(page, (status) => status.step === step + 1);
  }
}
