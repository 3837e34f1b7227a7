// Building a model with the mouse: adding, ordering, repairing, taking back.
import type { Page } from "playwright-core";
import { afterEach, describe, expect, it } from "vitest";
import { containers } from "../../src/engine/nn/containers";
import { layers } from "../../src/engine/nn/layers";
import { everyDay, isFull } from "../support/full";
import {
  button,
  card,
  cards,
  drag,
  expectQuiet,
  layerTypes,
  isFocused,
  showPart,
  startOver,
  useBrowser,
  useVisit,
  waitForState,
  waitForStatus,
} from "./support";

describe("a stack of layers", () => {
  const visit = useVisit("none", "", (page) => waitForState(page, "Ready"));
  afterEach(() => startOver(visit().page));

  it("adds by click behind the selected layer, else in front of the output, and nowhere where it does not fit", async () => {
    const { page } = visit();
    await button(page, "Conv2D").click();
    await expect.poll(() => layerTypes(page)).toEqual(["Conv2D", "Flatten", "Dense", "Dense"]);
    await expect.poll(() => page.getByRole("group", { name: "Problems" }).count()).toBe(0);
    await button(page, "Undo").click();
    await button(page, "Dropout").click();
    await expect.poll(() => layerTypes(page)).toEqual(["Flatten", "Dense", "Dropout", "Dense"]);
    await button(page, "Dense").click();
    expect(await layerTypes(page), "behind the one that was added").toEqual([
      ...["Flatten", "Dense", "Dropout", "Dense", "Dense"],
    ]);
    await card(page, 1)
      .getByRole("button", { name: /128 relu/ })
      .click();
    await button(page, "Dropout").click();
    await expect
      .poll(() => layerTypes(page), { message: "behind the one that is selected" })
      .toEqual(["Flatten", "Dense", "Dropout", "Dropout", "Dense", "Dense"]);
    // What would be an error wherever it is changes nothing, unless it is wanted all the same.
    await button(page, "Embedding").click();
    const refusal = page.getByRole("alert").filter({ hasText: /^Embedding was not added.* needs indices/ });
    await refusal.waitFor();
    expect(await layerTypes(page)).not.toContain("Embedding");
    await button(refusal, "Add it anyway").click();
    await expect.poll(() => layerTypes(page)).toContain("Embedding");
    // What a broken model comes to is not known, and not 0; neither is what its layer has.
    expect(await page.getByText("? params", { exact: true }).count()).toBeGreaterThan(1);
    await refusal.waitFor({ state: "detached" });
  });

  it("finds layers by name, group and what they do, and adds the first at Enter", async () => {
    const app = visit();
    const { page } = app;
    const palette = page.getByRole("region", { name: "Layers" });
    const found = palette.getByRole("group").getByRole("button");
    const search = palette.getByRole("searchbox", { name: "Find a layer" });
    await search.fill("pooling 2d");
    const pooling = Object.keys(layers).filter((name) => name.endsWith("Pooling2D"));
    expect(pooling.length).toBeGreaterThan(2);
    expect(await found.allInnerTexts()).toHaveLength(pooling.length);
    await search.fill("overfit");
    await palette.getByText("No layer like that.").waitFor();
    await search.fill("regular");
    await search.press("Enter");
    expect(await layerTypes(page)).toEqual(["Flatten", "Dense", "Dropout", "Dense"]);
    expect(await search.inputValue()).toBe("");
    await search.press("Enter");
    expect(await cards(page).count(), "without a search Enter adds nothing").toBe(4);
    await search.fill("dense");
    await search.press("Escape");
    expect(await found.count()).toBeGreaterThan(10);
    expectQuiet(app);
  });

  it("takes layers dragged from the palette where they are dropped, from a quick hand too, and none that is dropped outside", async () => {
    const app = visit();
    const { page } = app;
    await drag(page, button(page, "Dropout"), page.getByRole("region", { name: "Curves" }), "below");
    await expect.poll(() => layerTypes(page)).toEqual(["Flatten", "Dense", "Dense"]);
    await drag(page, button(page, "Dropout"), card(page, 2), "above");
    await expect.poll(() => layerTypes(page)).toEqual(["Flatten", "Dense", "Dropout", "Dense"]);
    await drag(page, button(page, "Dense"), card(page, 0), "below");
    await expect.poll(() => layerTypes(page)).toEqual(["Flatten", "Dense", "Dense", "Dropout", "Dense"]);
    await button(page, "Undo").click();
    await button(page, "Undo").click();
    await expect.poll(() => layerTypes(page)).toEqual(["Flatten", "Dense", "Dense"]);
    // It is over its target at once.
    await button(page, "Dropout").dragTo(card(page, 2), { targetPosition: { x: 60, y: 5 } });
    await expect.poll(() => layerTypes(page)).toEqual(["Flatten", "Dense", "Dropout", "Dense"]);
    await card(page, 3).dragTo(card(page, 0), { targetPosition: { x: 60, y: 5 } });
    await expect.poll(() => layerTypes(page)).toEqual(["Dense", "Flatten", "Dense", "Dropout"]);
    expectQuiet(app);
  });

  it("pins an error to its layer, blocks Train with the reason, and repairs it or a setting as one step to take back", async () => {
    const app = visit();
    const { page } = app;
    await button(page, "Remove flatten").click();
    await card(page, 0).getByText("needs a flat input, but the input gives 28×28×1").waitFor();
    await expect.poll(() => button(page, "Train").isDisabled()).toBe(true);
    await page
      .getByRole("region", { name: "Transport" })
      .getByText(/^Cannot train: Dense "dense" needs a flat input/)
      .waitFor();
    await card(page, 0).getByRole("button", { name: "Insert Flatten" }).click();
    await expect.poll(() => layerTypes(page)).toEqual(["Flatten", "Dense", "Dense"]);
    await expect.poll(() => button(page, "Train").isEnabled()).toBe(true);

    await card(page, 2)
      .getByRole("button", { name: /10 softmax/ })
      .click();
    const units = page.getByRole("textbox", { name: "Units" });
    await units.fill("9");
    await units.press("Enter");
    await card(page, 2)
      .getByText(/needs one output per class, 10, but the model gives 9/)
      .waitFor();
    const fix = card(page, 2).getByRole("button", { name: "Set units to 10" });
    await fix.click();
    await expect.poll(() => card(page, 2).innerText()).toContain("128 → 10");
    await expect.poll(() => fix.count()).toBe(0);
    await waitForState(page, "Ready");
    await button(page, "Undo").click();
    await expect.poll(() => card(page, 2).innerText()).toContain("128 → 9");
    await fix.waitFor();
    expectQuiet(app);
  });

  it("keeps the last good setting, and takes back and does again the typing of a number as one step", async () => {
    const { page } = visit();
    await card(page, 1)
      .getByRole("button", { name: /128 relu/ })
      .click();
    const units = page.getByRole("textbox", { name: "Units" });
    await units.fill("9999");
    await page.getByText("Expected a whole number from 1 to 4,096.").waitFor();
    await expect.poll(() => card(page, 1).innerText()).toContain("784 → 128");
    await units.fill("");
    await units.pressSequentially("256", { delay: 30 });
    await units.press("Enter");
    await expect.poll(() => card(page, 1).innerText()).toContain("784 → 256");
    await expect.poll(() => units.inputValue()).toBe("256");
    // In the field too, once its text has taken effect; while typing, the keys are the field's own.
    await page.keyboard.press("Control+z");
    await expect.poll(() => card(page, 1).innerText()).toContain("784 → 128");
    await expect.poll(() => units.inputValue()).toBe("128");
    await page.keyboard.press("Control+Shift+z");
    await units.press("End");
    await units.press("5");
    await page.keyboard.press("Control+z");
    await expect.poll(() => card(page, 1).innerText()).toContain("784 → 256");
    await units.press("Escape");
    await card(page, 1)
      .getByRole("button", { name: /256 relu/ })
      .focus();
    await page.keyboard.press("Control+z");
    await expect.poll(() => card(page, 1).innerText()).toContain("784 → 128");
    await page.keyboard.press("Control+Shift+z");
    await expect.poll(() => card(page, 1).innerText()).toContain("784 → 256");
    await page.keyboard.press("Control+z");
    await page.keyboard.press("Control+y");
    await expect.poll(() => card(page, 1).innerText()).toContain("784 → 256");
  });
});

