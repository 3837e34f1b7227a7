// The room that the transport bar has: nothing in it is cut off or lies over its neighbour, and what it says comes and
// goes without moving what a hand is about to press.
import type { Locator, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { button, useBrowser, waitForState, waitForStatus } from "./support";

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

const isWithin = (inner: Box, outer: Box): boolean =>
  inner.x >= outer.x - 0.5 &&
  inner.y >= outer.y - 0.5 &&
  inner.x + inner.width <= outer.x + outer.width + 0.5 &&
  inner.y + inner.height <= outer.y + outer.height + 0.5;

const isApart = (a: Box, b: Box): boolean =>
  a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;

/** Where things are that must not move. */
async function places(page: Page): Promise<{ readonly top: number; readonly stop: Box }> {
  return { top: (await boxOf(page.getByRole("main"))).y, stop: await boxOf(button(page, "Stop")) };
}

/** A remark, in full, within the bar, and apart from the progress and the status. */
async function expectRoom(page: Page, text: RegExp): Promise<void> {
  const bar = page.getByRole("region", { name: "Transport" });
  const remark = bar.getByText(text);
  await remark.waitFor();
  const cut = await remark.evaluate(
    ({ clientWidth, clientHeight, scrollWidth, scrollHeight }) =>
      scrollWidth > clientWidth || scrollHeight > clientHeight,
  );
  expect(cut, `"${await remark.innerText()}" is cut off`).toBe(false);
  expect(isWithin(await boxOf(remark), await boxOf(bar))).toBe(true);
  for (const other of await bar.getByRole("progressbar").all()) {
    expect(isApart(await boxOf(remark), await boxOf(other)), "the remark lies over a progress bar").toBe(true);
  }
}

async function expectNoOverlap(page: Page): Promise<void> {
  const bar = page.getByRole("region", { name: "Transport" });
  const state = bar.getByRole("status").locator("> span").first();
  const around = [...(await bar.getByRole("progressbar").all()), ...(await bar.getByRole("button").all())];
  for (const other of around) {
    expect(isApart(await boxOf(state), await boxOf(other)), "the state lies over something").toBe(true);
  }
  expect(isWithin(await boxOf(state), await boxOf(bar))).toBe(true);
}

describe.each([
  [1440, 900],
  [1280, 800],
  [1024, 768],
  [900, 700],
  [390, 844],
])("at %dx%d", (width, height) => {
  const open = useBrowser("none");

  it("names the backend in full, and has room for all that is beside it", async () => {
    const { page } = await open({ viewport: { width, height } });
    await waitForState(page, "Ready");
    // The header is fullest with the button that brings the list back.
    await button(page, "Dismiss the list").click();
    const header = page.getByRole("banner");
    const badge = header.getByRole("button", { name: /^Backend: / });
    expect(await badge.innerText()).toMatch(width > 900 ? /^CPU\s+WebAssembly, \d+ threads?$/ : /^CPU$/);
    for (const text of await badge.locator("span").all()) {
      expect(await text.evaluate(({ clientWidth, scrollWidth }) => scrollWidth <= clientWidth)).toBe(true);
    }
    const controls = await header.getByRole("button").all();
    const boxes = await Promise.all([...controls, header.getByRole("combobox")].map(boxOf));
    for (const [i, box] of boxes.entries()) {
      expect(isWithin(box, await boxOf(header)), "a control is pushed out").toBe(true);
      for (const other of boxes.slice(i + 1)) expect(isApart(box, other), "one control lies over another").toBe(true);
    }
    await badge.hover();
    await page
      .getByRole("tooltip")
      .getByText(/WebAssembly with .*SIMD, \d+ threads?\./)
      .waitFor();
  });

  it("tells of edits and errors in full, and moves nothing", async () => {
    const { page } = await open({ viewport: { width, height } });
    await waitForState(page, "Ready");
    const before = await places(page);
    await expectNoOverlap(page);
    await button(page, "Train").click();
    await waitForStatus(page, ({ step }) => step > 3);
    await expectNoOverlap(page);

    await button(page, "Dropout").click();
    await expectRoom(page, /The model was edited after this run began/);
    const bar = await boxOf(page.getByRole("region", { name: "Transport" }));
    const apply = button(page, "Apply and restart");
    expect(isWithin(await boxOf(apply), bar), "the button is cut off").toBe(true);
    expect(await apply.evaluate(({ clientWidth, scrollWidth }) => scrollWidth <= clientWidth)).toBe(true);
    expect(await places(page)).toEqual(before);
    await expectNoOverlap(page);

    await button(page, "Undo").click();
    await button(page, "Reshape").click();
    await expectRoom(page, /The edited model cannot be trained: .*needs/);
    expect(await places(page)).toEqual(before);

    await button(page, "Stop").click();
    await waitForState(page, "Stopped");
    await expectRoom(page, /Cannot train: .*needs/);
    expect(await places(page)).toEqual(before);
    await button(page, "Undo").click();
    await page.getByRole("combobox", { name: "Preset" }).waitFor();
    expect(await places(page)).toEqual(before);
  });
});
