// Choosing one preset after the other, each of which is ready to train.
import { describe, expect, it } from "vitest";
import { cards, expectQuiet, useBrowser, waitForState } from "./support";

describe("building a model", () => {
  const open = useBrowser("none");

  it("loads each preset, ready to train", async () => {
    const app = await open();
    const { page } = app;
    const preset = page.getByRole("combobox", { name: "Preset" });
    for (const [id, count] of [
      ["two-hidden", 4],
      ["convnet", 8],
      ["convnet-dropout", 9],
      ["xor", 2],
      ["perceptron", 3],
    ] as const) {
      await preset.selectOption(id);
      await expect.poll(() => cards(page).count()).toBe(count);
      await page.waitForTimeout(450);
      await waitForState(page, "Ready");
    }
    expectQuiet(app);
  });
});
