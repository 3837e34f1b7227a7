// The agents' views in a browser: the scene plays, arrows and values are told, and the map is changed by mouse and keyboard.
import { describe, expect, it } from "vitest";
import { useBrowser } from "./support";

describe("agents", () => {
  const open = useBrowser("none");

  it("plays the cart's episodes, and changes the grid's map", async () => {
    const cart = await open({ query: "?preset=cart-pole" });
    await cart.page.getByRole("img", { name: /^The agent in its world/ }).waitFor();
    await cart.page.close();
    const { page } = await open({ query: "?preset=grid-world" });
    const values = page.getByRole("list", { name: "What it would do in each cell, and what it expects" });
    await values.waitFor({ state: "attached" });
    const free = await values.getByRole("listitem").count();
    await page.getByRole("button", { name: "Edit the map" }).click();
    await page.getByRole("button", { name: "row 2, column 1: Free" }).click();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "row 3, column 1: Wall" }).waitFor();
    await page.getByRole("button", { name: "Use this map" }).click();
    await expect.poll(() => values.getByRole("listitem").count()).toBe(free - 2);
    await page.getByRole("button", { name: "Undo" }).click();
    await expect.poll(() => values.getByRole("listitem").count()).toBe(free);
  });
});
