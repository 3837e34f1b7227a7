// Training in the page, from the first press to the test score, on each backend.
import { afterEach, describe, expect, it } from "vitest";
import { fullTest, isFull } from "../support/full";
import { violations } from "./axe";
import {
  button,
  card,
  expectQuiet,
  firstLoss,
  isFocused,
  readMetrics,
  readStatus,
  showPart,
  startOver,
  useBrowser,
  useVisit,
  waitForAccuracy,
  waitForRateMark,
  waitForState,
  waitForStatus,
  type Open,
} from "./support";

async function expectPerceptronToTrain(open: Open, query: string, backend: string, accuracy: number): Promise<void> {
  const app = await open({ query, allThreads: true });
  const { page } = app;
  await waitForState(page, "Ready");
  await showPart(page, "Training");
  // However quick the machine, it still trains when it is paused.
  const epochs = page.getByRole("textbox", { name: "Epochs" });
  await epochs.fill("500");
  await epochs.press("Enter");
  await button(page, "Train").click();
  await waitForAccuracy(page, accuracy);

  await button(page, "Pause").click();
  const paused = await waitForState(page, "Paused");
  expect(paused.backend).toBe(backend);
  expect(paused.step).toBeGreaterThan(10);
  const loss = await firstLoss(page);

  await button(page, "Step").click();
  const stepped = await waitForStatus(page, ({ state, step }) => state === "Paused" && step > paused.step);
  expect(stepped.step).toBe(paused.step + 1);

  // A software adapter takes long, and Node asks the same of it.
  if (isFull || backend === "CPU") {
    await button(page, "Reset").click();
    await waitForStatus(page, ({ state, step }) => state === "Ready" && step === 0);
    await button(page, "Train").click();
    // After 16 steps it is right 37 times in a hundred; after 8, which a slow machine may stop at, only 17.
    await waitForStatus(page, ({ step }) => step >= 16);
    expect(await firstLoss(page)).toBe(loss);
  }

  await button(page, "Stop").click();
  await waitForState(page, "Stopped");
  const score = await page.getByRole("group", { name: "Test score" }).getByText("%").first().innerText();
  expect(parseFloat(score)).toBeGreaterThan(30);
  await expect.poll(() => page.getByRole("group", { name: "Test digits" }).getByRole("button").count()).toBe(24);
  expectQuiet(app);
}

declare global {
  interface Window {
    /** What was read out. */
    said: readonly string[];
  }
}

describe("with a GPU, here a software one", () => {
  const open = useBrowser("swiftshader");

  it("trains the perceptron on WebGPU", () => {
    // A step of a software adapter takes as long as twenty of the CPU's.
    return expectPerceptronToTrain(open, "?backend=webgpu", "WebGPU", isFull ? 0.9 : 0.3);
  });

  it("prefers the CPU to a program that poses as a GPU, and says so", async () => {
    const app = await open();
    const { backend } = await waitForState(app.page, "Ready");
    expect(backend).toBe("CPU");
    expect(await app.page.getByRole("button", { name: /^Backend: CPU/ }).getAttribute("aria-label")).toMatch(
      /posing as one/,
    );
    expectQuiet(app);
  });
});

