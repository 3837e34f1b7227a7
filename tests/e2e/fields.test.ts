// Typing into the fields of the settings: what takes effect, when, and what is said of what does not.
import type { Locator, Page } from "playwright-core";
import { afterEach, describe, expect, it } from "vitest";
import {
  button,
  card,
  expectQuiet,
  readStatus,
  reloadWithDraft,
  showPart,
  startOver,
  useBrowser,
  useVisit,
  waitForRateMark,
  waitForState,
  waitForStatus,
} from "./support";

const field = (page: Page, name: string): Locator => page.getByRole("textbox", { name, exact: true });

/** Types as slowly as it takes for every key to have its effect, if it had one. */
async function typeSlowly(input: Locator, text: string): Promise<void> {
  await input.fill("");
  await input.pressSequentially(text, { delay: 350 });
}

describe("a typed number", () => {
  const visit = useVisit("none", "", async (page) => {
    await showPart(page, "Training");
    await waitForState(page, "Ready");
  });
  afterEach(() => startOver(visit().page));

  it("takes effect when it is done, and not on the way there", async () => {
    const app = visit();
    const { page } = app;
    await button(page, "Train").click();
    await waitForStatus(page, ({ step }) => step > 3);
    await typeSlowly(field(page, "Learning rate"), "1e-4");
    await field(page, "Learning rate").press("Enter");
    const chart = page.getByRole("figure", { name: "Loss chart" });
    await waitForRateMark(chart, 1e-4);
    await expect.poll(() => field(page, "Learning rate").inputValue()).toBe("0.0001");
    await button(page, "Undo").click();
    await expect.poll(() => field(page, "Learning rate").inputValue()).toBe("0.002");
    expect(await button(page, "Undo").getAttribute("aria-disabled")).toBe("true");
    expectQuiet(app);
  });

  it("is one step to take back, goes back on Escape, and is what arrow keys and slider go on from", async () => {
    const { page } = visit();
    const [rate, batch, epochs] = [field(page, "Learning rate"), field(page, "Batch size"), field(page, "Epochs")];
    for (const text of ["0.004", "0.005"]) {
      await rate.fill(text);
      await rate.press("Enter");
    }
    await button(page, "Undo").click();
    await expect.poll(() => rate.inputValue(), { message: "however quickly the next one follows" }).toBe("0.004");

    await batch.fill("16");
    await batch.press("Escape");
    await expect.poll(() => batch.inputValue()).toBe("64");
    await batch.blur();
    await expect.poll(() => batch.inputValue()).toBe("64");

    await epochs.fill("7");
    await epochs.press("ArrowUp");
    await expect.poll(() => epochs.inputValue()).toBe("8");
    await button(page, "Undo").click();
    await expect.poll(() => epochs.inputValue()).toBe("5");

    // The slider shows the value, also between its own stops.
    const settings = page.getByRole("region", { name: "Training settings" });
    await page.getByRole("slider", { name: "Learning rate, slider" }).focus();
    await settings.getByText("0.004", { exact: true }).waitFor();
    await page.keyboard.press("ArrowRight");
    await settings.getByText("0.01", { exact: true }).waitFor();
    await expect.poll(() => rate.inputValue()).toBe("0.01");
  });

  it("is refused where it cannot be, which is said, and changes nothing", async () => {
    const { page } = visit();
    for (const [name, before, text, expected] of [
      ["Learning rate", "0.002", "1e999", "a number from 0 to 10"],
      ["Batch size", "64", "60000", "a whole number from 1 to 16,384"],
      ["Batch size", "64", "1.5", "a whole number from 1 to 16,384"],
      ["Seed", "1", "1e30", "a whole number from 0 to 4,294,967,295"],
      ["Validation samples", "5000", "60000", "a whole number from 0 to 59,999"],
    ] as const) {
      const input = field(page, name);
      await input.fill("");
      await input.pressSequentially(text);
      await page.getByText(`Expected ${expected}.`).waitFor();
      await input.press("Enter");
      expect(await input.inputValue(), "Enter leaves the text to be mended").toBe(text);
      await input.blur();
      await expect.poll(() => input.inputValue()).toBe(before);
      const refusal = page.getByText(`${text} was not used: expected ${expected}.`);
      await refusal.waitFor();
      expect(await button(page, "Undo").getAttribute("aria-disabled"), "nothing was changed").toBe("true");
      await input.press("1");
      expect(await refusal.count(), "until the next edit").toBe(0);
      await input.press("Escape");
    }
  });

  it("counts when Train is pressed while it is being typed", async () => {
    const app = visit();
    const { page } = app;
    await field(page, "Learning rate").fill("0");
    await button(page, "Train").click();
    await waitForStatus(page, ({ step }) => step > 100);
    await button(page, "Stop").click();
    await waitForState(page, "Stopped");
    const score = await page.getByRole("group", { name: "Test score" }).getByText("%").first().innerText();
    expect(parseFloat(score), "nothing is learned at rate 0, from the first step on").toBeLessThan(25);
    await field(page, "Batch size").fill("5000");
    await button(page, "Train").click();
    await waitForState(page, "Training");
    const status = await page.getByRole("status", { name: "Training status" }).textContent();
    expect(status).toMatch(/Step [\d,]+ \/ 55 /);
    expectQuiet(app);
  });
});

describe("a typed pair of numbers", () => {
  const open = useBrowser("none");

  it("takes effect side by side, for a height and a width", async () => {
    const { page } = await open({ query: "?preset=convnet" });
    await card(page, 0).getByRole("button", { name: /3×3/ }).first().click();
    await field(page, "Kernel size, height").fill("5");
    await field(page, "Kernel size, height").press("Tab");
    await field(page, "Kernel size, width").fill("99");
    await field(page, "Kernel size, width").blur();
    await page.getByText(/^99 was not used: expected two whole numbers from 1 to/).waitFor();
    await expect.poll(() => card(page, 0).innerText()).toContain("28×28×1 → 24×26×32");
    await expect.poll(() => field(page, "Kernel size, width").inputValue()).toBe("3");
  });
});

describe("a value that does not fit", () => {
  const open = useBrowser("none");

  it("is told at its field, and in full beside the button that it blocks", async () => {
    const { page } = await open();
    await showPart(page, "Training");
    await field(page, "Epochs").fill("6");
    await field(page, "Epochs").press("Enter");
    await page.waitForFunction(() => localStorage.getItem("descent.draft")?.includes('"epochs":6'));
    // Leaving the page keeps nothing: the edit was saved.
    await reloadWithDraft(page, (draft) => draft.replace('"validationCount":5000', '"validationCount":60000'));
    await showPart(page, "Training");
    await page.getByText("Expected a whole number from 0 to 59,999.").waitFor();
    const reason = page
      .getByRole("region", { name: "Transport" })
      .getByText(/expected fewer than the 60,000 training samples of MNIST, got 60,000/);
    const [room, needed] = await reason.evaluate((element) => [element.clientWidth, element.scrollWidth]);
    expect(needed).toBeLessThanOrEqual(room ?? 0);
    expect((await readStatus(page)).state).toBe("Blocked");
  });
});
