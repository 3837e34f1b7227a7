// What can go wrong from outside: the address, the data, the stored draft. Each is told in the page, and none ends it.
import { describe, expect, it } from "vitest";
import { everyDay, fullTest, isFull } from "../support/full";
import { violations } from "./axe";
import { button, expectQuiet, layerTypes, reloadWithDraft, showPart, useBrowser, waitForState } from "./support";

const bottomOf = (box: { readonly y: number; readonly height: number } | null): number =>
  box ? box.y + box.height : Infinity;

const spoiled: readonly (readonly [string, (bytes: Buffer) => Buffer])[] = [
  [
    "corrupt",
    (bytes) => {
      const changed = Buffer.from(bytes);
      changed[changed.length >> 1] = (changed[changed.length >> 1] ?? 0) ^ 0xff;
      return changed;
    },
  ],
  ["truncated", (bytes) => bytes.subarray(0, bytes.length >> 1)],
];

describe("when something is wrong", () => {
  const open = useBrowser("none");

  it("names the parameters of the address that it ignores", async () => {
    const app = await open({ query: "?backend=cuda&colour=blue" });
    const { page } = app;
    const notices = page.getByRole("region", { name: "Notices" });
    await notices.getByText('backend "cuda"').waitFor();
    await notices.getByText('"colour"').waitFor();
    await waitForState(page, "Ready");
    await button(notices, "Dismiss").first().click();
    await button(notices, "Dismiss").first().click();
    await expect.poll(() => notices.getByRole("alert").count()).toBe(0);
    expectQuiet(app);
  });

  it.each(everyDay(spoiled.slice(0, 1), spoiled))(
    "tells of a %s data file, and loads it on retry",
    async (_, spoil) => {
      const pattern = "**/datasets/mnist/train-images-0*";
      const { page } = await open({
        before: async (blank) => {
          await blank.context().route(pattern, async (route) => {
            const response = await route.fetch();
            await route.fulfill({ status: 200, contentType: "application/gzip", body: spoil(await response.body()) });
          });
        },
      });
      const notice = page.getByRole("alert").filter({ hasText: /train-images-0/ });
      await notice.waitFor();
      await waitForState(page, "Not ready");
      await page.context().unroute(pattern);
      await button(notice, "Retry").click();
      await waitForState(page, "Ready");
      await expect.poll(() => notice.count()).toBe(0);
      await button(page, "Train").click();
      await waitForState(page, "Training");
    },
  );

  it("says that a part of the page did not come, and fetches it when asked again", async () => {
    const { page } = await open({ query: "?preset=xor" });
    await waitForState(page, "Ready");
    // Its script comes, and its style sheet does not.
    await page.context().route(/ProfilePanel.*\.css/, (route) => route.abort());
    await page.getByRole("tab", { name: "Profile" }).click();
    const results = page.getByRole("region", { name: "Results" });
    await results.getByText("This part of the page could not be loaded").waitFor();
    if (isFull) expect(await violations(page)).toEqual([]);
    await page.context().unroute(/ProfilePanel.*\.css/);
    await button(results, "Try again").click();
    await button(results, "Profile a step").waitFor();
    const sheets = await page.evaluate(() =>
      [...document.styleSheets].map(({ href, cssRules }) => [href ?? "", cssRules.length] as const),
    );
    expect(sheets.some(([href, rules]) => href.includes("ProfilePanel") && rules > 0)).toBe(true);
  });

  it("sets a broken draft aside and starts from the preset", async () => {
    const app = await open();
    const { page } = app;
    await waitForState(page, "Ready");
    await reloadWithDraft(page, () => '{"version":1,"layers":"none"}');
    await page
      .getByRole("alert")
      .getByText(/could not be read, so it was set aside/)
      .waitFor();
    await expect.poll(() => layerTypes(page)).toEqual(["Flatten", "Dense", "Dense"]);
    expect(await page.evaluate(() => localStorage.getItem("descent.draft.broken"))).toBe(
      '{"version":1,"layers":"none"}',
    );
    await waitForState(page, "Ready");
    expectQuiet(app);
  });

  it("says at which step the loss is no longer finite, and goes on from before at lower rates", async () => {
    const { page } = await open();
    await showPart(page, "Training");
    await page.getByRole("combobox", { name: "Optimizer" }).selectOption("SGD");
    await page.getByRole("combobox", { name: "Loss" }).selectOption("meanSquaredError");
    const list = page.getByRole("list", { name: "Model", exact: true });
    await page.getByRole("combobox", { name: "Schedule" }).selectOption("constant");
    await showPart(page, "Model");
    // Without a non-linearity nothing holds the values back.
    for (const layer of [/128 relu/, /10 softmax/]) {
      await list.getByRole("button", { name: layer }).click();
      await page.getByRole("combobox", { name: "Activation" }).selectOption("linear");
    }
    await showPart(page, "Training");
    const rate = page.getByRole("textbox", { name: "Learning rate" });
    await rate.fill("10");
    await rate.press("Enter");
    await page.waitForTimeout(500);
    await waitForState(page, "Ready");
    await button(page, "Train").click();
    await page
      .getByRole("alert")
      .getByText(/no longer a finite number at step \d+/)
      .waitFor({ timeout: 60_000 });
    const { step } = await waitForState(page, "Diverged");
    await page
      .getByRole("alert")
      .getByText(/it began with .* of dense/)
      .waitFor();
    if (isFull) expect(await violations(page), "diverged").toEqual([]);
    // The notice is low, and what lies under it can be scrolled into sight.
    const [notice, results] = [page.getByRole("alert"), page.getByRole("region", { name: "Results" })];
    const top = (await notice.boundingBox())?.y ?? 0;
    expect((await notice.boundingBox())?.height).toBeLessThan(110);
    const lowest = results.getByText("Which images does it misread");
    await results.hover({ position: { x: 200, y: 80 } });
    await page.mouse.wheel(0, 1000);
    await expect.poll(async () => bottomOf(await lowest.boundingBox())).toBeLessThanOrEqual(top);
    // Train pressed as it is would end in the same place: it lowers the rate, as the notice offers.
    await page
      .getByRole("alert")
      .getByRole("button", { name: `a tenth of the rate from step ${step}` })
      .click();
    await waitForState(page, "Diverged");
    // Whatever else is edited meanwhile: that waits, and rates do not.
    await showPart(page, "Model");
    await button(page, "Dropout").click();
    await button(page, "Train").click();
    await showPart(page, "Training");
    await expect.poll(() => rate.inputValue()).toBe("0.1");
    await waitForState(page, "Training");
    await expect.poll(() => page.getByRole("alert").count()).toBe(0);
    // The other way out.
    await rate.fill("10");
    await rate.press("Enter");
    await waitForState(page, "Diverged");
    await button(page.getByRole("alert"), "Reset").click();
    await expect.poll(() => page.getByRole("alert").count()).toBe(0);
    expect((await waitForState(page, "Ready")).step).toBe(0);
  });

  it("refuses a batch too large for the memory with one that fits, and trains it", async () => {
    const app = await open({ query: "?preset=convnet-dropout" });
    const { page } = app;
    await waitForState(page, "Ready");
    await showPart(page, "Training");
    const batchSize = page.getByRole("textbox", { name: "Batch size" });
    await batchSize.fill("8192");
    await batchSize.press("Enter");
    const refusal = page.getByRole("alert").filter({ hasText: /Training at batch size 8,192 needs/ });
    await refusal.getByText(/Use a batch of [\d,]+ or less, or fewer filters in conv2d/).waitFor();
    await waitForState(page, "Not ready");
    if (isFull) expect(await violations(page), "not ready").toEqual([]);
    await batchSize.fill("8");
    await batchSize.press("Enter");
    await waitForState(page, "Ready");
    await expect.poll(() => refusal.count()).toBe(0);
    await button(page, "Train").click();
    await waitForState(page, "Training");
    expectQuiet(app);
  });

  fullTest("says that a model found in the draft is blocked, and on what it would train", async () => {
    const app = await open({ query: "?preset=xor" });
    const { page } = app;
    await waitForState(page, "Ready");
    await button(page, "Remove dense").click();
    await button(page, "Remove dense").click();
    await page.waitForFunction(() => localStorage.getItem("descent.draft")?.includes('"blocks":[]'));
    await page.goto(new URL("?backend=cpu", page.url()).href);
    await waitForState(page, "Blocked");
    await page.getByRole("button", { name: /^Backend: CPU, .*The CPU was asked for/ }).waitFor();
    await button(page, "Undo").waitFor();
    await button(page, "Dense").click();
    await page.getByRole("combobox", { name: "Preset" }).selectOption("xor");
    await waitForState(page, "Ready");
    expectQuiet(app);
  });

  it("says so when the page itself breaks, and keeps the draft", async () => {
    const { page } = await open({
      before: async (blank) => {
        await blank.context().route("**/assets/*.js", async (route) => {
          const response = await route.fetch();
          const script = await response.text();
          const body = script.replace(/[`"]layout\.privacy[`"]/g, '(()=>{throw Error("broken on purpose")})()');
          await route.fulfill({ response, body });
        });
        await blank.context().addInitScript(() => localStorage.setItem("descent.draft", "{}"));
      },
    });
    const alert = page.getByRole("alert");
    await alert.getByText("broken on purpose").waitFor();
    await button(alert, "Reload").waitFor();
    await button(alert, "Start from a preset").click();
    expect(await page.evaluate(() => localStorage.getItem("descent.draft.broken"))).toBe("{}");
  });
});
