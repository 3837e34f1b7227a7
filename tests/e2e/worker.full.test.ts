// The training worker breaks down in the middle of a run: memory that the browser refuses, which ends a run, but not the tab.
import { describe, expect, it } from "vitest";
import { violations } from "./axe";
import { button, showPart, useBrowser, waitForState, waitForStatus } from "./support";

describe("the training worker", () => {
  const open = useBrowser("none");

  it("goes on in another worker from the last copy of the run, when the first one is out of memory", async () => {
    const { page } = await open();
    await waitForState(page, "Ready");
    await showPart(page, "Training");
    const epochs = page.getByRole("textbox", { name: "Epochs" });
    await epochs.fill("1000");
    await epochs.press("Enter");
    await button(page, "Train").click();
    await waitForStatus(page, ({ state, step }) => state === "Training" && step > 10);
    // A copy of the run comes with a pause.
    await button(page, "Pause").click();
    const { step } = await waitForState(page, "Paused");
    await button(page, "Train").click();
    await waitForState(page, "Training");
    const worker = page.workers().findLast((one) => one.url().includes("/worker/worker-"));
    await worker?.evaluate(() => {
      for (const name of ["Float32Array", "Uint8Array", "ArrayBuffer"] as const) {
        const refusing = new Proxy(globalThis[name], {
          construct(target, given: unknown[], asked) {
            if (typeof given[0] === "number" && given[0] > 3000) throw new RangeError("Array buffer allocation failed");
            return Reflect.construct(target, given, asked);
          },
        });
        Object.assign(globalThis, { [name]: refusing });
      }
    });
    const revived = page.getByRole("alert").filter({
      hasText: /started anew \(Array buffer allocation failed\)\. The run goes on from step [\d,]+; [\d,]+ steps? w/,
    });
    await revived.waitFor({ timeout: 60_000 });
    const from = Number(/from step ([\d,]+)/.exec(await revived.innerText())?.[1]?.replaceAll(",", ""));
    expect(from).toBeGreaterThanOrEqual(step);
    await waitForStatus(page, (status) => status.state === "Training" && status.step > from);
    expect(await page.getByText("Runs cannot be kept").count(), "what the lost one said of itself").toBe(0);
    expect(await violations(page)).toEqual([]);
  });
});
