// The tuner in a real browser: what it keeps in the database, and that the next visit takes it from there.
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { button, expectQuiet, readFacts, useBrowser, waitForState, writeFact } from "./support";

const query = "?backend=webgpu&preset=xor";

/** Begins to train on a page that was just opened. @returns how a step is run */
async function train(page: Page): Promise<string> {
  expect((await waitForState(page, "Ready")).backend).toBe("WebGPU");
  await page.getByRole("tab", { name: "Profile", exact: true }).click();
  await page.getByText("The plan as text").click();
  const plan = await page.locator("pre").innerText();
  await button(page, "Train").click();
  return plan;
}

describe("with an adapter", () => {
  const open = useBrowser("swiftshader");

  it("keeps what it found, and takes it at the next visit, unless told not to tune", async () => {
    const app = await open({ query });
    const { page } = app;
    const visit = async (asked: string): Promise<string> => {
      await page.goto(new URL(`./${asked}`, page.url()).href);
      const plan = await train(page);
      await waitForState(page, "Finished");
      return plan;
    };
    await train(page);
    await expect.poll(() => readFacts(page, "gemm"), { timeout: 20_000 }).toHaveLength(1);
    const [[key, found] = ["", []]] = await readFacts(page, "gemm");
    const choice = { variant: expect.any(String), parts: 1 };
    expect(found).toContainEqual([expect.stringMatching(/^1x\d+x\d+x\d+ \w+$/), choice]);

    // What is measured differs from time to time; here, nothing but the database would come up with this.
    const planted = (found as [string, unknown][]).map(([product]) => [product, { variant: "reduce", parts: 1 }]);
    await writeFact(page, key, planted);
    expect(await visit(query)).toContain("gemm_reduce");
    const [[, kept] = []] = await readFacts(page, "gemm");
    expect(kept).toEqual(expect.arrayContaining(planted));

    const before = await readFacts(page, "gemm");
    expect(await visit(`${query}&tune=off`)).not.toContain("gemm_reduce");
    expect(await readFacts(page, "gemm")).toEqual(before);

    // What another browser, or this one with other kernels, has learned.
    await writeFact(page, "scope", "Another/1.0 https://example.org/worker-abc.js");
    expect(await visit(`${query}&tune=off`)).not.toContain("gemm_reduce");
    expect(await readFacts(page, "gemm")).toEqual([]);
    expectQuiet(app);
  });
});
