// The training worker stumbles, dies or never comes: it is told, and training goes on.
import { describe, expect, it } from "vitest";
import { isFull } from "../support/full";
import type { Worker } from "playwright-core";
import { violations } from "./axe";
import { button, showPart, useBrowser, waitForState, waitForStatus } from "./support";

describe("the training worker", () => {
  const open = useBrowser("none");

  it("goes on in another worker from the last copy of the run, when the first one hangs", async () => {
    const { page } = await open({
      before: async (blank) => {
        // Five questions take two seconds.
        await blank.addInitScript(() => {
          const ask = window.setInterval.bind(window);
          const hurried = (work: () => void, milliseconds = 0) => ask(work, milliseconds === 3000 ? 400 : milliseconds);
          window.setInterval = hurried as typeof window.setInterval;
        });
      },
    });
    const trainer = (): Worker => {
      const worker = page.workers().findLast((one) => one.url().includes("/worker/worker-"));
      if (!worker) throw new Error("there is no worker");
      return worker;
    };
    const hang = (): void => {
      // It never answers; nor does a loop without end, which would take a processor.
      const hanging = trainer().evaluate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
      hanging.catch(() => {});
    };
    const alert = page.getByRole("alert");
    await waitForState(page, "Ready");
    // An error that nobody catches does not end a worker, and nobody says that it did.
    await trainer().evaluate(() => {
      setTimeout(() => {
        throw new Error("stumbled on purpose");
      });
    });
    await alert.getByText(/An error in the training worker: .*stumbled on purpose/).waitFor();
    if (isFull) expect(await violations(page), "stumbled").toEqual([]);
    await button(alert, "Dismiss").click();
    // Work that takes long, and says now and then that it goes on; and a kernel that says before for how long it will not.
    await trainer().evaluate(() => {
      const still = new Int32Array(new SharedArrayBuffer(4));
      for (let part = 0; part < 4; part++) {
        Atomics.wait(still, 0, 0, 400);
        postMessage(0);
      }
      postMessage(9000);
      Atomics.wait(still, 0, 0, 2600);
      postMessage(0);
    });
    expect(await alert.count()).toBe(0);
    await showPart(page, "Training");
    const epochs = page.getByRole("textbox", { name: "Epochs" });
    await epochs.fill("10000");
    await epochs.press("Enter");
    await button(page, "Train").click();
    await waitForStatus(page, ({ state, step }) => state === "Training" && step > 10);
    await button(page, "Pause").click();
    const { step } = await waitForState(page, "Paused");
    await button(page, "Train").click();
    await waitForState(page, "Training");
    hang();
    const revived = alert.filter({ hasText: /started anew \(it no longer answered\)\. The run goes on from step/ });
    await revived.waitFor();
    const text = await revived.innerText();
    expect(Number(/from step ([\d,]+)/.exec(text)?.[1]?.replaceAll(",", ""))).toBeGreaterThanOrEqual(step);
    await waitForStatus(page, (status) => status.state === "Training" && status.step > step);
    // It is kept as the run that it was, and as no second one.
    const readRuns = (): Promise<{ parent: unknown; events: { what: string }[] }[]> =>
      page.evaluate(
        () =>
          new Promise((resolve) => {
            const opening = indexedDB.open("descent-runs");
            opening.addEventListener("success", () => {
              const asked = opening.result.transaction("runs").objectStore("runs").getAll();
              asked.addEventListener("success", () => {
                opening.result.close();
                resolve(asked.result);
              });
            });
          }),
      );
    const told = async (): Promise<unknown> =>
      (await readRuns()).map(({ parent, events }) => [parent, events.map(({ what }) => what).join()]);
    await expect.poll(told, { timeout: 10_000 }).toEqual([[null, "begun,resumed,rewound"]]);
    // The second and third time, and by axe, in full.
    if (!isFull) return;
    expect(await violations(page), "revived").toEqual([]);
    await button(page, "Pause").click();
    await waitForState(page, "Paused");
    await button(revived, "Dismiss").click();
    hang();
    await revived.waitFor();
    await waitForState(page, "Paused");
    hang();
    await alert.getByText(/stopped answering twice at the same step/).waitFor();
    await waitForState(page, "Not ready");
    expect(await violations(page), "lost again").toEqual([]);
    await button(page, "Train").click();
    await waitForStatus(page, (status) => status.state === "Training" && status.step > 0);
  });

  it("says at once that its script is missing", async () => {
    const { page } = await open({
      before: async (blank) => {
        await blank.context().route("**/worker-*.js", (route) => route.fulfill({ status: 404 }));
      },
    });
    await page
      .getByRole("alert")
      .getByText(/The training worker could not start: its script could not be loaded/)
      .waitFor();
    expect((await waitForState(page, "Not ready")).state).toBe("Not ready");
    // Nothing that is pressed waits for it: another is asked for, and is missing too, until the script is there.
    const isAsked = (): Promise<unknown> => page.waitForRequest(/worker-.*\.js/);
    for (const press of [() => button(page, "Train").click(), () => button(page, "Retry").click()]) {
      await Promise.all([isAsked(), press()]);
      await waitForState(page, "Not ready");
    }
    await page.context().unroute("**/worker-*.js");
    await button(page, "Train").click();
    await waitForStatus(page, ({ state, step }) => state === "Training" && step > 3);
  });

  it("says that its script does not come, and trains when it does", async () => {
    const { page } = await open({
      before: async (blank) => {
        await blank.clock.install();
        await blank.context().route("**/worker-*.js", () => {});
      },
    });
    await button(page, "Train").waitFor();
    await page.clock.fastForward(61_000);
    await page
      .getByRole("alert")
      .getByText(/it did not come within 60 seconds/)
      .waitFor();
    await page.context().unroute("**/worker-*.js");
    await page.clock.resume();
    await button(page, "Retry").click();
    expect((await waitForState(page, "Ready")).step).toBe(0);
  });
});
