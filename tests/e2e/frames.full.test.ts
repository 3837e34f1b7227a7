// How evenly the page draws while points are learnt and the field is painted: intervals between frames, and what the page's own thread takes of
// each. Times are printed and not judged, since they are this machine's; that frames come at all, and the field with them, is.
import type { CDPSession, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { button, expectQuiet, useBrowser, waitForState, waitForStatus } from "./support";

const SECONDS = 10;

/** Seconds of the processor that the page's thread has taken. */
async function taken(wire: CDPSession): Promise<number> {
  const { metrics } = await wire.send("Performance.getMetrics");
  return metrics.find(({ name }) => name === "TaskDuration")?.value ?? NaN;
}

/** Milliseconds between frames, in rising order. */
const frameTimes = (page: Page, ms: number): Promise<number[]> =>
  page.evaluate(
    (long) =>
      new Promise<number[]>((resolve) => {
        const times: number[] = [];
        const end = performance.now() + long;
        let last: number | undefined;
        const tick = (now: number): void => {
          if (last !== undefined) times.push(now - last);
          last = now;
          if (now < end) requestAnimationFrame(tick);
          else resolve(times.toSorted((a, b) => a - b));
        };
        requestAnimationFrame(tick);
      }),
    ms,
  );

describe("frames", () => {
  const open = useBrowser("none");

  it.each(["points-spiral", "points-moons", "points-circle"])(
    "come while %s is learnt and its field is drawn",
    { timeout: 120_000 },
    async (preset) => {
      const app = await open({ query: `?preset=${preset}`, allThreads: true });
      const { page, context } = app;
      await waitForState(page, "Ready");
      const wire = await context.newCDPSession(page);
      await wire.send("Performance.enable", { timeDomain: "threadTicks" });
      const field = page
        .getByRole("img", { name: /^What the model says of every place in the plane/ })
        .locator("canvas");
      await field.waitFor();
      // Longer than it is looked at.
      await page.getByRole("tab", { name: "Training", exact: true }).click();
      await page.getByLabel("Epochs", { exact: true }).fill("9000");
      await page.getByRole("tab", { name: "Model", exact: true }).click();
      await waitForState(page, "Ready");
      await button(page, "Train").click();
      await waitForStatus(page, ({ state, step }) => state === "Training" && step > 0);
      await page.waitForTimeout(1500);
      const before = await taken(wire);
      const times = await frameTimes(page, SECONDS * 1000);
      const busy = (await taken(wire)) - before;
      const at = (share: number): string => (times[Math.floor(times.length * share)] ?? NaN).toFixed(1);
      console.log(
        `${preset}: ${(times.length / SECONDS).toFixed(1)} frames a second, p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms, ` +
          `${((busy * 1000) / times.length).toFixed(2)} ms of the page's thread each, ${((busy / SECONDS) * 100).toFixed(0)}% of it`,
      );
      const { state } = await waitForStatus(page, ({ step }) => step > 100);
      expect(state).toBe("Training");
      expect(times.length).toBeGreaterThan(SECONDS);
      await button(page, "Stop").click();
      expectQuiet(app);
    },
  );
});
