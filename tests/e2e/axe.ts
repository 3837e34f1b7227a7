// What axe finds on a page as it is. Looks at the size of targets too.
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { saveScreenshot } from "../support/browser";

/** What axe finds, in a form that a failed test shows well. */
export async function violations(page: Page, rules?: readonly string[]): Promise<string[]> {
  // There are no frames, which the other mode is for, at the price of a page for each look.
  const builder = new AxeBuilder({ page }).setLegacyMode();
  // All is looked at, and told of violations alone: to tell of the rest takes as long again.
  builder.options({ rules: { "target-size": { enabled: true } }, resultTypes: ["violations"] });
  if (rules) builder.withRules([...rules]);
  const results = await builder.analyze();
  return results.violations.map(
    ({ impact, id, nodes }) => `${impact}: ${id}: ${nodes.map(({ html }) => html).join("\n")}`,
  );
}

/** Waits until colours that change have changed. They begin to with the next frame, and React may draw in the one before. What turns
 *  without end, while something is prepared, is not waited for, and nothing for longer than such changes take. */
export const settle = (page: Page): Promise<unknown> =>
  page.evaluate(async () => {
    for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
    const ending = document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity);
    const late = new Promise((resolve) => setTimeout(resolve, 3000));
    await Promise.race([late, Promise.allSettled(ending.map((animation) => animation.finished))]);
  });

/** Expects a state of the page to be accessible, and keeps a picture of it in both schemes. What depends on the colours alone is
 *  looked at in dark as well; all else is the same there. */
export async function expectAccessible(page: Page, state: string): Promise<void> {
  // Away from what shows a word of help under the pointer.
  await page.mouse.move(0, 0);
  await page.getByRole("tooltip").waitFor({ state: "detached" });
  await settle(page);
  expect(await violations(page), state).toEqual([]);
  await saveScreenshot(page, `${state}-light`);
  await page.emulateMedia({ colorScheme: "dark" });
  await settle(page);
  expect(await violations(page, ["color-contrast"]), `${state}, dark`).toEqual([]);
  await saveScreenshot(page, `${state}-dark`);
  await page.emulateMedia({ colorScheme: "light" });
}