describe("without a GPU", () => {
  const open = useBrowser("none");

  it("trains the perceptron on the CPU", () => expectPerceptronToTrain(open, "?backend=cpu", "CPU", 0.9));

  it("trains on the CPU by itself, and says why; starts at a double click, and goes on where it was paused", async () => {
    const app = await open({ allThreads: true });
    const { page } = app;
    await waitForState(page, "Ready");
    // The second half of a double click does not pause it.
    await button(page, "Train").dblclick();
    const { backend } = await waitForStatus(page, ({ state, step }) => state === "Training" && step > 20);
    expect(backend).toBe("CPU");
    expect(await page.getByRole("button", { name: /^Backend: CPU/ }).getAttribute("aria-label")).toMatch(
      /This browser found no GPU adapter/,
    );
    expect(await page.locator("[data-setback]").count(), "a warning's colour, for nothing that went wrong").toBe(0);
    await button(page, "Pause").click();
    const { step } = await waitForState(page, "Paused");
    await page.waitForTimeout(600);
    expect((await readStatus(page)).step).toBe(step);
    await button(page, "Train").click();
    await waitForStatus(page, (status) => status.step > step);
    // Which epoch depends on how fast the machine is.
    const epochs = await page.getByRole("progressbar", { name: "Epoch" }).getAttribute("aria-valuetext");
    expect(epochs).toMatch(/^[1-5] of 5$/);
    expectQuiet(app);
  });

  it("learns XOR from its four points", async () => {
    const app = await open({ query: "?preset=xor" });
    const { page } = app;
    await button(page, "Train").click();
    await waitForState(page, "Finished");
    const outputs = page.getByRole("table", { name: "Outputs" });
    await expect.poll(() => outputs.getByText("right", { exact: true }).count()).toBe(4);
    // Of two classes one is told, whose name is said.
    expect(await outputs.getByRole("columnheader").allInnerTexts()).toContain("Output for 1");
    await page.getByRole("group", { name: "Test score" }).getByText("100.00%").first().waitFor();
    // After the last epoch Train throws nothing away: it offers more epochs, or to start over.
    const { step } = await readStatus(page);
    await button(page, "Train").click();
    const choice = page.getByRole("group", { name: "After the last epoch" });
    const more = choice.getByRole("button", { name: /^Train [\d,]+ more epochs$/ });
    await expect.poll(() => isFocused(more)).toBe(true);
    if (isFull) expect(await violations(page), "a choice to make").toEqual([]);
    await more.click();
    await waitForStatus(page, (status) => status.step > step);
    expect(await choice.count()).toBe(0);
    // Which points are right is in sight on the smallest phone too.
    await page.setViewportSize({ width: 320, height: 568 });
    await showPart(page, "Results");
    expect(await outputs.evaluate((table) => table.getBoundingClientRect().right)).toBeLessThan(320);
    expectQuiet(app);
  });

  fullTest("changes the number of threads while it trains, goes on where it was, and remembers it", async () => {
    const app = await open({ query: "?threads=1" });
    const { page } = app;
    await button(page, "Train").click();
    await waitForStatus(page, ({ step }) => step > 3);
    const { step } = await readStatus(page);
    await showPart(page, "Training");
    const machine = page.getByRole("region", { name: "Machine" });
    const threads = machine.getByRole("combobox", { name: "CPU threads" });
    await expect.poll(() => threads.inputValue()).toBe("1");
    await machine.getByText(/CPU, .*, 1 thread$/).waitFor();
    await threads.selectOption("2");
    await machine.getByText(/CPU, .*, 2 threads$/).waitFor();
    await waitForStatus(page, (status) => status.state === "Training" && status.step > step);
    expect((await firstLoss(page)) > 0, "the curve begins with the first step").toBe(true);
    expectQuiet(app);

    const address = new URL(page.url());
    await page.reload();
    await waitForState(page, "Ready");
    await showPart(page, "Training");
    expect(await threads.inputValue(), "the address wins").toBe("1");
    address.search = "";
    await page.goto(address.href);
    await waitForState(page, "Ready");
    await showPart(page, "Training");
    expect(await threads.inputValue(), "remembered").toBe("2");
  });

  it("shows what the memory is for, and that scoring takes some", async () => {
    const app = await open({ query: "?preset=convnet" });
    const { page } = app;
    await waitForState(page, "Ready");
    await showPart(page, "Training");
    const machine = page.getByRole("region", { name: "Machine" });
    await machine.getByText("Parameters").waitFor();
    // Answers to the first test samples appear before training.
    await expect.poll(() => machine.innerText()).toMatch(/Scoring\s+[1-9]/);
    const shown = await machine.innerText();
    expect(shown).toMatch(/Parameters\s+374 kB\s+Optimizer state\s+748 kB/);
    const [, total] = shown.match(/Memory in all\s+(\S+ \S+)/) ?? [];
    await page.getByRole("status", { name: "Training status" }).getByText(`${total} `).waitFor();
    expectQuiet(app);
  });

  fullTest("reads out some of validations that come faster than anybody could listen", async () => {
    const { page } = await open({ query: "?preset=xor" });
    await showPart(page, "Training");
    for (const [name, value] of [
      ["Epochs", "10000"],
      ["Validation samples", "1"],
    ] as const) {
      await page.getByRole("textbox", { name, exact: true }).fill(value);
      await page.getByRole("textbox", { name, exact: true }).press("Enter");
    }
    await page.waitForTimeout(500);
    await waitForState(page, "Ready");
    await page.evaluate(() => {
      const said: string[] = [];
      window.said = said;
      const speaker = [...document.querySelectorAll("[aria-live=polite]")].find(({ textContent }) => !textContent);
      if (!speaker) throw new Error("nothing reads out");
      new MutationObserver(() => said.push(speaker.textContent)).observe(speaker, {
        characterData: true,
        childList: true,
        subtree: true,
      });
    });
    await button(page, "Train").click();
    await waitForStatus(page, ({ step }) => step > 500);
    const said = await page.evaluate(() => window.said);
    expect(said[0]).toMatch(/^Epoch [\d,]+: validation loss /);
    expect(said.length).toBeLessThan(10);
  });

  it("offers to apply an edit made while it trains, and neither locks nor resets", async () => {
    // A model whose run does not end while it is edited.
    const app = await open({ query: "?preset=convnet" });
    const { page } = app;
    await button(page, "Train").click();
    const before = await waitForStatus(page, ({ step }) => step > 3);
    await card(page, 6)
      .getByRole("button", { name: /64 relu/ })
      .click();
    await button(page, "Dropout").click();
    await button(page, "Apply and restart").waitFor();
    expect((await waitForStatus(page, ({ step }) => step > before.step)).state).toBe("Training");
    await button(page, "Apply and restart").click();
    await waitForStatus(page, ({ state, step }) => state === "Training" && step > 0 && step < 2000);
    await button(page, "Apply and restart").waitFor({ state: "detached" });
    expectQuiet(app);
  });
});

