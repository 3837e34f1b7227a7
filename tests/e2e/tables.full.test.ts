// A table that a visitor brings is told as its file has it, wherever its numbers stand: in every view, for a number and a class to
// predict, and in the page that is exported.
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { openPocket } from "./pocket";
import { button, expectQuiet, showPart, useBrowser, waitForState, waitForStatus } from "./support";

/** Numbers that no scaled one comes near: spans from 5,000 to 5,900, masses from 20,000 to 29,000. */
const rowsOf = (last: (i: number) => string): string =>
  Array.from({ length: 150 }, (_, i) => `${5000 + ((i * 71) % 900)},${20_000 + ((i * 613) % 9000)},${last(i)}`).join(
    "\n",
  );

const isHeavy = (i: number): boolean => (i * 613) % 9000 > 4000;
const tables = {
  classes: `span,mass,shade,kind\n${rowsOf((i) => `${["pale", "dark", "grey"][i % 3]},${isHeavy(i) ? "heavy" : "light"}`)}`,
  "two features": `span,mass,kind\n${rowsOf((i) => (isHeavy(i) ? "heavy" : "light"))}`,
  numbers: `span,mass,price\n${rowsOf((i) => String(70_000 + ((i * 613) % 9000)))}`,
};

/** Numbers under or after the name of a column that are none of the file's. */
const strangers = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const found: string[] = [];
    const least = { span: 3000, mass: 10_000, price: 30_000 };
    const judge = (name: string, written: string): void => {
      const value = Number(written.replaceAll(",", ""));
      if (written !== "" && !(value >= least[name as keyof typeof least])) found.push(`${name} ${written}`);
    };
    const panel = document.querySelector("[id^=view-]");
    for (const table of panel?.querySelectorAll("table") ?? []) {
      const heads = [...table.querySelectorAll("thead th")].map((head) => head.textContent);
      for (const row of table.querySelectorAll("tbody tr"))
        [...row.children].forEach((cell, i) => heads[i] && heads[i] in least && judge(heads[i], cell.textContent));
    }
    for (const [, name = "", written = ""] of (panel?.textContent ?? "").matchAll(
      /\b(span|mass)\b[ :]*(-?\d[\d.,]*\d|-?\d)/g,
    ))
      judge(name, written);
    return found;
  });

describe("tables of one's own", () => {
  const open = useBrowser("none");

  it.each(Object.entries(tables))(
    "are told in their own units in every view: %s",
    { timeout: 180_000 },
    async (kind, csv) => {
      const app = await open({});
      const { page } = app;
      await showPart(page, "Training");
      await button(page, "Bring your data").click();
      const dialog = page.getByRole("dialog", { name: "Bring your data" });
      const file = { name: "things.csv", mimeType: "text/csv", buffer: Buffer.from(csv) };
      await dialog.locator("input[type=file]").first().setInputFiles(file);
      await dialog.getByText("rows to train on").waitFor();
      await button(page, "Use with a model that fits").click();
      await waitForState(page, "Ready");
      await button(page, "Train").click();
      await waitForStatus(page, ({ step }) => step > 10);
      const problems: string[] = [];
      let told = 0;
      for (const tab of await page.getByRole("tablist", { name: "Views" }).getByRole("tab").all()) {
        await tab.click();
        await page.getByText("Loading", { exact: true }).waitFor({ state: "detached" });
        await page.waitForTimeout(700);
        const name = await tab.innerText();
        problems.push(...(await strangers(page)).map((stranger) => `${name}: ${stranger}`));
        if (/span/.test(await page.locator("[id^=view-]").innerText())) told++;
      }
      expect(problems).toEqual([]);
      expect(told).toBeGreaterThan(0);
      const pocket = await openPocket(page);
      expect(Number(await pocket.getByLabel("span").inputValue())).toBeGreaterThan(5000);
      const answer = (): Promise<string> => pocket.locator("dl").innerText();
      if (kind === "numbers") {
        await pocket.getByLabel("mass").fill("24500");
        await expect.poll(async () => Number((await answer()).split(/\s+/).at(-1))).toBeGreaterThan(40_000);
      } else {
        const share = async (): Promise<number> => Number(/heavy\s+([\d.]+)%/.exec(await answer())?.[1]);
        await pocket.getByLabel("mass").fill("21000");
        const light = await share();
        await pocket.getByLabel("mass").fill("28900");
        expect((await share()) - light).toBeGreaterThan(30);
      }
      expectQuiet(app);
    },
  );
});
