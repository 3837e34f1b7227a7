// Accessibility by axe, the size of targets included, in every state of the page: at a desk and in a hand, in light and dark.
// `accessibility.test.ts` has some of them for every day.
import { describe, expect, it } from "vitest";
import { expectAccessible, settle, violations } from "./axe";
import {
  button,
  card,
  expectQuiet,
  profileStep,
  showPart,
  useBrowser,
  waitForState,
  waitForStatus,
  type OpenOptions,
} from "./support";

const desk = { colorScheme: "light", viewport: { width: 1366, height: 768 } } as const satisfies OpenOptions;
const hand = {
  colorScheme: "light",
  viewport: { width: 390, height: 844 },
  hasTouch: true,
  isMobile: true,
} as const satisfies OpenOptions;

describe("the page is accessible", () => {
  const open = useBrowser("none");

  it("while a model is built, trained and scored", async () => {
    const app = await open({ ...desk, query: "?unknown=1&preset=convnet" });
    const { page } = app;
    await waitForState(page, "Ready");
    await expectAccessible(page, "desk-ready");
    await button(page, "Train").click();
    await waitForStatus(page, ({ step }) => step > 20);
    await showPart(page, "Training");
    await page.getByText("More of Adam").click();
    await page.getByRole("textbox", { name: "Learning rate" }).fill("nonsense");
    await expectAccessible(page, "desk-training");
    await showPart(page, "Model");
    await card(page, 5)
      .getByRole("button", { name: /params/ })
      .click();
    await button(page, "Dropout").click();
    await button(page, "Apply and restart").waitFor();
    await button(page, "Remove flatten").click();
    await button(page, "Pause").click();
    await waitForState(page, "Paused");
    await expectAccessible(page, "desk-broken");
    await page.getByRole("combobox", { name: "Preset" }).selectOption("xor");
    await page.getByText(/^The run of Convnet ended/).waitFor();
    await waitForState(page, "Ready");
    await button(page, "Train").click();
    await waitForState(page, "Finished");
    await expectAccessible(page, "desk-finished");
    await page.getByRole("tab", { name: "Numbers" }).click();
    await button(page, "Fold to badges").click();
    await button(page, "Fold model and training").click();
    await expectAccessible(page, "desk-folded");
    await page.getByRole("tab", { name: "Profile" }).click();
    await profileStep(page);
    await page.getByText("The plan as text").click();
    await expectAccessible(page, "desk-profile");
    await button(page, "Loss chart in full size").click();
    await page.getByRole("dialog", { name: "Loss chart, full size" }).waitFor();
    await expectAccessible(page, "desk-full-size");
    expectQuiet(app);
  });

  it("while a classifier is looked into", async () => {
    const app = await open(desk);
    const { page } = app;
    await waitForState(page, "Ready");
    const view = (name: string) => page.getByRole("tab", { name, exact: true }).click();
    await view("Draw");
    await button(page, "Start from a test image").click();
    await page
      .getByRole("region", { name: "Results" })
      .getByText(/^It reads /)
      .waitFor();
    await expectAccessible(page, "desk-draw");
    await view("Confusion");
    await page.getByRole("button", { name: /^Wrong: / }).click();
    await page.getByRole("group", { name: "Images that are chosen" }).waitFor();
    await expectAccessible(page, "desk-confusion");
    await view("Layers");
    await page.getByRole("heading", { name: "dense_1" }).waitFor();
    await expectAccessible(page, "desk-layers");
    await view("Calibration");
    await page.getByRole("table", { name: "Calibration" }).waitFor();
    await expectAccessible(page, "desk-calibration");
    expectQuiet(app);
  });

  it("with containers, with two networks, and without layers", async () => {
    const app = await open({ ...desk, query: "?preset=branches" });
    const { page } = app;
    await waitForState(page, "Ready");
    await card(page, 2)
      .getByRole("button", { name: /params/ })
      .first()
      .click();
    await expectAccessible(page, "desk-branches");
    const preset = page.getByRole("combobox", { name: "Preset" });
    for (const of of ["gan-points", "autoencoder", "curve", "sine"]) {
      await preset.selectOption(of);
      await waitForState(page, "Ready");
      await button(page, "Step").click();
      await waitForState(page, "Paused");
      await expectAccessible(page, `desk-${of}`);
    }
    await preset.selectOption("xor");
    for (let layers = 0; layers < 2; layers++) await button(page, "Remove dense").click();
    await expectAccessible(page, "desk-empty");
    expectQuiet(app);
  });

  it("in a hand", async () => {
    const app = await open(hand);
    const { page } = app;
    await waitForState(page, "Ready");
    await button(page, "Dropout").tap();
    await expectAccessible(page, "hand-model");
    await button(page, "Train").tap();
    await waitForStatus(page, ({ step }) => step > 5);
    await expectAccessible(page, "hand-curves");
    await button(page, "Loss chart in full size").tap();
    await page.getByRole("dialog", { name: "Loss chart, full size" }).waitFor();
    await expectAccessible(page, "hand-full-size");
    await page.keyboard.press("Escape");
    for (const part of ["Training", "Results"] as const) {
      await showPart(page, part);
      await expectAccessible(page, `hand-${part.toLowerCase()}`);
    }
    await page.getByRole("tab", { name: "Profile" }).tap();
    await profileStep(page);
    await expectAccessible(page, "hand-profile");
    expectQuiet(app);
  });

  it.each([
    [1024, 768],
    [844, 390],
    [320, 256],
  ])("at %dx%d", async (width, height) => {
    const isTouched = width < 1024;
    const { page } = await open({ viewport: { width, height }, hasTouch: isTouched, isMobile: isTouched });
    await waitForState(page, "Ready");
    await card(page, 1)
      .getByRole("button", { name: /params/ })
      .click();
    const parts = isTouched ? (["Model", "Training", "Curves", "Results"] as const) : (["Model", "Training"] as const);
    for (const part of parts) {
      await showPart(page, part);
      await settle(page);
      expect(await violations(page), part).toEqual([]);
    }
  });

  it.each([
    ["self-test", "selftest?ops=matmul,softmax&sizes=7", /passed$/],
    ["benchmark", "bench", /./],
  ])("on the page of the %s", async (name, query, done) => {
    const app = await open({ ...hand, query });
    const { page } = app;
    await page.getByRole("status").getByText(done).first().waitFor();
    await expectAccessible(page, name);
    expectQuiet(app);
  });
});