describe("building a model", () => {
  const open = useBrowser("none");

  it("shows each layer with its shapes and parameters, and takes drags of them as one step to take back each", async () => {
    const { page } = await open({ query: "?preset=convnet", allThreads: true });
    const items = page.getByRole("list", { name: "Model", exact: true }).getByRole("listitem");
    await expect.poll(() => items.first().innerText()).toContain("Input 28×28×1");
    const first = await card(page, 0).innerText();
    for (const fact of ["Conv2D", "28×28×1 → 26×26×32", "320 params"]) expect(first).toContain(fact);
    // The name by which messages call it.
    await expect.poll(() => card(page, 2).innerText()).toContain("conv2d_1");
    const palette = page.getByRole("region", { name: "Layers" });
    const texts = await palette.getByRole("group").getByRole("button").allInnerTexts();
    const names = [...Object.keys(layers), ...Object.keys(containers)];
    expect(texts.map((text) => text.split("\n").at(-1)).toSorted()).toEqual(names.toSorted());

    await page.reload();
    await expect.poll(() => cards(page).count(), { message: "the preset that the address asked for" }).toBe(8);
    expect(new URL(page.url()).search).toBe("");

    const before = await layerTypes(page);
    await drag(page, card(page, 0), card(page, 3), "below");
    await expect.poll(() => layerTypes(page)).toEqual([...before.slice(1, 4), before[0], ...before.slice(4)]);
    await drag(page, card(page, 3), card(page, 0), "above");
    await expect.poll(() => layerTypes(page)).toEqual(before);
    await button(page, "Undo").click();
    expect((await layerTypes(page))[0]).toBe("MaxPooling2D");
  });

  it("keeps each tab's own model after a reload, and says in a tab when the next visit finds another's", async () => {
    const { page, context } = await open();
    const notice = (tab: Page) => tab.getByRole("status").getByText(/^Another tab edited its model last/);
    const other = await context.newPage();
    await other.goto(new URL(".", page.url()).href);
    await cards(other).first().waitFor();
    await button(page, "Conv2D").click();
    await notice(other).waitFor();
    await expect.poll(() => notice(page).count()).toBe(0);
    await button(other, "Dropout").click();
    await notice(page).waitFor();
    await notice(other).waitFor({ state: "detached" });

    await page.reload();
    await notice(page).waitFor();
    await expect.poll(() => layerTypes(page)).toEqual(["Conv2D", "Flatten", "Dense", "Dense"]);
    await expect
      .poll(() => page.getByRole("combobox", { name: "Preset" }).locator("option:checked").innerText())
      .toBe("Perceptron (edited)");
    // Every day the one that the notice is about; in full the other one too, and what the next visit finds.
    if (!isFull) return;
    await other.reload();
    await cards(other).first().waitFor();
    await expect.poll(() => layerTypes(other)).toEqual(["Flatten", "Dense", "Dropout", "Dense"]);
    await expect.poll(() => notice(other).count()).toBe(0);
    const next = await context.newPage();
    await next.goto(new URL(".", page.url()).href);
    await cards(next).first().waitFor();
    await expect.poll(() => layerTypes(next)).toEqual(["Flatten", "Dense", "Dropout", "Dense"]);
  });

  it("does what the list of things to try says", async () => {
    const { page } = await open();
    const list = page.getByRole("region", { name: "Try this" });
    await list.getByRole("button", { name: /Break it/ }).click();
    const rate = page.getByRole("textbox", { name: "Learning rate" });
    await expect.poll(() => rate.inputValue()).toBe("3");
    await expect.poll(() => rate.evaluate((input) => input === document.activeElement)).toBe(true);
    await showPart(page, "Model");
    await list.getByRole("button", { name: /Add Dropout/ }).click();
    await expect.poll(() => layerTypes(page)).toEqual(["Flatten", "Dense", "Dropout", "Dense"]);
    await expect.poll(() => isFocused(page.getByRole("textbox", { name: "Rate" }))).toBe(true);
    await button(list, "Dismiss the list").click();
    await list.waitFor({ state: "detached" });
    await page.reload();
    await cards(page).first().waitFor();
    await list.waitFor({ state: "detached" });
  });

  it.each(
    everyDay(
      [["Train the perceptron", 3, "Train a convnet", 8, "Perceptron"] as const],
      [
        ["Train the perceptron", 3, "Train a convnet", 8, "Perceptron"] as const,
        ["Train a convnet", 8, "Train the perceptron", 3, "Convnet"] as const,
      ],
    ),
  )(
    "does at once what it says, in the place of a run of another model too: %s",
    async (title, count, next, then, ended) => {
      const app = await open();
      const { page } = app;
      const list = page.getByRole("region", { name: "Try this" });
      const expectTraining = async (layersThen: number): Promise<void> => {
        await waitForStatus(page, ({ state, step }) => state === "Training" && step > 0);
        await expect.poll(() => cards(page).count()).toBe(layersThen);
        await expect.poll(() => isFocused(button(page, "Pause"))).toBe(true);
      };
      await list.getByRole("button", { name: title }).click();
      await expectTraining(count);
      await list.getByRole("button", { name: next }).click();
      await page.getByText(new RegExp(`^The run of ${ended} ended at step`)).waitFor();
      await expectTraining(then);
      await expect.poll(() => button(page, "Apply and restart").count()).toBe(0);
      expectQuiet(app);
    },
  );
});
