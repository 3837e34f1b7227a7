// All that the benchmark's page measures, with a GPU and without; `bench.test.ts` looks at the first line of it.
import { describe, expect, it } from "vitest";
import { saveScreenshot } from "../support/browser";
import { violations } from "./axe";
import { hasNoSidewaysScroll, measuredRows, status } from "./benchPage";
import { button, expectQuiet, useBrowser } from "./support";

describe("the benchmark without a GPU", () => {
  const open = useBrowser("none");

  it("measures the CPU, says why not more, and gives the results as Markdown", async () => {
    const app = await open({ query: "bench", permissions: ["clipboard-read", "clipboard-write"], colorScheme: "dark" });
    const { page } = app;
    await status(page).getByText("There is no WebGPU adapter here, so the CPU alone is measured.").waitFor();
    const titles = await page.getByRole("columnheader").allInnerTexts();
    expect(titles).toEqual(["workload", "on", "ms per step", "GFLOP/s"]);
    await button(page, "Start").click();
    await status(page).getByText("Done.").waitFor({ timeout: 150_000 });
    const rows = await measuredRows(page);
    expect(rows.map(([workload]) => workload)).toEqual([
      ...["mlp-b32", "mlp-b128", "cnn-b32", "cnn-b128", "lstm-b128", "gpt-b16"],
      ...["matmul-256", "matmul-512", "matmul-1024", "matmul-2048"],
    ]);
    for (const [workload, on, ms, gflops] of rows) {
      expect(on, workload).toBe("CPU");
      expect(Number(ms?.replaceAll(",", "")), workload).toBeGreaterThan(0);
      expect(Number(gflops?.replaceAll(",", "")), workload).toBeGreaterThan(0);
    }
    await page.getByText(/^WebAssembly .*, of \d+ logical CPUs$/).waitFor();
    await button(page, "Copy as Markdown").click();
    await button(page, "Copied").waitFor();
    const text = await page.evaluate(() => navigator.clipboard.readText());
    expect(text).toContain("- Result: complete, 10 lines");
    expect(text).toContain("- GPU: none that this browser offers");
    expect(text.split("\n").filter((line) => line.startsWith("| "))).toHaveLength(2 + rows.length);
    expect(text).toContain(`| matmul-2048 | cpu | ${rows.at(-1)?.[2]} | ${rows.at(-1)?.[3]} |`);
    expect(await violations(page)).toEqual([]);
    await saveScreenshot(page, "bench-cpu-dark");
    expectQuiet(app);
  });
});

describe("the benchmark with a GPU", () => {
  const open = useBrowser("swiftshader");

  it("measures both in turn, and stops at once when told to", async () => {
    const app = await open({ query: "bench", viewport: { width: 390, height: 844 } });
    const { page } = app;
    await page.getByText("a program posing as a GPU").waitFor();
    expect(await violations(page)).toEqual([]);
    expect(await hasNoSidewaysScroll(page)).toBe(true);
    await button(page, "Start").click();
    await expect.poll(async () => (await measuredRows(page)).length, { timeout: 150_000 }).toBeGreaterThanOrEqual(4);
    await button(page, "Cancel").click();
    await status(page).getByText("Cancelled.").waitFor();
    const rows = await measuredRows(page);
    const [vectors, scalars, cpu, gpu] = rows;
    expect(vectors?.slice(0, 2)).toEqual(["peak", "GPU"]);
    expect(scalars?.slice(0, 2)).toEqual(["peak-scalars", "GPU"]);
    expect([vectors?.[5], scalars?.[5]]).toContain("100%");
    expect(cpu?.slice(0, 2)).toEqual(["mlp-b32", "CPU"]);
    // The second line of a workload does not name it again.
    expect(gpu?.[0]).toBe("GPU");
    expect(gpu?.[3]).toMatch(/^[\d.]+×$/);
    expect(gpu?.[4]).toMatch(/^[\d.]+%$/);
    expect(await hasNoSidewaysScroll(page)).toBe(true);
    await saveScreenshot(page, "bench-hand-light");
    // A worker that waits for the GPU process, as a software adapter makes it, ends when that answers.
    await expect.poll(() => page.workers().length, { timeout: 60_000 }).toBe(0);
    await page.setViewportSize({ width: 1440, height: 900 });
    expect(await violations(page)).toEqual([]);
    await saveScreenshot(page, "bench-desk-light");
    await button(page, "Start again").click();
    await expect.poll(() => measuredRows(page)).toEqual([]);
    await button(page, "Cancel").click();
    expectQuiet(app);
  });
});
