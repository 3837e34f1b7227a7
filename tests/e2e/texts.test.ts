// Models of text: what they write, and where they look.
import { describe, expect, it } from "vitest";
import { fullDescribe, fullTest, isFull } from "../support/full";
import { violations } from "./axe";
import { button, card, expectQuiet, showPart, useBrowser, waitForState } from "./support";

describe("a model of names", () => {
  const open = useBrowser("none");

  it("goes on with what the visitor begins, until it is stopped, and tells what it expects at the caret", async () => {
    const app = await open({ query: "?preset=names-gru" });
    const { page } = app;
    await waitForState(page, "Ready");
    await page.getByRole("tab", { name: "Writes" }).click();
    const paper = page.getByRole("group", { name: "What the model writes" });
    const next = page.getByRole("region", { name: "What may come next at the caret" });
    const prompt = page.getByLabel("Begins with");
    await prompt.fill("Mar7");
    await expect.poll(() => page.getByText("The model knows no 7.").count()).toBe(1);
    await prompt.fill("mar");
    await expect.poll(() => next.getByRole("listitem").count()).toBe(8);
    // One that nobody has taught yet may also end a name at once.
    await expect
      .poll(async () => (await paper.locator("p").allInnerTexts()).join(" "))
      .toMatch(/^(?=.*mar[a-z])mar[a-z]*( mar[a-z]*){7}$/);
    await button(page, "Train").click();
    await button(page, "Stop").last().click();
    const stopped = await paper.innerText();
    await page.waitForTimeout(400);
    expect(await paper.innerText()).toBe(stopped);
    if (isFull) expect(await violations(page)).toEqual([]);
    expectQuiet(app);
  });

  fullTest("shows where any head looks in the visitor's own text", async () => {
    const app = await open({ query: "?preset=names-transformer" });
    const { page } = app;
    await waitForState(page, "Ready");
    await page.getByRole("tab", { name: "Attention" }).click();
    await page.getByLabel("Text", { exact: true }).fill("emma");
    await expect.poll(() => page.getByText(/^To tell what follows a, this head looks at /).count()).toBe(1);
    const heads = page.getByRole("region", { name: "Layers and their heads" });
    expect(await heads.getByRole("button").count()).toBe(8);
    await button(page, "multi_head_attention_1, head 3").click();
    expect(await button(page, "multi_head_attention_1, head 3").getAttribute("aria-pressed")).toBe("true");
    await page.getByRole("slider", { name: "Step", exact: true }).press("Home");
    await expect.poll(() => page.getByText("this head looks at . (1): 100%").count()).toBe(1);
    expect(await violations(page)).toEqual([]);
    // The first name of the test set on its way through the layers, and how attention gets to a number.
    await page.getByRole("tab", { name: "Layers", exact: true }).click();
    await page
      .getByRole("listitem")
      // The last of 14 is only told.
      .filter({ hasText: /^Input13\./ })
      .getByText(/^\.[a-z]+\.$/)
      .waitFor();
    await button(page, "How is a number of multi_head_attention computed?").click();
    const steps = page.getByRole("table", { name: "Step by step" });
    await steps.getByRole("row", { name: /^head 4 looks at .*step \d+: \d+%/ }).waitFor();
    await steps.getByRole("row", { name: /^head 4 adds -?\d/ }).waitFor();
    await page.getByText(/^So it becomes -?\d/).waitFor();
    await page.getByRole("radiogroup", { name: "What is followed through the network" }).getByText("Gradients").click();
    await page.getByText(/^The way back: how the loss of this sample changes/).waitFor();
    expect(await violations(page)).toEqual([]);
    expectQuiet(app);
  });
});

fullDescribe("a classifier of texts", () => {
  const open = useBrowser("none");

  it("shows where any head looks in the visitor's own text, without what fills it up", async () => {
    const app = await open({});
    const { page } = app;
    const lines = Array.from(
      { length: 120 },
      (_, i) => `"film ${i} was ${i % 2 ? "good" : "bad"} as all are",${i % 2 ? "good" : "bad"}`,
    );
    await showPart(page, "Training");
    await button(page, "Bring your data").click();
    const dialog = page.getByRole("dialog", { name: "Bring your data" });
    const file = { name: "films.csv", mimeType: "text/csv", buffer: Buffer.from(["text,kind", ...lines].join("\n")) };
    await dialog.locator("input[type=file]").first().setInputFiles(file);
    await dialog.getByText(/ texts to train on, /).waitFor();
    await button(dialog, "Use with a model that fits").click();
    await waitForState(page, "Ready");
    const attention = page.getByRole("tab", { name: "Attention", exact: true });
    expect(await attention.count()).toBe(0);
    await card(page, 0).click();
    await page
      .getByRole("button", { name: /^MultiHeadAttention/ })
      .first()
      .click();
    await button(page, "Train").click();
    await attention.click();
    await page.getByLabel("Text", { exact: true }).fill("The film was good!");
    await page.getByText("Read as one sign for all that is rare: the", { exact: true }).waitFor();
    await page.getByRole("slider", { name: "Step", exact: true }).press("Home");
    await page.getByText(/^From \uFFFD, this head looks at .*what fills the text up: \d+%\.$/).waitFor();
    expect(
      await page
        .getByRole("region", { name: "Layers and their heads" })
        .locator("canvas")
        .first()
        .getAttribute("width"),
    ).toBe("4");
    expect(await violations(page)).toEqual([]);
    expectQuiet(app);
  });
});
