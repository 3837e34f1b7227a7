// Models of other kinds than a stack that classifies: containers that layers are dragged into, tasks with two networks, and
// what the page shows of each.
import type { Locator, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { fullDescribe, fullTest, isFull } from "../support/full";
import { violations } from "./axe";
import {
  button,
  makeLong,
  card,
  drag,
  expectQuiet,
  showPart,
  useBrowser,
  waitForState,
  waitForStatus,
} from "./support";

const branch = (page: Page, title: string): Locator => page.getByRole("list", { name: title, exact: true });
const cardOf = (page: Page, name: string): Locator => button(page, `Drag ${name}`).locator("xpath=ancestor::li[1]");
/** The names of the layers of a branch. */
const namesIn = async (page: Page, title: string): Promise<string[]> => {
  const handles = await branch(page, title)
    .getByRole("button", { name: /^Drag / })
    .all();
  return await Promise.all(
    handles.map(async (handle) => ((await handle.getAttribute("aria-label")) ?? "").replace("Drag ", "")),
  );
};

describe("containers", () => {
  const open = useBrowser("none");

  it("take layers by keyboard and by mouse, from the palette and from the model, but not themselves", async () => {
    // High enough for all that is dragged and all that it is dragged to.
    const app = await open({ query: "?preset=branches", viewport: { width: 1440, height: 1600 } });
    const { page } = app;
    // Steps down lead in and out again.
    await card(page, 1)
      .getByRole("button", { name: /MaxPooling2D/ })
      .last()
      .focus();
    await page.keyboard.press("Alt+ArrowDown");
    await expect.poll(() => namesIn(page, "branch 1")).toEqual(["max_pooling2d", "conv2d_1"]);
    await page.waitForTimeout(50);
    await page.keyboard.press("Alt+ArrowUp");
    await expect.poll(() => namesIn(page, "branch 1")).toEqual(["conv2d_1"]);

    const before = await namesIn(page, "branch 2");
    await drag(page, cardOf(page, "branches"), cardOf(page, "conv2d_2"), "below");
    await expect.poll(() => namesIn(page, "branch 2")).toEqual(before);

    await drag(page, button(page, "Dropout"), cardOf(page, "conv2d_2"), "below");
    await expect.poll(() => namesIn(page, "branch 2")).toEqual(["conv2d_2", "dropout"]);
    await drag(page, cardOf(page, "conv2d_1"), cardOf(page, "conv2d_3"), "above");
    await expect.poll(() => namesIn(page, "branch 1")).toEqual([]);
    await expect.poll(() => namesIn(page, "branch 3")).toHaveLength(2);
    await drag(page, cardOf(page, "dropout"), branch(page, "branch 1"), "above");
    await expect.poll(() => namesIn(page, "branch 1")).toEqual(["dropout"]);
    // Each is one step to take back.
    await button(page, "Undo").click();
    await expect.poll(() => namesIn(page, "branch 1")).toEqual([]);
    await expect.poll(() => namesIn(page, "branch 2")).toContain("dropout");
    await button(page, "Undo").click();
    await expect.poll(() => namesIn(page, "branch 1")).toHaveLength(1);
    await waitForState(page, "Ready");
    expectQuiet(app);
  });

  it("take layers by touch", async () => {
    const { page } = await open({
      query: "?preset=resnet",
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
    });
    await showPart(page, "Model");
    const session = await page.context().newCDPSession(page);
    const handle = button(page, "Drag max_pooling2d");
    await cardOf(page, "conv2d_1").scrollIntoViewIfNeeded();
    await handle.scrollIntoViewIfNeeded();
    const [from, to] = [await handle.boundingBox(), await cardOf(page, "conv2d_1").boundingBox()];
    if (!from || !to) throw new Error("What is dragged, and where to, must be on the screen.");
    const touch = async (type: "touchStart" | "touchMove" | "touchEnd", points: { x: number; y: number }[]) => {
      await session.send("Input.dispatchTouchEvent", { type, touchPoints: points });
    };
    const start = { x: from.x + from.width / 2, y: from.y + from.height / 2 };
    const end = { x: to.x + 80, y: to.y + to.height * 0.2 };
    await touch("touchStart", [start]);
    // A finger has to rest for a moment, since a quick one scrolls.
    await page.waitForTimeout(300);
    for (let i = 1; i <= 8; i++) {
      await touch("touchMove", [
        { x: start.x + ((end.x - start.x) * i) / 8, y: start.y + ((end.y - start.y) * i) / 8 },
      ]);
      await page.waitForTimeout(30);
    }
    await touch("touchEnd", []);
    await expect
      .poll(() => page.getByRole("list", { name: "adds to the input" }).first().innerText())
      .toContain("MaxPooling2D");
  });
});

describe("tasks", () => {
  const open = useBrowser("none");

  it("an autoencoder has two networks, no accuracy, and shows what it rebuilds", async () => {
    const app = await open({ query: "?preset=autoencoder" });
    const { page } = app;
    await waitForState(page, "Ready");
    await button(page, "Train").click();
    await waitForStatus(page, ({ step }) => step > 20);
    await button(page, "Pause").click();
    await waitForState(page, "Paused");
    await expect.poll(() => page.getByRole("list", { name: "Rebuilt images" }).getByRole("listitem").count()).toBe(24);
    await expect.poll(() => page.getByRole("figure", { name: /Mean absolute error/ }).count()).toBeGreaterThan(0);
    await expect.poll(() => page.getByText("Accuracy").count()).toBe(0);
    await page.getByText("Decoder", { exact: true }).click();
    await page.getByText("28×28×1").first().waitFor();
    expectQuiet(app);
  });

  fullTest("a plane of codes is walked by mouse and by keyboard, and a point of it chooses its sample", async () => {
    const app = await open({ query: "?preset=vae" });
    const { page } = app;
    await waitForState(page, "Ready");
    await page.getByRole("tab", { name: "Plane", exact: true }).click();
    const plane = page.getByRole("application", { name: /^Plane of codes/ });
    await page.getByText("Decoded from 0.00, 0.00").waitFor();
    const decoded = () =>
      page
        .getByRole("figure")
        .filter({ hasText: "Decoded from" })
        .locator("canvas")
        .evaluate((canvas) => (canvas instanceof HTMLCanvasElement ? canvas.toDataURL() : ""));
    const before = await decoded();
    await plane.focus();
    await page.keyboard.press("Shift+ArrowRight");
    await page.keyboard.press("ArrowUp");
    await page.getByText("Decoded from 0.75, 0.15").waitFor();
    await expect.poll(decoded).not.toBe(before);
    // Before training all codes lie about the middle.
    await page.keyboard.press("Home");
    await page.keyboard.press("Enter");
    await page.getByText(/^Test sample \d+ and what is rebuilt of it$/).waitFor();
    const box = await plane.boundingBox();
    if (!box) throw new Error("The plane must be on the screen.");
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.9, box.y + box.height / 2, { steps: 4 });
    await page.mouse.up();
    await page.getByText(/^Decoded from 2\.\d\d, -?0\.0\d$/).waitFor();
    await page.getByText("Tiles", { exact: true }).click();
    expect(await violations(page)).toEqual([]);
    expectQuiet(app);
  });

  it("a generator's points lie over those of the data, and each network has a rate of its own", async () => {
    const app = await open({ query: "?preset=gan-points" });
    const { page } = app;
    await waitForState(page, "Ready");
    const plane = page.getByRole("img", { name: "Points of the data and points that the generator has made" });
    await plane.waitFor();
    await expect.poll(() => plane.locator("path").count()).toBe(4);
    await page.getByText(/^Made points \(/).click();
    await expect.poll(() => plane.locator("path").count()).toBe(3);
    if (isFull) expect(await violations(page)).toEqual([]);
    await button(page, "Train").click();
    await waitForStatus(page, ({ step }) => step > 20);
    // It holds no samples out, and promises no figures of such.
    expect(await page.getByText("Validation", { exact: true }).filter({ visible: true }).count()).toBe(0);
    await button(page, "Pause").click();
    await waitForState(page, "Paused");
    await showPart(page, "Training");
    const rate = page.getByLabel("Learning rate", { exact: true }).first();
    await expect.poll(() => rate.inputValue()).toBe("0.001");
    await showPart(page, "Model");
    await page.getByRole("radiogroup").getByText("Discriminator", { exact: true }).click();
    await showPart(page, "Training");
    await expect.poll(() => rate.inputValue()).toBe("0.003");
    await button(page, "Stop").click();
    await waitForState(page, "Stopped");
    await page.getByRole("group", { name: "Test score" }).getByText(/loss/).first().waitFor();
    expectQuiet(app);
  });

  fullTest("digits and points are grouped without labels, and a cluster chooses its samples", async () => {
    const app = await open({ query: "?preset=kmeans-digits" });
    const { page } = app;
    await waitForState(page, "Ready");
    await button(page, "Train").click();
    const clusters = page.getByRole("list", { name: "Clusters" }).getByRole("button");
    await expect.poll(() => clusters.count()).toBe(10);
    // At first all samples are in one.
    await page.getByRole("button", { name: /^Cluster 10: [1-9]/ }).waitFor({ timeout: 60_000 });
    await button(page, "Stop").click();
    await waitForState(page, "Stopped");
    await page
      .getByRole("group", { name: "Test score" })
      .getByText(/^Inertia \d/)
      .waitFor();
    await clusters.nth(1).focus();
    await page.keyboard.press("Enter");
    const members = page.getByRole("region", { name: "Samples of cluster 2" }).getByRole("button");
    await expect.poll(() => members.count()).toBeGreaterThan(5);
    await members.nth(3).click();
    expect(await members.nth(3).getAttribute("aria-pressed")).toBe("true");
    expect(await violations(page)).toEqual([]);
    await showPart(page, "Training");
    // Nothing learns by gradients.
    expect(await page.getByLabel("Learning rate", { exact: true }).count()).toBe(0);
    await page.getByLabel("Dataset", { exact: true }).selectOption({ label: "Ring of Gaussians" });
    await page.getByRole("img", { name: /^Test points by the nearest of 10 centroids/ }).waitFor();
    expect(await violations(page)).toEqual([]);
    await button(page, "Train").click();
    await waitForState(page, "Finished");
    // Where centroids are, in numbers, has room on each card; and no part of the form is without a field.
    const isOverfull = ({ scrollWidth, clientWidth }: Element): boolean => scrollWidth > clientWidth + 1;
    expect(await Promise.all((await clusters.all()).map((one) => one.evaluate(isOverfull)))).not.toContain(true);
    expect(await page.getByText("Objective", { exact: true }).count()).toBe(0);
    // Points of the visitor's own, by mouse and by keyboard.
    await button(page, "Draw points").click();
    const pad = page.getByRole("application", { name: "Plane to put points in" });
    const box = await pad.boundingBox();
    if (!box) throw new Error("The pad must be on the screen.");
    await page.mouse.move(box.x + 40, box.y + 40);
    await page.mouse.down();
    await page.mouse.move(box.x + 240, box.y + 60, { steps: 12 });
    await page.mouse.up();
    await pad.focus();
    for (const key of ["2", "Space", "ArrowRight", "Space", "Shift+ArrowDown", "Space"]) await page.keyboard.press(key);
    await page
      .getByRole("status")
      .filter({ hasText: /^A: \d+, B: 3$/ })
      .waitFor();
    await page.keyboard.press("Delete");
    await page
      .getByRole("status")
      .filter({ hasText: /^A: \d+, B: 2$/ })
      .waitFor();
    expect(await violations(page)).toEqual([]);
    await button(page, "Use with a model that fits").click();
    await waitForState(page, "Ready");
    await button(page, "Train").click();
    await waitForStatus(page, ({ step }) => step > 5);
    await showPart(page, "Model");
    await page.getByRole("img", { name: "What 64 units of this layer give over the plane" }).waitFor();
    await page.getByRole("img", { name: /^What the model says of every place/ }).waitFor();
    expectQuiet(app);
  });

  fullTest("a series is drawn with what is told of each step, and with how the model goes on alone", async () => {
    const app = await open({ query: "?preset=sine" });
    const { page } = app;
    await waitForState(page, "Ready");
    await makeLong(page);
    await button(page, "Train").click();
    await waitForStatus(page, ({ step }) => step > 300);
    await button(page, "Pause").click();
    await waitForState(page, "Paused");
    await page.getByRole("tab", { name: "Forecast" }).click();
    await page.getByRole("img", { name: /^The series, each step told/ }).waitFor();
    // Two steps of noise is what a model that knows the rhythm stays within, all the way.
    const sentence = page.getByText(/^One step ahead the model is off by 0\.\d+ on average, and by 0\.[0-3]\d* where/);
    await sentence.waitFor();
    const from = page.getByRole("slider", { name: "Goes on alone from step" });
    await from.focus();
    await page.keyboard.press("Home");
    await page.getByText(/where it goes on alone from step 152\.$/).waitFor();
    expect(await violations(page)).toEqual([]);
    expectQuiet(app);
  });

  fullTest(
    "a regression shows measured and predicted numbers, how far off they are, and what rounding costs",
    async () => {
      const app = await open({ query: "?preset=curve" });
      const { page } = app;
      await waitForState(page, "Ready");
      await makeLong(page);
      await button(page, "Train").click();
      await waitForStatus(page, ({ step }) => step > 200);
      await button(page, "Pause").click();
      await waitForState(page, "Paused");
      await page.getByRole("img", { name: "Measured and predicted numbers over the input" }).waitFor();
      await page.getByRole("tab", { name: "Residuals" }).click();
      await page.getByRole("img", { name: /^Residuals, measured less predicted/ }).waitFor();
      const rows = page.getByRole("table", { name: "The largest residuals" }).getByRole("row");
      await expect.poll(() => rows.count()).toBe(11);
      await page.getByRole("tab", { name: "Quantize" }).click();
      await page.getByRole("radio", { name: "4 bits" }).focus();
      await page.keyboard.press("ArrowRight");
      await button(page, "Measure").click();
      // The model as it is, all of it rounded, and each of its three layers.
      const rounded = page.getByRole("table", { name: "Quantize" }).getByRole("row");
      await expect.poll(() => rounded.count()).toBe(6);
      await page.getByText(/^On the (test set|validation samples), after step [\d,]+\. Rounding hurts dense/).waitFor();
      expectQuiet(app);
    },
  );
});

fullDescribe("a decision field", () => {
  const open = useBrowser("none");

  it("is one of numbers where those are to be predicted of points", async () => {
    const app = await open({ query: "?preset=points-hills" });
    const { page } = app;
    await waitForState(page, "Ready");
    await page
      .getByRole("img", { name: /^What is predicted of every place in the plane, from -1\.25 in blue/ })
      .waitFor();
    await page.getByRole("img", { name: "Predicted numbers over true ones" }).waitFor();
    await button(page, "Train").click();
    await waitForState(page, "Finished");
    expect(await violations(page)).toEqual([]);
    expectQuiet(app);
  });

  it("is painted while a classifier of points learns, and tells how many lie where they should", async () => {
    const app = await open({ query: "?preset=points-circle" });
    const { page } = app;
    await waitForState(page, "Ready");
    const field = page.getByRole("img", { name: /^What the model says of every place in the plane/ });
    /** How much of the plane has a colour of its own. */
    const painted = (): Promise<number> =>
      field.locator("canvas").evaluate((canvas) => {
        if (!(canvas instanceof HTMLCanvasElement)) return 0;
        const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
        return data.filter((value, i) => i % 4 === 3 && value > 150).length / (data.length / 4);
      });
    await expect.poll(painted).toBeLessThan(0.5);
    await button(page, "Train").click();
    // Every day until most lie where they should, else to the end.
    if (isFull) await waitForState(page, "Finished");
    const [right, within] = isFull
      ? [/: 25[0-6] of 256 points of the test set/, /^within: 12\d of 12\d right$/]
      : [/: 2[2-5]\d of 256 points of the test set/, /^within: 1[0-2]\d of 12\d right$/];
    await expect.poll(() => field.getAttribute("aria-label")).toMatch(right);
    await expect.poll(painted).toBeGreaterThan(isFull ? 0.8 : 0.5);
    await page.getByText(within).waitFor();
    expectQuiet(app);
  });
});
