// What tests of kept runs do in the page: train a little, and read what the browser keeps.
import type { Page } from "playwright-core";
import { button, waitForState, waitForStatus } from "./support";

/** Trains past a step and pauses. @returns the step */
export async function trainPast(page: Page, past: number): Promise<number> {
  await button(page, "Train").click();
  await waitForStatus(page, ({ state, step }) => state === "Training" && step > past);
  await button(page, "Pause").click();
  return (await waitForState(page, "Paused")).step;
}

export async function setRate(page: Page, rate: string): Promise<void> {
  const field = page.getByRole("textbox", { name: "Learning rate" }).first();
  await field.fill(rate);
  await field.press("Enter");
}

/** What is in the database: checkpoints of each run, by step. */
export const readKept = (page: Page): Promise<Record<string, number[]>> =>
  page.evaluate(
    () =>
      new Promise((resolve) => {
        const opening = indexedDB.open("descent-runs");
        opening.onsuccess = () => {
          const asked = opening.result.transaction("checkpoints").objectStore("checkpoints").getAll();
          asked.onsuccess = () => {
            const steps: Record<string, number[]> = {};
            for (const { run, step } of asked.result) (steps[run] ??= []).push(step);
            opening.result.close();
            resolve(steps);
          };
        };
      }),
  );
