// What the tests of the benchmark's page read there.
import type { Page } from "playwright-core";

/** The benchmark's status. */
export const status = (page: Page) => page.getByRole("status", { name: "Benchmark status" });

/** The cells of every line of the table that has figures. */
export async function measuredRows(page: Page): Promise<string[][]> {
  const rows = await page.getByRole("table").locator("tbody tr").allInnerTexts();
  return rows.map((row) => row.split("\t").map((cell) => cell.trim())).filter((cells) => !cells.includes("–"));
}

/** Whether the page is no wider than its window. */
export const hasNoSidewaysScroll = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth);
