// Looking into a model: drawing for it, what it confuses, and the samples that are chosen; by mouse, touch and keyboard.
import type { Locator, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { fullTest, isFull } from "../support/full";
import { button, cards, expectQuiet, isFocused, useBrowser, waitForState, waitForStatus } from "./support";

/** Shows a view of the results. */
const showView = (page: Page, name: string): Promise<void> => page.getByRole("tab", { name, exact: true }).click();

/** A finger, from place to place on an element, in shares of its sides. */
async function swipe(on: Locator, places: readonly (readonly [number, number])[]): Promise<void> {
  const box = await on.boundingBox();
  if (!box) throw new Error("What is swiped over must be on the screen.");
  const points = places.map(([x, y]) => ({ x: box.x + x * box.width, y: box.y + y * box.height }));
  const client = await on.page().context().newCDPSession(on.page());
  for (const [i, point] of points.entries()) {
    await client.send("Input.dispatchTouchEvent", { type: i === 0 ? "touchStart" : "touchMove", touchPoints: [point] });
  }
  await client.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
}

/** The same with the mouse. */
async function drawWithMouse(on: Locator, places: readonly (readonly [number, number])[]): Promise<void> {
  const box = await on.boundingBox();
  if (!box) throw new Error("What is drawn on must be on the screen.");
  const { mouse } = on.page();
  for (const [i, [x, y]] of places.entries()) {
    await mouse.move(box.x + x * box.width, box.y + y * box.height, { steps: i === 0 ? 1 : 6 });
    if (i === 0) await mouse.down();
  }
  await mouse.up();
}

/** The loss around the weights, of a plane along the run's checkpoints. */
async function lookAtLandscape(page: Page, results: Locator): Promise<void> {
  await showView(page, "Landscape");
  await results.getByRole("combobox", { name: "How many points" }).selectOption("11");
  await button(page, "Compute the landscape").click();
  await button(page, "Cancel").tap();
  await results.getByText("Random", { exact: true }).tap();
  await button(page, "Compute the landscape").press("Enter");
  const plane = results.getByRole("application", { name: "Plane of losses: arrow keys read it" });
  await results.getByText(/^At 0 across, 0 up: loss 0\.\d+$/).waitFor();
  await plane.press("ArrowRight");
  await results.getByText(/^At 0\.2 across, 0 up: loss /).waitFor();
  await plane.tap({ position: { x: 60, y: 20 } });
  await results.getByText(/^At -0\.\d+ across, 0\.\d+ up: loss /).waitFor();
  await results.getByText(/^The path is that of \d+ kept checkpoints?, /).waitFor();
}

describe("with a model", () => {
  const open = useBrowser("none");

  it("draws for it by mouse, touch and keyboard, and it reads while it learns", async () => {
    const app = await open({ hasTouch: true });
    const { page } = app;
    await waitForState(page, "Ready");
    const layers = await cards(page).count();
    await button(page, "Dense").click();
    await waitForState(page, "Ready");
    await showView(page, "Draw");
    const pad = page.getByRole("application", { name: "Drawing pad" });
    const answer = page.getByRole("list", { name: "What the model takes it for" });
    const results = page.getByRole("region", { name: "Results" });
    const blank = results.getByText("The pad is blank, so there is nothing to read.");
    const reads = results.getByText(/^It reads \d, /);
    await blank.waitFor();
    expect(await answer.getByText("–").count(), "a blank pad is taken for nothing").toBe(10);

    await drawWithMouse(pad, [
      [0.5, 0.1],
      [0.5, 0.9],
    ]);
    await reads.waitFor();
    await pad.press("Control+z");
    await blank.waitFor();
    expect(await cards(page).count(), "the model keeps its layer").toBe(layers + 1);
    await swipe(pad, [
      [0.3, 0.2],
      [0.7, 0.2],
      [0.4, 0.9],
    ]);
    await reads.waitFor();
    await button(page, "Clear the pad").click();
    await blank.waitFor();

    // By keyboard: up to the top, and down with the pen on the pad; digits and letters mean nothing to it.
    await pad.focus();
    for (const key of ["7", "z", "Shift+ArrowUp", "Shift+ArrowUp", "Space"]) await page.keyboard.press(key);
    for (let presses = 0; presses < 20; presses++) await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Space");
    await page.keyboard.press("Shift+ArrowLeft");
    await reads.waitFor();
    const untrained = await answer.innerText();
    await button(page, "Train").click();
    await waitForStatus(page, ({ state, step }) => state === "Training" && step > 100);
    // It is asked again while it learns.
    await expect.poll(() => answer.innerText()).not.toBe(untrained);
    await results.getByText(/^It reads 1, /).waitFor();
    // Kept as a sample, and followed through the layers, which have no class to go back from.
    await results.getByRole("combobox", { name: "What the drawing is meant as" }).selectOption("It is meant as 1");
    await button(page, "Keep it as a sample").click();
    await results.getByText(/^It reads 1 of your 1 drawing as meant\. /).waitFor();
    await button(page, "Follow it through the layers").click();
    await results.getByText(/^What is drawn on the pad, on its way through every layer/).waitFor();
    expect(await results.getByRole("radio", { name: "Gradients" }).isDisabled()).toBe(true);
    await showView(page, "Draw");
    await button(page, "Start from a test image").click();
    await results.getByText(/^It reads 7, /).waitFor();
    await results.getByRole("button", { name: /^A 1, / }).click();
    await results.getByText(/^It reads 1, /).waitFor();
    expectQuiet(app);
  });

  fullTest("lays test samples out as a layer sees them, and chooses them by mouse, touch and keyboard", async () => {
    const app = await open({ hasTouch: true });
    const { page } = app;
    await waitForState(page, "Ready");
    await showView(page, "Embeddings");
    const results = page.getByRole("region", { name: "Results" });
    const chosen = results.getByRole("region", { name: "Samples that are chosen" });
    const plane = results.getByRole("application");
    await results.getByRole("combobox", { name: "How many samples" }).selectOption("500");
    await results.getByText(/^128 numbers of each of 500 test samples, after step 0\. Across: \d+%/).waitFor();

    await plane.focus();
    for (const key of ["ArrowRight", "ArrowDown", "Enter"]) await page.keyboard.press(key);
    await expect.poll(() => plane.getAttribute("aria-label")).toMatch(/^A sample of \d, taken for \d$/);
    await chosen.getByText("1 of 1", { exact: true }).waitFor();
    await results.getByRole("button", { name: "Choose with these" }).tap();
    await chosen.getByText("1 of 11", { exact: true }).waitFor();

    const around = [
      [0.01, 0.01],
      [0.99, 0.01],
      [0.99, 0.99],
      [0.01, 0.99],
    ] as const;
    await drawWithMouse(plane, around);
    await chosen.getByText(/^1 of 4\d\d$|^1 of 500$/).waitFor();
    await button(page, "Clear").click();
    await plane.scrollIntoViewIfNeeded();
    await swipe(plane, [
      [0.1, 0.1],
      [0.9, 0.1],
      [0.9, 0.4],
      [0.1, 0.4],
    ]);
    await chosen.getByText(/^1 of \d+$/).waitFor();

    await results.getByText("UMAP", { exact: true }).click();
    await button(page, "Lay out").click();
    await button(page, "Cancel").click();
    await button(page, "Lay out").click();
    await results.getByText("of dense after step 0", { exact: true }).waitFor();
    // Followed while it learns.
    await results.getByText("PCA", { exact: true }).click();
    await button(page, "Train").click();
    await results.getByText(/test samples, after step [1-9][\d,]*\. Across/).waitFor();
    await button(page, "Pause").click();

    // How a number of a layer is computed, and how the layers are.
    await showView(page, "Layers");
    // In short where the pointer or the focus is, and at length where it is pressed.
    await results.locator("li", { hasText: "dense_1" }).locator("canvas").hover();
    const short = page.getByRole("tooltip");
    await short.getByText(/^dense_1, number \d+ of 10: /).waitFor();
    await short.getByText(/^\S+ × \S+ = \S+; /).waitFor();
    const followed = results.getByRole("radiogroup", { name: "What is followed through the network" });
    await followed.getByText("Gradients").click();
    await results.getByText(/^The way back: how the loss of this sample, a 7, changes /).waitFor();
    await results.getByText("10 before its activation", { exact: true }).waitFor();
    await followed.getByText("Outputs").click();
    await button(page, "How is a number of dense_1 computed?").press("Enter");
    const panel = results.getByRole("region", { name: "How a number of dense_1 is computed" });
    await panel.getByText(/^\d+ products add up to \S+; with .* Then softmax: e to the power of /).waitFor();
    expect(await panel.getByRole("table", { name: "The largest products" }).getByRole("row").count()).toBe(10);
    const told = await panel.innerText();
    await panel.getByRole("textbox", { name: "Number of 10" }).press("ArrowUp");
    await panel.getByRole("textbox", { name: "Number of 10" }).press("ArrowDown");
    await panel.getByRole("textbox", { name: "Number of 10" }).fill("1");
    await panel.getByRole("textbox", { name: "Number of 10" }).fill("2");
    await expect.poll(() => panel.innerText()).not.toBe(told);
    await showView(page, "Gradients");
    await button(page, "Check gradients").click();
    const gradients = results.getByRole("table", { name: "Gradients by variable" });
    await expect.poll(() => gradients.getByRole("row").count()).toBe(5);
    await gradients.getByRole("row", { name: /^dense_1\/bias 5 of 10 / }).waitFor();
    await results.getByText(/^They (agree|nearly agree|differ): .* 20 of 101,770 parameters/).waitFor();
    await showView(page, "Health");
    const health = results.getByRole("table", { name: "Health by layer" });
    await expect.poll(() => health.getByRole("row").count()).toBe(4);

    // Weights as pictures: a unit is chosen by mouse, by touch, by keyboard and by its number.
    await showView(page, "Weights");
    const units = results.getByRole("radiogroup", { name: "Choose a unit" });
    const closely = results.getByRole("region", { name: "The chosen unit" });
    const number = closely.getByRole("textbox", { name: "Unit of 128" });
    await units.getByRole("radio", { name: /^Unit 3, from -/ }).click();
    expect(await number.inputValue()).toBe("3");
    await units.getByRole("radio", { name: /^Unit 5, / }).tap();
    await page.keyboard.press("ArrowRight");
    expect(await number.inputValue()).toBe("6");
    expect(await isFocused(units.getByRole("radio", { name: /^Unit 6, / }))).toBe(true);
    // What excites it: images, which are chosen for all views.
    await closely.getByText("What excites it", { exact: true }).click();
    await closely.getByText(/^Made for it: \d/).waitFor();
    await closely
      .getByRole("button", { name: /^A \d, for which it gives / })
      .nth(1)
      .tap();
    await showView(page, "Confusion");
    await chosen.getByText("Images that excite unit 6, the most exciting first").waitFor();
    await chosen.getByText("2 of 8", { exact: true }).waitFor();
    await button(page, "Clear").click();
    await showView(page, "Weights");
    await number.fill("100");
    await results.getByText(/^Units 65 to 128 of 128, after step /).waitFor();
    await results.getByRole("combobox", { name: "Weights of" }).selectOption({ label: "dense_1/kernel (128×10)" });
    await results.getByRole("img", { name: "dense_1/kernel: 128 inputs down, 10 units across" }).click();
    await expect.poll(() => closely.getByRole("textbox", { name: "Unit of 10" }).inputValue()).toBe("6");
    await results.getByText("All units in numbers", { exact: true }).click();
    await expect
      .poll(() => results.getByRole("region", { name: "All units in numbers" }).getByRole("row").count())
      .toBe(11);
    expectQuiet(app);
  });

  it("shows what it confuses, and the samples that are chosen in every view", async () => {
    const app = await open({ hasTouch: true });
    const { page } = app;
    await waitForState(page, "Ready");
    const results = page.getByRole("region", { name: "Results" });
    const chosen = results.getByRole("region", { name: "Samples that are chosen" });
    const images = chosen.getByRole("group", { name: "Images that are chosen" }).getByRole("button");
    const matrix = results.getByRole("table", { name: "Confusion" });
    const countIn = async (): Promise<number> =>
      (await matrix.getByRole("button").allInnerTexts()).reduce((sum, text) => sum + Number(text.replace(",", "")), 0);
    await showView(page, "Confusion");
    await results.getByText("5,000 validation samples, after step 0").waitFor();
    expect(await countIn()).toBe(5000);

    // At each validation it is told anew, and at the end of the test set.
    await button(page, "Train").click();
    await results.getByText(/^5,000 validation samples, after step 8\d\d$/).waitFor();
    await button(page, "Stop").click();
    await results.getByText(/^10,000 test samples, after step /).waitFor();
    expect(await countIn()).toBe(10_000);

    // By keyboard from cell to cell, and into one.
    await matrix.getByRole("button", { name: /^0 taken for 0: / }).focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowRight");
    const ones = matrix.getByRole("button", { name: /^1 taken for 1: / });
    expect(await isFocused(ones)).toBe(true);
    const [, count] = /: ([\d,]+) of/.exec((await ones.getAttribute("aria-label")) ?? "") ?? [];
    await page.keyboard.press("Enter");
    await chosen.getByText("1, read right, the surest first").waitFor();
    await chosen.getByText(`1 of ${count}`).waitFor();
    await expect.poll(() => images.count()).toBe(40);

    // By touch: what is wrong, one after the other.
    await results.getByRole("button", { name: /^Wrong: / }).tap();
    await chosen.getByText("Wrong answers, the surest first").waitFor();
    await expect.poll(() => images.first().getAttribute("aria-label")).toMatch(/^A \d; the model says \d, .*sure$/);
    await button(page, "Next sample").tap();
    await chosen.getByText(/^2 of /).waitFor();
    const looked = await images.nth(1).getAttribute("aria-label");
    expect(await images.nth(1).getAttribute("aria-pressed")).toBe("true");

    // Everywhere the same.
    await showView(page, "Predictions");
    await chosen.getByText(String(looked), { exact: true }).waitFor();
    await showView(page, "Mistakes");
    await chosen.getByText(String(looked), { exact: true }).waitFor();
    await results.getByRole("button", { name: /^Worst: / }).click();
    await chosen.getByText("Wrong answers, the greatest loss first").waitFor();
    // What is forgotten is chosen for all views too.
    await showView(page, "History");
    await results.getByText(/^\d validations? of 5,000 samples: \d\d\.\d+% are right after step /).waitFor();
    await results.getByRole("button", { name: /^Never learnt: / }).tap();
    const learnt = results.getByRole("table", { name: "Samples and when they were right" });
    await learnt
      .getByRole("button", { name: /^Look at training sample / })
      .nth(1)
      .press("Enter");
    await chosen.getByText("Samples never learnt, the greatest loss first").waitFor();
    await chosen.getByText(/^2 of /).waitFor();
    await learnt.getByRole("row", { name: /never/ }).first().waitFor();
    if (isFull) await lookAtLandscape(page, results);
    await showView(page, "Layers");
    await results.getByRole("heading", { name: "dense_1" }).waitFor();
    await results
      .getByText(/^from \S+ to \S+$/)
      .first()
      .waitFor();
    // Above a view that follows one sample, the way to the others.
    await button(page, "Next sample").tap();
    await chosen.getByText(/^3 of /).waitFor();
    await showView(page, "Confusion");
    await button(page, "Look at the samples of 3").press("Enter");
    await chosen.getByText("All samples of 3, the surest answers first").waitFor();
    // What a step was trained on, of which nothing was scored with the split.
    await page.getByRole("slider", { name: "Read loss" }).press("Home");
    await page.keyboard.press("Enter");
    await button(page, "Choose what it was trained on").click();
    await chosen.getByText("What step 1 was trained on, the worst read first").waitFor();
    await expect.poll(() => images.first().getAttribute("aria-label")).toMatch(/^A \d; the model says \d, .*sure$/);
    await showView(page, "Why");
    await results.getByText(/^The attributions add up to \S+, .*: 0\.\d+% off/).waitFor();
    await results.getByText("Occlusion", { exact: true }).tap();
    const covered = results.getByText(/^With the window covered here the score is /);
    const window = results.getByRole("application", { name: "Window over the image" });
    await covered.waitFor();
    await window.press("ArrowUp");
    const byKey = await covered.innerText();
    await window.click({ position: { x: 20, y: 150 } });
    await expect.poll(() => covered.innerText()).not.toBe(byKey);
    await results.getByRole("table", { name: "By parts of the image" }).waitFor();
    await showView(page, "Draw");
    await button(page, "Start from the chosen image").click();
    await results.getByText(/^It reads \d, /).waitFor();
    await showView(page, "Calibration");
    await expect
      .poll(() => results.getByRole("table", { name: "Calibration" }).getByRole("row").count())
      .toBeGreaterThan(3);

    // Two classes have a threshold; samples of another dataset are not chosen any more.
    await page.getByRole("combobox", { name: "Preset" }).selectOption("xor");
    await waitForState(page, "Ready");
    await showView(page, "Confusion");
    await results.getByText(/^4 test samples, after step 0$/).waitFor();
    expect(await chosen.count()).toBe(0);
    const threshold = results.getByRole("region", { name: "Threshold" });
    await threshold.getByRole("slider", { name: "Threshold" }).press("Home");
    await threshold
      .getByText(/^Taken for 1 from 0.00 on: precision 50.0%, recall 100.0%, 100.0% of the others/)
      .waitFor();
    expectQuiet(app);
  });
});
