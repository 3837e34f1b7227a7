// The benchmark's page: that it measures, says what there is not, can be stopped, and can be taken along.
import { describe, expect, it } from "vitest";
import { fullDescribe } from "../support/full";
import { violations } from "./axe";
import { hasNoSidewaysScroll, measuredRows, status } from "./benchPage";
import { button, expectQuiet, useBrowser } from "./support";

fullDescribe("a benchmark", () => {
  const open = useBrowser("none");

  it("measures, says why not more, and says in what is copied how much of it is there", async () => {
    const app = await open({
      query: "bench",
      permissions: ["clipboard-read", "clipboard-write"],
      viewport: { width: 390, height: 844 },
    });
    const { page } = app;
    await status(page).getByText("There is no WebGPU adapter here, so the CPU alone is measured.").waitFor();
    const titles = await page.getByRole("columnheader").allInnerTexts();
    expect(titles).toEqual(["workload", "on", "ms per step", "GFLOP/s"]);
    const copied = () => page.evaluate(() => navigator.clipboard.readText());
    await button(page, "Start").click();
    await expect.poll(async () => (await measuredRows(page)).length, { timeout: 60_000 }).toBeGreaterThan(0);
    await button(page, "Copy as Markdown").click();
    await expect.poll(copied).toMatch(/^- Result: \d of 10 lines, still running$/m);
    await button(page, "Cancel").click();
    await status(page).getByText("Cancelled.").waitFor();
    await button(page, "Copy as Markdown").click();
    await expect.poll(copied).toMatch(/^- Result: \d of 10 lines, cancelled$/m);
    const [[workload, on, ms, gflops] = []] = await measuredRows(page);
    expect([workload, on]).toEqual(["mlp-b32", "CPU"]);
    for (const figure of [ms, gflops]) expect(Number(figure?.replaceAll(",", ""))).toBeGreaterThan(0);
    expect(await copied()).toContain(`| mlp-b32 | cpu | ${ms} | ${gflops} |`);
    expect(await violations(page)).toEqual([]);
    expect(await hasNoSidewaysScroll(page)).toBe(true);
    expectQuiet(app);
  });
});

describe("the header of a page beside the app", () => {
  const open = useBrowser("none");

  it.each([
    ["bench", "Benchmark"],
    ["selftest", "Self-test"],
  ])("names it and leads back to the app: /%s", async (query, title) => {
    const { page } = await open({ query });
    const header = page.getByRole("banner");
    await header.getByRole("heading", { name: title }).waitFor();
    expect((await header.innerText()).split("\n")).toEqual([title, "Descent"]);
    await header.getByRole("link", { name: "Descent" }).click();
    await expect.poll(() => button(page, "Train").count()).toBe(1);
  });
});
