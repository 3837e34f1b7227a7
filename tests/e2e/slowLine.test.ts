// A first visit on a slow line: what must come before the first step, what is shown meanwhile, and that a second visit asks for
// next to nothing.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { StaticServer } from "../../scripts/support/staticServer";
import { testBrowser, openPage } from "../support/browser";
import { type Line, openLine } from "../support/line";
import { servePage } from "../support/server";
import { button, readStatus, waitForState, waitForStatus } from "./support";

/** What 10 Mbit/s bring in two of the five seconds until the first step; the rest is for a machine to compile in. */
const BYTES_BEFORE_FIRST_STEP = 2_500_000;

let browser: Browser;
let server: StaticServer;
let line: Line;
beforeAll(async () => {
  [browser, server] = await Promise.all([testBrowser("none"), servePage()]);
  line = await openLine(server.url);
});
afterAll(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()));
  await line.close();
  await server.close();
});

const bytesSent = (): number => line.sent.reduce((total, { byteLength }) => total + byteLength, 0);

it("trains before most of the data have come, waits for them in sight, and keeps them for the next visit", async () => {
  line.hold(/\.gz/);
  const { page, context, problems } = await openPage(browser, line.url);
  // How far the data are is drawn before anything else can be.
  const bar = page.getByRole("progressbar", { name: "Data" });
  line.hold(/train-images|test-/);
  await expect.poll(async () => Number(await bar.getAttribute("aria-valuenow"))).toBeGreaterThanOrEqual(0);
  await waitForStatus(page, ({ state }) => state.startsWith("Loading data"));

  line.hold(/train-images-[1-5]|test-/);
  await waitForState(page, "Ready");
  await button(page, "Train").click();
  const { step } = await waitForStatus(
    page,
    (status) => status.state.startsWith("Waiting for data") && status.step > 0,
  );
  expect(step).toBeLessThan(172);
  expect(bytesSent()).toBeLessThan(BYTES_BEFORE_FIRST_STEP);
  expect(line.sent.map(({ path }) => path).filter((path) => /train-images|test-/.test(path))).toEqual([
    "/datasets/mnist/train-images-0.bin.gz",
  ]);

  // It may be stopped and goes on, and with the next part it does so by itself.
  await button(page, "Pause").click();
  await waitForState(page, "Paused");
  await button(page, "Train").click();
  await waitForState(page, "Waiting for data");
  line.hold(/train-images-[2-5]/);
  await waitForStatus(page, (status) => status.step > step);
  line.hold(/^$/);
  await waitForState(page, "Training");
  await waitForStatus(page, (status) => status.step > 860);

  line.sent.length = 0;
  await page.reload();
  await waitForState(page, "Ready");
  await button(page, "Train").click();
  await waitForStatus(page, (status) => status.step > 0);
  // The page itself and the list of data files are asked about, and have not changed. New is what offers the kept run.
  const scripts = line.sent.filter(({ byteLength }) => byteLength > 0);
  expect(scripts.filter(({ path, byteLength }) => !path.startsWith("/assets/") || byteLength > 10_000)).toEqual([]);
  expect((await readStatus(page)).state).toBe("Training");
  expect(problems).toEqual([]);

  // So does another page, whether this one is there or not.
  await page.close();
  line.sent.length = 0;
  const next = await context.newPage();
  await next.goto(line.url);
  await waitForState(next, "Ready");
  await button(next, "Train").click();
  await waitForStatus(next, (status) => status.step > 0);
  expect(line.sent.filter(({ byteLength }) => byteLength > 0)).toEqual([]);
});
