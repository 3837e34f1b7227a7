// The profile in the page: every launch of a step with its layer and its time, while the run goes on.
import { describe, expect, it } from "vitest";
import { everyDay } from "../support/full";
import { button, expectQuiet, profileStep, useBrowser, waitForState, waitForStatus, type Open } from "./support";

const results = "Results";

async function expectProfile(open: Open, query: string): Promise<void> {
  const lines: string[] = [];
  const app = await open({
    query,
    // Where the table is narrow, a layer and its operations are lines of their own.
    viewport: { width: 1024, height: 768 },
    before: async (page) => void page.on("console", (message) => lines.push(message.text())),
  });
  const { page } = app;
  await waitForState(page, "Ready");
  await button(page, "Train").click();
  await waitForStatus(page, ({ step }) => step > 3);
  await page.getByRole("region", { name: results }).getByRole("tab", { name: "Profile", exact: true }).click();
  const rows = await profileStep(page);
  // Whoever pressed it with the keyboard is still there.
  const isFocused = await button(page, "Profile again").evaluate((element) => element === document.activeElement);
  expect(isFocused).toBe(true);

  // The address asked for the plan in the console: a line for each launch, after the header.
  const printed = lines.find((text) => text.startsWith("#")) ?? "";
  const launches = printed.split("\n").filter((line) => /^\d/.test(line));
  expect(launches.length).toBeGreaterThan(2);
  expect(rows).toHaveLength(launches.length);
  const [places, names, times, shares] = [0, 1, 2, 3].map((column) => rows.map((row) => row[column] ?? ""));
  expect(places).toEqual(launches.map((_, i) => String(i + 1)));
  for (const [i, name] of (names ?? []).entries()) {
    for (const word of name.split("\n")) if (word !== "–") expect(launches[i]).toContain(word);
  }
  for (const layer of ["dense", "dense_1", "optimizer"]) {
    expect(names?.some((name) => name.includes(layer))).toBe(true);
  }
  expect(times?.every((text) => Number(text) >= 0)).toBe(true);
  expect(times?.some((text) => Number(text) > 0)).toBe(true);
  const total = (shares ?? []).reduce((sum, text) => sum + parseFloat(text), 0);
  expect(Math.abs(total - 100)).toBeLessThan(0.05 * rows.length + 0.1);

  // The way back is told from the way there, and a row opens to all that its launch does.
  const back = page.getByRole("row").filter({ hasText: "grad dense" }).first();
  await back.locator("summary").click();
  await back.getByText(/matmul.*; [\d.]+ [kM]FLOP; kernel /).waitFor();

  const { step } = await waitForStatus(page, ({ state }) => state === "Training");
  await waitForStatus(page, (status) => status.step > step);

  await page.getByText("By time", { exact: true }).click();
  const sorted = await page
    .getByRole("table", { name: "Launches of a training step" })
    .locator("td:nth-child(3)")
    .allInnerTexts();
  expect(sorted.map(Number)).toEqual((times ?? []).map(Number).toSorted((a, b) => b - a));
  expectQuiet(app);
}

describe.each(
  // A software adapter takes long to compile.
  everyDay(
    [["none", "CPU", "?backend=cpu&preset=convnet&debug=plan"] as const],
    [
      ["none", "CPU", "?backend=cpu&preset=convnet&debug=plan"] as const,
      ["swiftshader", "WebGPU", "?backend=webgpu&debug=plan"] as const,
    ],
  ),
)("with the browser's adapter: %s", (webgpu, backend, query) => {
  const open = useBrowser(webgpu);

  it(`profiles a step on ${backend} while training goes on`, () => expectProfile(open, query));
});

describe("a profile", () => {
  const open = useBrowser("none");

  it("can be cancelled, and goes with its model", async () => {
    const app = await open({ query: "?preset=convnet" });
    const { page } = app;
    await waitForState(page, "Ready");
    const region = page.getByRole("region", { name: results });
    await region.getByRole("tab", { name: "Profile", exact: true }).click();
    const launches = page.getByRole("table", { name: "Launches of a training step" }).locator("tbody tr");
    await launches.first().waitFor();
    await expect.poll(() => region.getByText("–", { exact: true }).count()).toBeGreaterThan(10);
    const convnetLaunches = await launches.count();

    // Both at once, since a profile does not take long.
    await page.evaluate(async () => {
      const press = (name: string): void => {
        [...document.querySelectorAll("button")].find(({ textContent }) => textContent === name)?.click();
      };
      press("Profile a step");
      await new Promise(requestAnimationFrame);
      press("Cancel");
    });
    await button(page, "Profile a step").waitFor();
    await expect.poll(() => region.getByText("–", { exact: true }).count()).toBeGreaterThan(10);
    await profileStep(page);

    await page.getByText("The plan as text").click();
    await expect
      .poll(() => page.getByRole("region", { name: "The plan as text" }).innerText())
      .toMatch(/conv2d, add, relu/);

    await page.getByRole("combobox", { name: "Preset" }).selectOption({ label: "XOR" });
    await button(page, "Profile a step").waitFor();
    await expect.poll(() => launches.count()).toBeLessThan(convnetLaunches);
    expectQuiet(app);
  });
});
