// What axe finds on a page as it is. Looks at the size of targets too.
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";

/** What axe finds, in a form that a failed test shows well. */
export async function violations(page: Page, rules?: readonly string[]): Promise<string[]> {
  // There are no frames, which the other mode is for, at the price of a page for each look.
  const builder = new AxeBuilder({ page }).setLegacyMode();
  const axe = rules ? builder.withRules([...rules]) : builder.options({ rules: { "target-size": { enabled: true } } });
  const results = await axe.analyze();
  return results.violations.map(
    ({ impact, id, nodes }) => `${impact}: ${id}: ${nodes.map(({ html }) => html).join("\n")}`,
  );
}

/** Waits until colours that change have changed. */
export const settle = (page: Page): Promise<unknown> =>
  page.evaluate(() => Promise.allSettled(document.getAnimations().map((animation) => animation.finished)));
