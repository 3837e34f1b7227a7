// Moving digits: clips play, stop and go frame by frame, and mistakes show their frames.
import { describe, expect, it } from "vitest";
import { saveScreenshot } from "../support/browser";
import { button, expectQuiet, useBrowser, waitForState, waitForStatus } from "./support";

describe("moving digits", () => {
  const open = useBrowser("none");

  it("plays clips, stops at a frame, and shows the frames of a mistake", { timeout: 240_000 }, async () => {
    const app = await open({ query: "?preset=cnn-rnn" });
    const { page } = app;
    await waitForState(page, "Ready");
    const frame = page.locator("[data-frame]");
    const read = () => frame.getAttribute("data-frame");
    const first = await read();
    await expect.poll(read).not.toBe(first);
    await button(page, "Pause the clips").click();
    const slider = page.getByRole("slider", { name: "Frame of the clips" });
    await slider.focus();
    await page.keyboard.press("Home");
    expect(await read()).toBe("0");
    await page.keyboard.press("ArrowRight");
    expect(await read()).toBe("1");
    await page.getByText("2 / 8").waitFor();

    await button(page, "Train").click();
    await waitForStatus(page, ({ step }) => step > 2);
    await button(page, "Stop").click();
    await waitForState(page, "Stopped");
    await page.getByRole("tab", { name: "Mistakes" }).click();
    await page.getByRole("img", { name: "The 8 frames of the clip, one after the other" }).waitFor();
    const images = page.getByRole("group", { name: "Images that are chosen" }).getByRole("button");
    await expect.poll(() => images.count()).toBeGreaterThan(10);
    await saveScreenshot(page, "clips-mistakes");
    expectQuiet(app);
  });
});
