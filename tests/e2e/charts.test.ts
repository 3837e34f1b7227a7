// The charts as a visitor uses them: exact values under the pointer, other axes, zoom, full size, and files to take away.
import { buffer } from "node:stream/consumers";
import type { Locator, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import {
  button,
  expectQuiet,
  readMetrics,
  readStatus,
  showPart,
  useBrowser,
  useVisit,
  waitForState,
  waitForStatus,
} from "./support";

const chart = (page: Page, title: string): Locator => page.getByRole("figure", { name: `${title} chart` });

/** A chart's plot: the figure has icons of its own. */
const plot = (page: Page, title: string): Locator =>
  chart(page, title).getByRole("img", { name: `${title} over training` });

async function pointAt(page: Page, target: Locator, share: number): Promise<void> {
  const box = await target.boundingBox();
  if (!box) throw new Error("The chart must be on the screen.");
  await page.mouse.move(box.x + box.width * share, box.y + box.height / 2);
}

/** How long a change may take to be drawn on a busy machine. */
const soon = { timeout: 15_000 };

/** The part of the chart that values are read from, and zoomed on. */
const reader = (page: Page | Locator, title: string): Locator =>
  page.getByRole("slider", { name: `Read ${title.toLowerCase()}` });

/** The labels along the horizontal axis, as numbers. */
async function xLabels(page: Page, title: string): Promise<number[]> {
  const texts = await chart(page, title).locator("[data-axis=x] text").allTextContents();
  return texts.map((text) => Number(text.replaceAll(",", "").replace("K", "e3")));
}

/** Drags over the plot between two shares of its width. */
async function dragOver(page: Page, target: Locator, from: number, to: number): Promise<void> {
  await pointAt(page, target, from);
  await page.mouse.down();
  await pointAt(page, target, (from + to) / 2);
  await pointAt(page, target, to);
  await page.mouse.up();
}

interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** How many pixels of a part of a PNG are near a colour of the page, by its name in the style sheets. */
async function countPixels(page: Page, png: Buffer, area: Area, color: string): Promise<number> {
  return await page.evaluate(
    async ({ data, part, name }) => {
      const bytes = Uint8Array.from(atob(data), (letter) => letter.codePointAt(0) ?? 0);
      const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
      const context = canvas.getContext("2d");
      if (!context) throw new Error("The browser must draw.");
      context.drawImage(bitmap, 0, 0);
      const { data: pixels } = context.getImageData(part.x, part.y, part.width, part.height);
      const hex = getComputedStyle(document.documentElement).getPropertyValue(name).trim().slice(1);
      const wanted = [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
      let count = 0;
      for (let i = 0; i < pixels.length; i += 4) {
        if (wanted.every((value, channel) => Math.abs(value - (pixels[i + channel] ?? 0)) < 24)) count += 1;
      }
      return count;
    },
    { data: png.toString("base64"), part: area, name: color },
  );
}

async function boxOf(element: Locator): Promise<Area> {
  const box = await element.boundingBox();
  if (!box) throw new Error("The element must be on the screen.");
  return box;
}

async function savedFile(page: Page, press: Locator): Promise<{ readonly name: string; readonly bytes: Buffer }> {
  const [download] = await Promise.all([page.waitForEvent("download"), press.click()]);
  const bytes = await buffer(await download.createReadStream());
  return { name: download.suggestedFilename(), bytes };
}

describe("charts of a run that has ended", () => {
  const visit = useVisit("none", "?preset=xor", async (page) => {
    await button(page, "Train").click();
    await waitForState(page, "Finished");
  });

  it("show exact values under the pointer, in all of them at once, and hide nothing with them", async () => {
    const app = visit();
    const { page } = app;
    // The last scores reach the charts a moment after the run has ended.
    await expect.poll(async () => (await readMetrics(page)).length, soon).toBeGreaterThan(0);
    await pointAt(page, plot(page, "Loss"), 0.999);
    const last = (await readMetrics(page)).at(-1);
    for (const title of ["Loss", "Accuracy"]) {
      const place = chart(page, title).getByText(`Step ${last?.step.toLocaleString("en")}`, { exact: true });
      await place.waitFor();
      await chart(page, title).getByText(/^raw /).waitFor();
      // What is said of the place stands below the plot, and within the chart.
      const [words, area, whole] = [
        await boxOf(place),
        await boxOf(reader(page, title)),
        await boxOf(plot(page, title)),
      ];
      expect(words.y).toBeGreaterThanOrEqual(area.y + area.height);
      expect(words.x + words.width).toBeLessThanOrEqual(whole.x + whole.width);
    }
    await page.mouse.move(5, 5);
    await expect.poll(() => page.getByText(/^raw /).count(), soon).toBe(0);
    expectQuiet(app);
  });

  it("put a dot on each line at the crosshair", async () => {
    const { page } = visit();
    await pointAt(page, reader(page, "Loss"), 0.4);
    await chart(page, "Loss").getByText(/^raw /).waitFor();
    // Lines are drawn a moment after what is read of them.
    await chart(page, "Loss").locator('path.recharts-line-curve[d*="L"]').first().waitFor({ state: "attached" });
    const misses = await chart(page, "Loss").evaluate((figure) => {
      const svg = figure.querySelector("svg.recharts-surface")?.getBoundingClientRect();
      const vertices = [...figure.querySelectorAll("path.recharts-line-curve")].flatMap((path) =>
        [...(path.getAttribute("d") ?? "").matchAll(/[ML]([\d.-]+),([\d.-]+)/g)].map(([, x, y]) => [
          Number(x),
          Number(y),
        ]),
      );
      return [...figure.querySelectorAll("i[data-line]")].map((dot) => {
        const box = dot.getBoundingClientRect();
        const [x, y] = [box.x + box.width / 2 - (svg?.x ?? 0), box.y + box.height / 2 - (svg?.y ?? 0)];
        return Math.min(...vertices.map(([a = 0, b = 0]) => Math.hypot(a - x, b - y)));
      });
    });
    expect(misses.length).toBeGreaterThanOrEqual(2);
    for (const miss of misses) expect(miss).toBeLessThan(1);
  });

  it("zoom by a drag, in all of them at once, and show the whole run again", async () => {
    const app = visit();
    const { page } = app;
    await dragOver(page, reader(page, "Loss"), 0.5, 0.75);
    const whole = button(page, "Loss: show the whole run");
    await whole.waitFor();
    for (const title of ["Loss", "Accuracy"]) {
      await expect.poll(async () => Math.min(...(await xLabels(page, title))), soon).toBeGreaterThan(1200);
      expect(Math.max(...(await xLabels(page, title)))).toBeLessThan(2500);
    }
    await whole.click();
    await expect.poll(async () => (await xLabels(page, "Accuracy"))[0], soon).toBe(0);
    await expect.poll(() => button(page, "Accuracy: show the whole run").count()).toBe(0);
    expectQuiet(app);
  });

  it("zoom by the wheel around the pointer, and back by a double click", async () => {
    const { page } = visit();
    const area = reader(page, "Accuracy");
    await pointAt(page, area, 0.5);
    for (let i = 0; i < 4; i++) {
      await page.mouse.wheel(0, -240);
      // Turns of the wheel within one frame would come as one.
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    }
    await expect.poll(async () => Math.min(...(await xLabels(page, "Loss"))), soon).toBeGreaterThan(1000);
    expect(Math.max(...(await xLabels(page, "Loss")))).toBeLessThan(2000);
    await area.dblclick();
    await expect.poll(async () => (await xLabels(page, "Loss"))[0], soon).toBe(0);
  });

  it("are read and zoomed by keyboard", async () => {
    const { page } = visit();
    const area = reader(page, "Loss");
    await page.getByRole("img", { name: /^Loss over training: .* at step 3,000/ }).waitFor();
    await area.focus();
    await page.keyboard.press("End");
    expect(await area.getAttribute("aria-valuetext")).toMatch(/^Step 3,000, epoch .*training .* smoothed, raw /);
    await page.keyboard.press("ArrowLeft");
    const step = Number(await area.getAttribute("aria-valuenow"));
    expect(step).toBeLessThan(3000);
    for (let i = 0; i < 10; i++) await page.keyboard.press("+");
    await expect.poll(async () => Math.min(...(await xLabels(page, "Loss"))), soon).toBeGreaterThan(2900);
    // So near, every step is drawn, and an arrow goes from one to the next.
    await page.keyboard.press("ArrowLeft");
    const near = Number(await area.getAttribute("aria-valuenow"));
    await page.keyboard.press("ArrowLeft");
    expect(Number(await area.getAttribute("aria-valuenow"))).toBe(near - 1);
    await page.keyboard.press("0");
    await expect.poll(async () => (await xLabels(page, "Loss"))[0], soon).toBe(0);
  });

  it("fit most values without drawing over the axes", async () => {
    const { page } = visit();
    await button(page, "Loss: fit the axis to most values").click();
    await page.mouse.move(5, 5);
    await page.waitForTimeout(300);
    const picture = await page.screenshot();
    const [area, whole] = [await boxOf(reader(page, "Loss")), await boxOf(plot(page, "Loss"))];
    const [top, bottom] = [Math.round(area.y), Math.round(area.y + area.height)];
    const strip = (from: number, to: number) => ({
      x: Math.round(whole.x),
      y: from,
      width: Math.round(whole.width),
      height: to - from,
    });
    expect(await countPixels(page, picture, strip(top, bottom), "--train")).toBeGreaterThan(100);
    expect(await countPixels(page, picture, strip(bottom + 2, bottom + 20), "--train")).toBe(0);
    expect(await countPixels(page, picture, strip(Math.round(whole.y), top - 2), "--train")).toBe(0);
    await button(page, "Loss: fit the axis to most values").click();
  });

  it("go out as CSV and JSON, which say what a row is", async () => {
    const { page } = visit();
    const csv = await savedFile(page, button(page, "Download metrics as CSV"));
    const lines = csv.bytes.toString("utf8").trimEnd().split("\n");
    expect(csv.name).toBe("descent-metrics.csv");
    const ids = ["loss", "accuracy", "macroF1", "macroPrecision", "macroRecall"];
    const statistics = ids.flatMap((id) => ["mean", "min", "max", "last"].map((name) => `${id}_${name}`));
    expect(lines[0]).toBe(`split,step_from,step_to,steps,epoch,elapsed_ms,${statistics.join(",")}`);
    expect(lines.filter((line) => line.startsWith("train,"))).toHaveLength(3000);
    const json = await savedFile(page, button(page, "Download metrics as JSON"));
    expect(json.name).toBe("descent-metrics.json");
    const read: unknown = JSON.parse(json.bytes.toString("utf8"));
    expect(read).toMatchObject({ format: "descent-metrics", metrics: ids.map((id) => ({ id })) });
  });

  it("go out as PNG with title, legend and axes", async () => {
    const app = visit();
    const { page } = app;
    const drawn = await boxOf(plot(page, "Loss"));
    const png = await savedFile(page, button(page, "Download Loss chart as PNG"));
    expect(png.name).toBe("descent-loss.png");
    expect(png.bytes.subarray(1, 4).toString("latin1")).toBe("PNG");
    const [width, height] = [png.bytes.readUInt32BE(16), png.bytes.readUInt32BE(20)];
    expect(width).toBeGreaterThan(2 * drawn.width);
    const head = Math.round(height - 2 * drawn.height - 44);
    expect(head).toBeGreaterThan(60);
    const count = (x: number, y: number, w: number, h: number, color: string) =>
      countPixels(page, png.bytes, { x, y, width: w, height: h }, color);
    // The title; the legend's lines; the numbers along both axes, and the name of the horizontal one.
    expect(await count(0, 0, 200, head / 2, "--text")).toBeGreaterThan(50);
    expect(await count(0, head / 2, 80, head / 2, "--train")).toBeGreaterThan(40);
    // This run has no validation samples, so the legend does not name them.
    expect(await count(0, head / 2, width, head / 2, "--validation")).toBe(0);
    expect(await count(24, head, 90, height - head - 110, "--text-3")).toBeGreaterThan(30);
    expect(await count(130, height - 90, width - 130, 40, "--text-3")).toBeGreaterThan(30);
    expect(await count(width - 140, height - 44, 140, 44, "--text-2")).toBeGreaterThan(20);
    expectQuiet(app);
  });

  it("open in full size, and close with Escape", async () => {
    const app = visit();
    const { page } = app;
    await button(page, "Loss chart in full size").click();
    const dialog = page.getByRole("dialog", { name: "Loss chart, full size" });
    // Its size is known a frame after it is shown.
    await expect.poll(async () => (await boxOf(plot(page, "Loss").last())).width, soon).toBeGreaterThan(1000);
    await pointAt(page, plot(page, "Loss").last(), 0.5);
    await dialog.getByText(/^raw /).waitFor();
    const smoothing = dialog.getByRole("slider", { name: "Smoothing" });
    await smoothing.focus();
    await page.keyboard.press("Home");
    await pointAt(page, plot(page, "Loss").last(), 0.4);
    await dialog.getByText(/^Step /).waitFor();
    await expect.poll(() => dialog.getByText(/^raw /).count()).toBe(0);
    await dialog.getByText("Epoch", { exact: true }).click();
    const end = dialog.getByText("3000", { exact: true });
    await end.waitFor();
    await button(dialog, "Loss: zoom in").click();
    await end.waitFor({ state: "detached" });
    await dialog.getByText("2000", { exact: true }).waitFor();
    await button(dialog, "Loss: show the whole run").click();
    await end.waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    expectQuiet(app);
  });

  it("draw on other axes, and remember which, though the browser loads the address of a moment ago", async () => {
    const { page } = visit();
    const log = button(page, "Loss: logarithmic axis");
    await expect.poll(() => new URL(page.url()).hash).toMatch(/^#link=/);
    const ownAddress = () => page.evaluate(() => sessionStorage.getItem("descent.link"));
    const before = await ownAddress();
    // The change of an address takes a moment to reach the process that loads pages.
    await page.evaluate(() => (history.replaceState = () => {}));
    await log.click();
    await page.getByRole("region", { name: "Curves" }).getByText("Time", { exact: true }).click();
    await chart(page, "Loss").getByText("0.001", { exact: true }).first().waitFor();
    await expect.poll(ownAddress).not.toBe(before);
    await page.reload();
    expect(await log.getAttribute("aria-pressed")).toBe("true");
    expect(await page.getByRole("radio", { name: "Time" }).isChecked()).toBe(true);
    // Its own address is no link to open.
    await waitForState(page, "Ready");
    expect(await log.getAttribute("aria-pressed")).toBe("true");
  });
});

describe("charts", () => {
  const open = useBrowser("none");

  it("are read by a finger, which may be lifted, and zoomed by two", async () => {
    const { page, context } = await open({
      query: "?preset=xor",
      viewport: { width: 390, height: 844 },
      hasTouch: true,
    });
    await button(page, "Train").click();
    await waitForState(page, "Finished");
    const { x, y, width, height } = await boxOf(reader(page, "Loss"));
    const middle = y + height / 2;
    const session = await context.newCDPSession(page);
    const touch = async (type: "touchStart" | "touchMove" | "touchEnd", ...shares: number[]) => {
      const touchPoints = shares.map((share, id) => ({ x: x + share * width, y: middle, id }));
      await session.send("Input.dispatchTouchEvent", { type, touchPoints });
    };
    await touch("touchStart", 0.2);
    await touch("touchMove", 0.3);
    await touch("touchMove", 0.5);
    await touch("touchEnd");
    const place = async () => (await reader(page, "Loss").getAttribute("aria-valuetext")) ?? "";
    await expect.poll(place, soon).toMatch(/^Step 1,[3-6]\d\d, /);
    await chart(page, "Accuracy").getByText(/^raw /).waitFor();
    await chart(page, "Loss").getByRole("heading").tap();
    await expect.poll(() => page.getByText(/^raw /).count(), soon).toBe(0);

    await touch("touchStart", 0.4, 0.6);
    for (const spread of [0.2, 0.3, 0.4]) await touch("touchMove", 0.5 - spread, 0.5 + spread);
    await touch("touchEnd");
    await expect.poll(async () => Math.min(...(await xLabels(page, "Accuracy"))), soon).toBeGreaterThan(900);
    expect(Math.max(...(await xLabels(page, "Accuracy")))).toBeLessThan(2100);
  });

  it("draw nothing while they are hidden, and everything when they are seen again", async () => {
    const { page } = await open({ query: "?preset=perceptron", viewport: { width: 390, height: 844 } });
    // Shows the curves, so that they are hidden after that.
    await button(page, "Train").click();
    await plot(page, "Loss").waitFor();
    await waitForStatus(page, ({ step }) => step > 20);
    await showPart(page, "Model");
    await page.evaluate(() => {
      const hidden = document.querySelector('section[aria-label="Curves"]');
      if (!hidden) throw new Error("The curves must be in the page.");
      document.body.dataset["changes"] = "0";
      new MutationObserver((changes) => {
        document.body.dataset["changes"] = String(Number(document.body.dataset["changes"]) + changes.length);
      }).observe(hidden, { subtree: true, childList: true, characterData: true, attributes: true });
    });
    const changes = (): Promise<string | undefined> => page.evaluate(() => document.body.dataset["changes"]);
    const expectStill = async (): Promise<void> => {
      await page.waitForTimeout(300);
      const [before, { step }] = [await changes(), await readStatus(page)];
      await waitForStatus(page, (status) => status.step > step + 100);
      expect(await changes()).toBe(before);
    };
    await expectStill();
    await showPart(page, "Curves");
    // As when another tab of the browser is in front; the status is read all the same.
    await page.evaluate(() => Object.defineProperty(document, "hidden", { get: () => true, configurable: true }));
    await expectStill();
    await button(page, "Pause").click();
    await waitForState(page, "Paused");
    const { step: last } = await readStatus(page);
    await page.evaluate(() => {
      Object.defineProperty(document, "hidden", { get: () => false });
      document.dispatchEvent(new Event("visibilitychange"));
    });
    await page
      .getByRole("img", { name: `at step ${last.toLocaleString("en")}` })
      .first()
      .waitFor();
  });
});
