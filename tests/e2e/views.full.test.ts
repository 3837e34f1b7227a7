// Every view of every kind of model, before training and after some steps, on four screens: axe finds nothing, no control is
// smaller than 24 pixels or out of reach, and nothing is cut off or scrolls sideways.
import { describe, expect, it } from "vitest";
import { saveScreenshot } from "../support/browser";
import { settle, violations } from "./axe";
import { findCut, findUnreachable } from "./room";
import { button, expectQuiet, showPart, useBrowser, waitForState, waitForStatus, type Size } from "./support";

const presets = [
  ...["convnet", "vae", "points-spiral", "cars", "names-transformer", "gan-points"],
  ...["kmeans-digits", "grid-network", "cnn-rnn"],
];
const screens: readonly Size[] = [
  [1366, 650],
  [768, 1024],
  [390, 844],
  [320, 568],
];

describe.each(screens)("at %dx%d", (width, height) => {
  const open = useBrowser("none");
  const isTouched = width < 1024;

  it.each(presets)(
    "all views of %s have room and can be used",
    async (preset) => {
      const app = await open({
        viewport: { width, height },
        hasTouch: isTouched,
        isMobile: isTouched,
        colorScheme: "light",
        query: `?preset=${preset}`,
      });
      const { page } = app;
      await waitForState(page, "Ready");
      const problems: string[] = [];
      for (const state of ["ready", "trained"]) {
        if (state === "trained") {
          await button(page, "Train").click();
          await waitForStatus(page, ({ step }) => step > 10);
          // The small ones may have ended by now.
          await button(page, "Pause")
            .click({ timeout: 3000 })
            .catch(() => {});
          await waitForStatus(page, (status) => ["Paused", "Finished"].includes(status.state));
        }
        if (isTouched) await showPart(page, "Results");
        for (const tab of await page.getByRole("tablist", { name: "Views" }).getByRole("tab").all()) {
          await tab.click();
          const name = await tab.innerText();
          await page.getByText("Loading", { exact: true }).waitFor({ state: "detached" });
          await page.waitForTimeout(700);
          // Away from what shows a word of help under the pointer.
          await page.mouse.move(0, 0);
          await page.getByRole("tooltip").waitFor({ state: "detached" });
          await settle(page);
          const found = [
            ...(await violations(page)),
            ...(await findCut(page, isTouched)),
            // Scrolls, and so comes last.
            ...(await findUnreachable(page)),
          ];
          problems.push(...found.map((problem) => `${name}, ${state}: ${problem}`));
          await saveScreenshot(page, `view-${width}-${preset}-${state}-${name.toLowerCase()}`);
        }
      }
      expect([...new Set(problems)]).toEqual([]);
      expectQuiet(app);
    },
    240_000,
  );
});
