// The self-test in a real browser: its page with a GPU and without, and what the main page keeps of its own.
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import type { GemmVariant } from "../../src/engine/graph/kernel";
import { gemmVariants, needsQuads } from "../../src/engine/ops/gemmShader";
import { everyDay, fullTest, isFull } from "../support/full";
import { violations } from "./axe";
import { button, expectQuiet, readFacts, showPart, useBrowser, waitForState, type Size } from "./support";

/** Two variants of products, as one that poses as a GPU takes seconds to compile each. */
const someVariants = everyDay<GemmVariant>(["registers", "quads16x4"], gemmVariants);

/** Some of everything, at one size: to compile all takes minutes. */
const someOps = `selftest?sizes=7&ops=conv2dKernelGrad,softmax,add,maxPool2d,sum,dropout&variants=${someVariants.join()}`;

const status = (page: Page) => page.getByRole("status");
const rows = (page: Page) => page.getByRole("table").locator("tbody tr");

async function waitForEnd(page: Page): Promise<void> {
  await status(page)
    .getByText(/^(All [\d,]+ passed|[\d,]+ failed)$/)
    .waitFor({ timeout: 120_000 });
}

describe("with an adapter", () => {
  const open = useBrowser("swiftshader");

  it("passes, shows every case and candidate, and copies a report", async () => {
    const app = await open({ query: someOps, permissions: ["clipboard-read", "clipboard-write"] });
    const { page } = app;
    await waitForEnd(page);
    expect(await status(page).textContent()).toMatch(/^All [\d,]+ passed$/);
    const texts = await rows(page).allInnerTexts();
    const on = new Set(texts.map((text) => text.split("\t")[2]));
    const hasSubgroups = await page.evaluate(
      async () => (await navigator.gpu.requestAdapter())?.features.has("subgroups") === true,
    );
    const variants = someVariants.filter((variant) => hasSubgroups || !needsQuads(variant));
    expect(on).toEqual(new Set(["CPU", "GPU", ...variants.map((variant) => `GPU, ${variant}`)]));
    for (const text of texts) expect(text).toMatch(/\tPass\t[^\t]+\t[^\t]+\tyes$/);
    await button(page, "Copy report").click();
    await button(page, "Copied").waitFor();
    const report = await page.evaluate(() => navigator.clipboard.readText());
    expect(report).toMatch(/^## Descent self-test\n\n- Result: \d+ passed, 0 failed\n- GPU: .*swiftshader/i);
    for (const variant of variants) expect(report).toContain(`| conv2dKernelGrad | GPU, ${variant} | 4 of 4 |`);
    await page.getByText(/^Failures 0$/).click();
    await page.getByText("No failures.").waitFor();
    await expect.poll(() => rows(page).count()).toBe(0);
    expectQuiet(app);
  });

  fullTest("says how long it still takes, can be cancelled, and run again", async () => {
    const { page } = await open({ query: "selftest" });
    await rows(page).nth(5).waitFor({ timeout: 60_000 });
    const estimate = page.getByRole("region", { name: "Progress" }).getByText(/cases, about \d+ (s|min) left$/);
    await estimate.waitFor({ timeout: 60_000 });
    await button(page, "Cancel").click();
    await estimate.waitFor({ state: "detached" });
    await status(page)
      .getByText(/^Cancelled: nothing wrong so far$/)
      .waitFor();
    const count = await rows(page).count();
    await page.waitForTimeout(500);
    await expect.poll(() => rows(page).count()).toBe(count);
    await button(page, "Run again").click();
    await status(page)
      .getByText(/^Testing: /)
      .waitFor({ timeout: 60_000 });
    await button(page, "Cancel").waitFor();
  });

  it("is passed once by the adapter that trains, and remembered", async () => {
    const app = await open({ query: "?backend=webgpu&preset=xor" });
    const { page } = app;
    expect((await waitForState(page, "Ready")).backend).toBe("WebGPU");
    const kept = await readFacts(page, "self-test");
    expect(kept).toEqual([[expect.anything(), expect.arrayContaining([expect.stringMatching(/^matmul .*\w+$/)])]]);
    await page.goto(new URL("./?backend=webgpu&preset=xor", page.url()).href);
    expect((await waitForState(page, "Ready")).backend).toBe("WebGPU");
    expect(await readFacts(page, "self-test")).toEqual(kept);
    expectQuiet(app);
  });
});

describe("without one", () => {
  const open = useBrowser("none");

  it("says so, and tests the CPU's kernels", async () => {
    const app = await open({ query: isFull ? "selftest" : "selftest?ops=conv2d,matmul,maxPool2d,sum,softmax,add" });
    const { page } = app;
    await page.getByRole("note").getByText("No GPU to test.").waitFor();
    await waitForEnd(page);
    expect(await status(page).textContent()).toMatch(/^All [\d,]+ passed$/);
    const texts = await rows(page).allInnerTexts();
    expect(texts.length).toBeGreaterThan(isFull ? 300 : 50);
    expect(new Set(texts.map((text) => text.split("\t")[2]))).toEqual(new Set(["CPU"]));
    expectQuiet(app);
  });

  fullTest("can be cancelled, and run again", async () => {
    const { page } = await open({ query: "selftest" });
    await rows(page).nth(5).waitFor();
    await button(page, "Cancel").click();
    await status(page)
      .getByText(/^Cancelled: nothing wrong so far$/)
      .waitFor();
    const count = await rows(page).count();
    await page.waitForTimeout(500);
    await expect.poll(() => rows(page).count()).toBe(count);
    await button(page, "Run again").click();
    await waitForEnd(page);
    expect(await status(page).textContent()).toMatch(/^All [\d,]+ passed$/);
  });

  it("shows the report where the browser refuses to copy it, until it is left", async () => {
    const { page } = await open({ query: "selftest?ops=softmax&sizes=7", viewport: { width: 390, height: 844 } });
    await waitForEnd(page);
    await page.evaluate(() => {
      navigator.clipboard.writeText = () => Promise.reject(new Error("refused"));
    });
    await button(page, "Copy report").click();
    const byHand = page.getByRole("textbox", { name: "Report as Markdown" });
    await expect.poll(() => byHand.inputValue()).toMatch(/^## Descent self-test\n/);
    expect(await page.evaluate(() => getSelection()?.toString())).toBe(await byHand.inputValue());
    const box = await byHand.boundingBox();
    expect((box?.x ?? Infinity) + (box?.width ?? 0)).toBeLessThanOrEqual(390);
    await page.keyboard.press("Tab");
    await button(page, "Copy report").waitFor();
    expect(await violations(page)).toEqual([]);
  });

  it.each(
    everyDay<Size>(
      [[390, 844]],
      [
        [1440, 900],
        [390, 844],
      ],
    ),
  )("keeps its columns where they are, with the results in sight, at %dx%d", async (width, height) => {
    const { page } = await open({ query: "selftest?ops=matmul,conv2dKernelGrad&sizes=7", viewport: { width, height } });
    await waitForEnd(page);
    const widths = async () => {
      const boxes = await Promise.all((await page.getByRole("columnheader").all()).map((head) => head.boundingBox()));
      return boxes.map((box) => box?.width);
    };
    const all = await widths();
    const result = await page.getByRole("columnheader", { name: "Result" }).boundingBox();
    expect((result?.x ?? Infinity) + (result?.width ?? 0)).toBeLessThanOrEqual(width);
    await page.getByText(/^Failures 0$/).click();
    await page.getByText("No failures.").waitFor();
    expect(await widths()).toEqual(all);
  });

  fullTest("is a link away from the main page, which loads nothing of it", async () => {
    const asked: string[] = [];
    const { page } = await open({
      before: async (blank) => void blank.on("request", (request) => asked.push(request.url())),
    });
    await waitForState(page, "Ready");
    await showPart(page, "Training");
    const link = page.getByRole("link", { name: "Self-test of this device" });
    const [opened] = await Promise.all([page.context().waitForEvent("page"), link.click()]);
    await opened.getByRole("heading", { name: "Self-test" }).waitFor();
    expect(asked.filter((url) => /self-?test/i.test(url))).toEqual([]);
  });
});