describe("a run of the perceptron", () => {
  const visit = useVisit("none", "", (page) => waitForState(page, "Ready"));
  afterEach(async () => {
    await startOver(visit().page);
    await showPart(visit().page, "Model");
  });

  it("says per cent of probabilities only", async () => {
    const { page } = visit();
    const digit = page.getByRole("group", { name: "Test digits" }).getByRole("button").first();
    const sentence = page.getByRole("region", { name: "Results" }).getByText(/^A 7/);
    await expect
      .poll(() => digit.getAttribute("aria-label"))
      .toMatch(/^A 7, taken for \d, (right|wrong), \d+(\.\d)?% sure$/);
    await expect.poll(() => sentence.innerText()).toContain("% sure");
    await card(page, 2)
      .getByRole("button", { name: /10 softmax/ })
      .click();
    await page.getByRole("combobox", { name: "Activation" }).selectOption("linear");
    await expect
      .poll(() => digit.getAttribute("aria-label"))
      .toMatch(/^A 7, taken for \d, (right|wrong), score [\d.]+$/);
    await expect.poll(() => sentence.innerText()).toMatch(/score/);
  });

  it("changes the learning rate while it trains, and marks it in the charts", async () => {
    const app = visit();
    const { page } = app;
    await button(page, "Train").click();
    await waitForStatus(page, ({ step }) => step > 3);
    const mean = page
      .getByRole("status", { name: "Training status" })
      .getByTitle(/^Mean over this epoch's samples, steps 1 to /);
    expect(await mean.allInnerTexts()).toEqual([
      expect.stringMatching(/^Loss, mean\s+\d/),
      expect.stringMatching(/^Accuracy, mean\s+\d/),
    ]);
    await showPart(page, "Training");
    const rate = page.getByRole("textbox", { name: "Learning rate" });
    await rate.fill("0.0005");
    await rate.press("Enter");
    for (const name of ["Loss chart", "Accuracy chart"]) {
      await waitForRateMark(page.getByRole("figure", { name }), 0.0005);
    }
    // An edit that waits to be applied does not make the others wait.
    await showPart(page, "Model");
    await button(page, "Dropout").click();
    await button(page, "Apply and restart").waitFor();
    await showPart(page, "Training");
    await rate.fill("0.00002");
    await rate.press("Enter");
    const labels = page.getByRole("figure", { name: "Loss chart" }).getByText(/^lr /);
    await expect
      .poll(async () =>
        (await labels.allTextContents()).map((text) => Number(text.slice(3))).some((set) => set <= 2e-5),
      )
      .toBe(true);
    expect((await readStatus(page)).state).toBe("Training");
    expectQuiet(app);
  });

  it("goes on with a paused run, whatever is wrong with the edited model, and says what is", async () => {
    const app = visit();
    const { page } = app;
    await button(page, "Train").click();
    await waitForStatus(page, ({ step }) => step > 3);
    await button(page, "Remove flatten").click();
    await button(page, "Pause").click();
    const { step } = await waitForState(page, "Paused");
    await page
      .getByRole("region", { name: "Transport" })
      .getByText(/^The edited model cannot be trained: Dense "dense" needs a flat input/)
      .waitFor();
    await button(page, "Step").click();
    await waitForStatus(page, (status) => status.state === "Paused" && status.step === step + 1);
    await button(page, "Train").click();
    await waitForStatus(page, (status) => status.state === "Training" && status.step > step + 1);
    await button(page, "Stop").click();
    await waitForState(page, "Stopped");
    expect(await button(page, "Train").isDisabled(), "a new run would be of the edited model").toBe(true);
    await button(page, "Train").hover();
    await page
      .getByRole("tooltip")
      .getByText(/Dense "dense" needs a flat input/)
      .waitFor();
    expectQuiet(app);
  });

  it("gives way to another model that is chosen, with its curves and answers, and says so", async () => {
    const app = visit();
    const { page } = app;
    await button(page, "Train").click();
    await waitForStatus(page, ({ step }) => step > 3);
    await page.getByRole("combobox", { name: "Preset" }).selectOption("xor");
    await page.getByText(/^The run of Perceptron ended at step [\d,]+, because XOR was chosen\.$/).waitFor();
    await waitForState(page, "Ready");
    expect((await readStatus(page)).step).toBe(0);
    // The table follows the numbers twice a second.
    await expect.poll(() => readMetrics(page)).toEqual([]);
    await page.getByRole("region", { name: "Results" }).getByRole("table", { name: "Outputs" }).waitFor();
    // The same model again leaves its run alone.
    await button(page, "Train").click();
    await waitForStatus(page, ({ step }) => step > 3);
    await page.getByRole("combobox", { name: "Preset" }).selectOption("xor");
    await waitForStatus(page, ({ step }) => step > 10);
    expectQuiet(app);
  });
});
