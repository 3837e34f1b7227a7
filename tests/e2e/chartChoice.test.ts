// Which charts are seen: those of metrics that are told of whole splits are chosen by pointer and keyboard, and stay so.
import { describe, expect, it } from "vitest";
import { isFull } from "../support/full";
import { violations } from "./axe";
import { button, expectQuiet, isFocused, useBrowser, waitForState } from "./support";

describe("charts", () => {
  const open = useBrowser("none");

  it("of whole splits are chosen, say what they wait for, and stay after a reload", async () => {
    const app = await open({ query: "?preset=xor" });
    const { page } = app;
    const chosen = page.getByRole("figure", { name: "Macro F1 chart" });
    const choose = button(page, "Choose charts");
    const check = (title: string) => page.getByRole("checkbox", { name: title });
    await waitForState(page, "Ready");
    expect(await chosen.count()).toBe(0);
    await choose.press("Enter");
    await check("Macro F1").check();
    if (isFull) expect(await violations(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await expect.poll(() => isFocused(choose)).toBe(true);
    await button(page, "Train").click();
    await waitForState(page, "Finished");
    // Nothing is held out of four samples.
    await chosen.getByText("Hold samples out for validation, under Training").waitFor();
    expect(await chosen.getByRole("list", { name: "Legend" }).innerText()).toMatch(/^Test\s+100\.00%$/);
    await page.reload();
    await chosen.waitFor();
    await choose.click();
    await check("Loss").uncheck();
    await check("Accuracy").uncheck();
    expect(await check("Macro F1").isDisabled()).toBe(true);
    await check("Loss").check();
    await check("Macro F1").uncheck();
    expect(await page.getByRole("figure", { name: /chart$/ }).count()).toBe(1);
    expectQuiet(app);
  });
});
