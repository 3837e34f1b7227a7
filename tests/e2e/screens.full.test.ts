// A finger that reads a curve while it grows; `charts.test.ts` has one that reads and zooms a run that has ended.
import type { CDPSession } from "playwright-core";
import { describe, expect, it } from "vitest";
import { button, expectQuiet, readStatus, useBrowser, waitForStatus } from "./support";

/** Where a finger is, or that it is lifted. */
async function touch(
  session: CDPSession,
  type: "touchStart" | "touchMove" | "touchEnd",
  at?: readonly [number, number],
) {
  const touchPoints = at ? [{ x: at[0], y: at[1] }] : [];
  await session.send("Input.dispatchTouchEvent", { type, touchPoints });
}

describe("a finger on a curve", () => {
  const open = useBrowser("none");

  it("reads exact values while it moves, which stay when it is lifted and the curve grows", async () => {
    const app = await open({
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
      query: "?preset=convnet",
    });
    const { page } = app;
    await button(page, "Train").tap();
    await waitForStatus(page, ({ step }) => step > 20);
    const loss = page.getByRole("figure", { name: "Loss chart" });
    const box = await loss.getByRole("img", { name: /^Loss over training/ }).boundingBox();
    if (!box) throw new Error("The chart must be on the screen.");
    const [y, at] = [box.y + box.height / 2, (share: number): number => box.x + 60 + share * (box.width - 80)];
    const session = await page.context().newCDPSession(page);
    await touch(session, "touchStart", [at(0.1), y]);
    const reading = loss.getByText(/^raw /);
    await reading.waitFor();
    const first = await reading.innerText();
    for (const share of [0.3, 0.6, 0.8]) await touch(session, "touchMove", [at(share), y]);
    await expect.poll(() => reading.innerText()).not.toBe(first);
    // Until the last of the moves is drawn.
    await page.waitForTimeout(400);
    const last = await reading.innerText();
    await touch(session, "touchEnd");
    // The curve grows under it.
    const { step } = await readStatus(page);
    await waitForStatus(page, (status) => status.step > step + 20);
    expect(await reading.innerText()).toBe(last);
    expectQuiet(app);
  });
});
