// What cards of layers say of their settings, in every preset: whole or not at all, never half a word.
import { describe, expect, it } from "vitest";
import { presets } from "../../src/engine/model/presets";
import { useBrowser, type Size } from "./support";

const sizes: readonly Size[] = [
  [1440, 900],
  [390, 844],
];

describe("settings on cards", () => {
  const open = useBrowser("none");

  it.each(sizes)("are not cut at %i by %i", async (width, height) => {
    const { page } = await open({ viewport: { width, height } });
    const found: string[] = [];
    let seen = 0;
    for (const id of Object.keys(presets)) {
      await page.goto(new URL(`?preset=${id}`, page.url()).href);
      await page.locator("[data-settings] > *").first().waitFor();
      const { cut, whole } = await page.evaluate(() => {
        const cards = [...document.querySelectorAll("[data-settings]")];
        const each = cards.flatMap((line) => {
          const { top, bottom, right } = line.getBoundingClientRect();
          const card = line.closest("li")!.getBoundingClientRect();
          return [...line.children].map((setting) => {
            const box = setting.getBoundingClientRect();
            const isShown = box.top < bottom && box.bottom > top && line.checkVisibility();
            return {
              text: setting.textContent,
              isShown,
              isCut: isShown && box.right > Math.min(right, card.right) + 0.5,
            };
          });
        });
        return {
          cut: each.filter(({ isCut }) => isCut).map(({ text }) => text),
          whole: each.filter(({ isShown, isCut }) => isShown && !isCut).length,
        };
      });
      found.push(...cut.map((text) => `${id}: ${text}`));
      seen += whole;
    }
    expect(found).toEqual([]);
    expect(seen).toBeGreaterThan(50);
  });
});
