// What charts say of learning rates that were changed again and again.
import { describe, expect, it } from "vitest";
import { button, readStatus, showPart, useBrowser, waitForState, waitForStatus } from "./support";

describe("charts", () => {
  const open = useBrowser("none");

  it("name the last of learning rates that were set close together, within the picture", async () => {
    const { page } = await open({ query: "?threads=1" });
    await button(page, "Train").click();
    await waitForStatus(page, ({ step }) => step > 40);
    await showPart(page, "Training");
    const rate = page.getByRole("textbox", { name: "Learning rate" });
    await button(page, "Pause").click();
    await waitForState(page, "Paused");
    for (const value of ["0.003", "0.0003", "0.0001"]) {
      await rate.fill(value);
      await page.waitForTimeout(400);
      const { step } = await readStatus(page);
      await button(page, "Step").click();
      await waitForStatus(page, (status) => status.state === "Paused" && status.step > step);
    }
    for (const title of ["Loss", "Accuracy"]) {
      const figure = page.getByRole("figure", { name: `${title} chart` });
      // As the schedule has it there, a little less than 0.0001.
      const label = figure.getByText(/^lr 0\.000(1|09\d+)$/);
      await label.waitFor();
      expect(await figure.getByText(/^lr /).count()).toBe(1);
      const [words, picture] = [
        await label.boundingBox(),
        await figure.getByRole("img", { name: `${title} over training` }).boundingBox(),
      ];
      if (!words || !picture) throw new Error("The chart and its mark must be on the screen.");
      expect(words.x).toBeGreaterThan(picture.x);
      expect(words.x + words.width).toBeLessThan(picture.x + picture.width);
    }
  });
});
