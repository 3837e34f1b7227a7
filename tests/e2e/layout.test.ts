// The room that things have: nothing in the bars is cut off or lies over its neighbour, what they say comes and goes without
// moving what a hand is about to press, and the stage has its share of a desk's screen.
import type { Locator, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { everyDay, fullTest, isFull } from "../support/full";
import { findCut, findUnreachable } from "./room";
import { button, card, expectQuiet, showPart, useBrowser, waitForState, waitForStatus, type Size } from "./support";

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

async function boxOf(locator: Locator): Promise<Box> {
  const box = await locator.boundingBox();
  if (!box) throw new Error(`${String(locator)} is not on the screen.`);
  return box;
}

/** Of all that it finds, at one look. */
const boxesOf = (locator: Locator): Promise<Box[]> =>
  locator.evaluateAll((found) =>
    found.map((element) => {
      const { x, y, width, height } = element.getBoundingClientRect();
      return { x, y, width, height };
    }),
  );

const isWithin = (inner: Box, outer: Box): boolean =>
  inner.x >= outer.x - 0.5 &&
  inner.y >= outer.y - 0.5 &&
  inner.x + inner.width <= outer.x + outer.width + 0.5 &&
  inner.y + inner.height <= outer.y + outer.height + 0.5;

const isApart = (a: Box, b: Box): boolean =>
  a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;

const region = (page: Page, name: string): Locator => page.getByRole("region", { name, exact: true });

/** Where things are that must not move. */
async function places(page: Page): Promise<{ readonly top: number; readonly stop: Box }> {
  return { top: (await boxOf(page.getByRole("main"))).y, stop: await boxOf(button(page, "Stop")) };
}

/** A remark, in full, within the bar, and apart from the progress and the status. */
async function expectRoom(page: Page, text: RegExp): Promise<void> {
  const bar = region(page, "Transport");
  const remark = bar.getByText(text);
  await remark.waitFor();
  const cut = await remark.evaluate(
    ({ clientWidth, clientHeight, scrollWidth, scrollHeight }) =>
      scrollWidth > clientWidth || scrollHeight > clientHeight,
  );
  expect(cut, `"${await remark.innerText()}" is cut off`).toBe(false);
  expect(isWithin(await boxOf(remark), await boxOf(bar))).toBe(true);
  for (const other of [bar.getByRole("progressbar"), bar.getByRole("status"), button(page, "Stop")]) {
    expect(isApart(await boxOf(remark), await boxOf(other)), "the remark lies over something").toBe(true);
  }
}

async function expectNoOverlap(page: Page): Promise<void> {
  const bar = region(page, "Transport");
  const state = await boxOf(bar.getByRole("status").locator("> span").first());
  const others = await boxesOf(bar.getByRole("progressbar").or(bar.getByRole("button")));
  expect(others.length).toBeGreaterThan(4);
  for (const other of others) expect(isApart(state, other), "the state lies over something").toBe(true);
  expect(isWithin(state, await boxOf(bar))).toBe(true);
}

describe.each(
  everyDay<Size>(
    [[390, 844]],
    [
      [1440, 900],
      [1366, 650],
      [1280, 800],
      [1024, 768],
      [768, 1024],
      [390, 844],
    ],
  ),
)("at %dx%d", (width, height) => {
  const open = useBrowser("none");
  const isNarrow = width < 1024;

  it("names the backend in full, has room for all that is beside it, and moves nothing to tell of edits and errors", async () => {
    // A model whose run does not end while it is looked at.
    const { page } = await open({ viewport: { width, height }, query: "?preset=convnet" });
    await waitForState(page, "Ready");
    // The header is fullest with the button that brings the list back.
    await button(page, "Dismiss the list").click();
    const header = page.getByRole("banner");
    const badge = header.getByRole("button", { name: /^Backend: / });
    await expect.poll(() => badge.innerText()).toMatch(width > 900 ? /^CPU\s+WebAssembly, \d+ threads?$/ : /^CPU$/);
    for (const text of await badge.locator("span").all()) {
      expect(await text.evaluate(({ clientWidth, scrollWidth }) => scrollWidth <= clientWidth)).toBe(true);
    }
    await page.getByRole("combobox", { name: "Preset" }).waitFor();
    const controls = header.getByRole("button").or(header.getByRole("combobox"));
    const [boxes, bounds] = [
      await boxesOf(controls.or(header.getByRole("heading", { name: "Descent" }))),
      await boxOf(header),
    ];
    expect(boxes.length).toBeGreaterThan(3);
    for (const [i, box] of boxes.entries()) {
      expect(isWithin(box, bounds), "a control is pushed out").toBe(true);
      for (const other of boxes.slice(i + 1)) expect(isApart(box, other), "one control lies over another").toBe(true);
    }
    await badge.hover();
    await page
      .getByRole("tooltip")
      .getByText(/WebAssembly with .*SIMD, \d+ threads?\./)
      .waitFor();

    // Edits and errors are told in full, and move nothing.
    await page.mouse.move(0, 0);
    const before = await places(page);
    await expectNoOverlap(page);
    await button(page, "Train").click();
    await waitForStatus(page, ({ step }) => step > 3);
    await expectNoOverlap(page);
    // Every day the rest is looked at in a pause, which leaves a processor to the test beside it.
    if (!isFull) {
      await button(page, "Pause").click();
      await waitForState(page, "Paused");
    }

    if (isNarrow) await showPart(page, "Model");
    await button(page, "Dropout").click();
    await expectRoom(page, /The model was edited after this run began/);
    const bar = await boxOf(region(page, "Transport"));
    const apply = button(page, "Apply and restart");
    expect(isWithin(await boxOf(apply), bar), "the button is cut off").toBe(true);
    expect(await apply.evaluate(({ clientWidth, scrollWidth }) => scrollWidth <= clientWidth)).toBe(true);
    expect(await places(page)).toEqual(before);
    await expectNoOverlap(page);

    await button(page, "Undo").click();
    await card(page, 5)
      .getByRole("button", { name: /params/ })
      .press("Delete");
    await expectRoom(page, /The edited model cannot be trained: .*needs/);
    expect(await places(page)).toEqual(before);

    // After Stop ten thousand digits are scored, which takes a processor for seconds.
    await button(page, isFull ? "Stop" : "Reset").click();
    await waitForState(page, isFull ? "Stopped" : "Blocked");
    await expectRoom(page, /Cannot train: .*needs/);
    expect(await places(page)).toEqual(before);
    await button(page, "Undo").click();
    await page.getByRole("combobox", { name: "Preset" }).waitFor();
    expect(await places(page)).toEqual(before);
  });
});

describe("notices and figures", () => {
  const open = useBrowser("none");

  it.each(
    everyDay<Size>(
      [[390, 844]],
      [
        [1366, 650],
        [390, 844],
        [844, 390],
      ],
    ),
  )("push nothing down at %dx%d", async (width, height) => {
    const { page } = await open({ viewport: { width, height }, query: "?unknown=1&tune=later" });
    await waitForState(page, "Ready");
    const notices = region(page, "Notices");
    await expect.poll(() => notices.getByRole("alert").count()).toBe(2);
    const measure = async () => ({ ...(await places(page)), layers: await boxOf(region(page, "Layers")) });
    const before = await measure();
    expect(isWithin(await boxOf(notices), { x: 0, y: 0, width, height })).toBe(true);
    await button(notices, "Dismiss").first().click();
    await button(notices, "Dismiss").first().click();
    await notices.waitFor({ state: "hidden" });
    expect(await measure()).toEqual(before);
  });

  it("stay where they are when their digits change", async () => {
    const { page } = await open();
    await waitForState(page, "Ready");
    const legend = page.getByRole("figure", { name: "Loss chart" }).getByRole("list", { name: "Legend" });
    const measure = () =>
      Promise.all(
        [
          ...["Epoch", "Step", "Loss, mean", "Accuracy, mean", "Validation", "samples/s", "Left"].map((label) =>
            page.getByRole("status").getByText(label, { exact: true }),
          ),
          legend.getByText("Training"),
          legend.getByText("Validation"),
        ].map(async (figure) => (await boxOf(figure)).x),
      );
    const before = await measure();
    await button(page, "Train").click();
    for (const wanted of [2, 12, 110]) {
      await waitForStatus(page, ({ step }) => step >= wanted);
      expect(await measure()).toEqual(before);
    }
    await button(page, "Pause").click();
    await waitForState(page, "Paused");
    expect(await measure()).toEqual(before);
  });

  it.each(everyDay(["finger"], ["finger", "mouse"]))(
    "leave room for remarks beside the figures and titles of four curves, under a %s",
    async (hand) => {
      const touched = hand === "finger" ? { hasTouch: true, isMobile: true } : {};
      const { page } = await open({ query: "?preset=gan-points", viewport: { width: 1366, height: 650 }, ...touched });
      await button(page, "Train").click();
      await waitForStatus(page, ({ step }) => step > 3);
      await button(page, "Dropout").click();
      const apply = button(page, "Apply and restart");
      const status = page.getByRole("status", { name: "Training status" });
      const sizes = everyDay<Size>(
        [[1024, 768]],
        [
          [1920, 1080],
          [1680, 1050],
          [1366, 650],
          [1024, 768],
        ],
      );
      for (const [width, height] of sizes) {
        await page.setViewportSize({ width, height });
        await expectRoom(page, /The model was edited after this run began/);
        const bar = await boxOf(region(page, "Transport"));
        for (const part of [apply, status]) expect(isWithin(await boxOf(part), bar), `at ${width}`).toBe(true);
        expect(isApart(await boxOf(apply), await boxOf(status)), `at ${width}`).toBe(true);
        const plots = await page.getByRole("img", { name: /over training/ }).all();
        const tops = await Promise.all(plots.map(async (plot) => Math.round((await boxOf(plot)).y)));
        expect(tops, "plots stay level").toEqual(Array<number>(4).fill(tops[0] ?? NaN));
        expect(await findCut(page, hand === "finger"), `at ${width}`).toEqual([]);
        expect(await findUnreachable(page), `at ${width}`).toEqual([]);
      }
    },
  );
});

const USED_BY_AXIS = 32;

describe("the stage", () => {
  const open = useBrowser("none");

  it("lists all its views where they do not fit side by side, and there alone", async () => {
    // A model of four curves, whose figures take one line, the most important first.
    const { page } = await open({ query: "?preset=names-transformer", viewport: { width: 390, height: 844 } });
    await waitForState(page, "Ready");
    const status = page.getByRole("status", { name: "Training status" });
    for (const width of [390, 320]) {
      await page.setViewportSize({ width, height: 844 });
      expect((await boxOf(status)).height).toBeLessThan(40);
      expect(isWithin(await boxOf(status.getByText("Accuracy, mean")), await boxOf(status))).toBe(true);
    }
    await showPart(page, "Results");
    const all = page.getByRole("combobox", { name: "Views", exact: true });
    await all.selectOption("Profile");
    const chosen = page.getByRole("tab", { name: "Profile" });
    await expect.poll(() => chosen.getAttribute("aria-selected")).toBe("true");
    expect(await all.inputValue()).toBe("profile");
    // By what is asked of a model, as the tabs are; where it errs is asked of others.
    const groups = await all
      .locator("optgroup")
      .evaluateAll((found) => found.map((group) => group.getAttribute("label")));
    expect(groups).toEqual(["What does it say?", "How does it work?", "How did it go?", "What does it cost?"]);
    expect(await all.locator("option").allTextContents()).toEqual(
      await page.getByRole("tablist", { name: "Views" }).getByRole("tab").allTextContents(),
    );
    await page.setViewportSize({ width: 1440, height: 900 });
    await expect.poll(() => all.count()).toBe(0);
  });

  it.each(
    everyDay<Size>(
      [[1366, 650]],
      [
        [1920, 1080],
        [1440, 900],
        [1366, 650],
        [1280, 720],
        [1024, 768],
      ],
    ),
  )("shows both curves and a view at %dx%d, while the model is edited", async (width, height) => {
    const app = await open({ viewport: { width, height } });
    const { page } = app;
    await waitForState(page, "Ready");
    await card(page, 1)
      .getByRole("button", { name: /128 relu/ })
      .click();
    const totals = page.locator("p", { has: page.getByText("102K params", { exact: true }) });
    expect(await totals.evaluate((text) => text.scrollWidth <= text.clientWidth)).toBe(true);
    const window = { x: 0, y: 0, width, height };
    for (const control of [
      page.getByRole("textbox", { name: "Units" }),
      button(page, "Train"),
      button(page, "Dense"),
    ]) {
      expect(isWithin(await boxOf(control), window)).toBe(true);
    }
    expect((await boxOf(region(page, "Curves"))).width).toBeGreaterThanOrEqual(0.55 * width);
    expect((await boxOf(region(page, "Transport"))).height).toBe(48);
    const plots = await Promise.all(["Loss", "Accuracy"].map((title) => boxOf(page.getByRole("img", { name: title }))));
    for (const plot of plots) {
      expect(plot.height - USED_BY_AXIS).toBeGreaterThanOrEqual(120);
      expect(isWithin(plot, window)).toBe(true);
    }
    expect(plots[0]?.y, "side by side").toBe(plots[1]?.y);
    const digits = page.getByRole("group", { name: "Test digits" });
    await digits.waitFor();
    expect(isWithin(await boxOf(digits.getByRole("button").last()), window), "all of the digits").toBe(true);

    await page.getByRole("combobox", { name: "Preset" }).selectOption("xor");
    // The table of its four points is beside the plane, or below it where there is no room.
    const plane = page.getByRole("tabpanel").getByRole("img", { name: /^What the model says of every place/ });
    await plane.waitFor();
    expect(isWithin(await boxOf(plane), window), "XOR's plane").toBe(true);
    expectQuiet(app);
  });

  it("is as large as its splitters are drawn, by mouse, keyboard or finger, and after a reload", async () => {
    const app = await open({ viewport: { width: 1366, height: 768 } });
    const { page } = app;
    const [curves, results] = [region(page, "Curves"), region(page, "Results")];
    const measure = async () => ({ width: (await boxOf(curves)).width, height: (await boxOf(curves)).height });
    const usual = await measure();

    const beside = page.getByRole("separator", { name: "Width of model and training" });
    const from = await boxOf(beside);
    await page.mouse.move(from.x + from.width / 2, from.y + 100);
    await page.mouse.down();
    await page.mouse.move(from.x + from.width / 2 + 90, from.y + 100, { steps: 5 });
    await page.mouse.up();
    await expect.poll(async () => Math.round(usual.width - (await measure()).width)).toBeCloseTo(90, -1);

    await page.getByRole("separator", { name: "Height of the curves" }).focus();
    for (let presses = 0; presses < 2; presses++) await page.keyboard.press("ArrowUp");
    await expect.poll(async () => (await measure()).height).toBeLessThan(usual.height - 20);
    const drawn = await measure();
    expect((await boxOf(results)).height).toBeGreaterThan(drawn.height);

    await waitForState(page, "Ready");
    await page.reload();
    await curves.waitFor();
    const found = await measure();
    expect(found.width).toBeCloseTo(drawn.width, -1);
    expect(found.height).toBeCloseTo(drawn.height, -1);

    await beside.dblclick();
    await page.getByRole("separator", { name: "Height of the curves" }).dblclick();
    await expect.poll(measure, { message: "a double click puts them back" }).toEqual(usual);

    const session = await page.context().newCDPSession(page);
    const { x, y, height } = await boxOf(beside);
    const touch = (type: "touchStart" | "touchMove" | "touchEnd", across: readonly number[]) =>
      session.send("Input.dispatchTouchEvent", {
        type,
        touchPoints: across.map((at) => ({ x: at, y: y + height / 2 })),
      });
    await touch("touchStart", [x + 6]);
    for (let part = 1; part <= 4; part++) await touch("touchMove", [x + 6 + 20 * part]);
    await touch("touchEnd", []);
    await expect.poll(async () => Math.round(usual.width - (await measure()).width)).toBeCloseTo(80, -1);
    expectQuiet(app);
  });

  fullTest("has all the room when column and palette are folded, which is remembered", async () => {
    const app = await open({ viewport: { width: 1366, height: 768 } });
    const { page } = app;
    await button(page, "Fold model and training").click();
    await button(page, "Fold to badges").click();
    const width = async () => (await boxOf(region(page, "Curves"))).width;
    expect(await width()).toBeGreaterThan(0.88 * 1366);
    await waitForState(page, "Ready");
    await page.reload();
    await region(page, "Curves").waitFor();
    expect(await width()).toBeGreaterThan(0.88 * 1366);
    const skip = page.getByRole("link", { name: "Skip to the curves" });
    await skip.focus();
    await page.keyboard.press("Enter");
    expect(await page.evaluate(() => document.activeElement?.textContent)).toMatch(/^Curves/);
    // A badge is a button as before.
    await button(page, "Show model and training").click();
    await button(page, "Dropout").click();
    await page.getByRole("textbox", { name: "Rate" }).waitFor();
    await button(page, "Show the layers' names").click();
    await region(page, "Layers").getByText("Convolution").waitFor();
    expectQuiet(app);
  });
});
