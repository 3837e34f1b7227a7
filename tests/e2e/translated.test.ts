// The page while a browser translates it: every text is replaced by an element of the translator's, again and again. Nothing may
// break on that, and no text may go on in a node that is no longer on the page.
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { everyDay } from "../support/full";
import { button, makeLong, card, expectQuiet, showPart, useBrowser, waitForState, waitForStatus } from "./support";

declare global {
  interface Window {
    /** Texts that were written where nobody sees them. */
    stale: string[];
  }
}

/** Does to the page what Google Translate does: puts `<font><font>text</font></font>` in the place of each text. */
function translate(): void {
  window.stale = [];
  const write = Object.getOwnPropertyDescriptor(Node.prototype, "nodeValue")!;
  Object.defineProperty(Node.prototype, "nodeValue", {
    ...write,
    set(this: Node, value: string) {
      if (this.nodeType === Node.TEXT_NODE && !this.isConnected) window.stale.push(value);
      write.set?.call(this, value);
    },
  });
  const translateIn = (root: Node): void => {
    const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const found: Text[] = [];
    while (texts.nextNode()) found.push(texts.currentNode as Text);
    for (const text of found) {
      const parent = text.parentElement;
      if (!parent || text.data.trim() === "" || parent.closest("font, script, style, svg, textarea, [translate=no]"))
        continue;
      const [outer, inner] = [document.createElement("font"), document.createElement("font")];
      inner.textContent = text.data;
      outer.append(inner);
      text.replaceWith(outer);
    }
  };
  const watch = (): void => {
    translateIn(document.body);
    new MutationObserver(() => translateIn(document.body)).observe(document.body, {
      childList: true,
      characterData: true,
      subtree: true,
    });
  };
  addEventListener("DOMContentLoaded", watch);
}

async function translated(page: Page): Promise<void> {
  await page.addInitScript(translate);
}

describe("a page in translation", () => {
  const open = useBrowser("none");

  it("trains, is edited and shows what is so", async () => {
    const app = await open({ before: translated });
    const { page } = app;
    await waitForState(page, "Ready");
    await makeLong(page);
    await button(page, "Train").click();
    await waitForStatus(page, ({ step }) => step > 20);
    const digits = page.getByRole("group", { name: "Test digits" }).getByRole("button");
    // Some answers turn from wrong to right.
    await digits.and(page.locator("[data-right=true]")).nth(9).waitFor();
    await digits.nth(3).hover();
    await button(page, "Pause").click();
    await waitForState(page, "Paused");
    for (const label of await digits.all()) {
      const [name, text] = [await label.getAttribute("aria-label"), await label.innerText()];
      expect(name).toContain(`taken for ${text.trim()},`);
    }
    await button(page, "Remove flatten").click();
    await page.getByRole("button", { name: "Insert Flatten" }).first().click();
    await button(page, "Undo").click();
    await button(page, "Undo").click();
    await card(page, 1)
      .getByRole("button", { name: /128 relu/ })
      .click();
    await page.getByRole("textbox", { name: "Units" }).fill("x");
    await page.getByRole("textbox", { name: "Units" }).blur();
    await button(page, "Dropout").click();
    await button(page, "Move dropout down").click();
    await showPart(page, "Training");
    await page.getByRole("combobox", { name: "Schedule" }).selectOption("cosine");
    await page.getByRole("combobox", { name: "Loss" }).selectOption("meanSquaredError");
    for (const view of ["Numbers", "Profile", "Predictions"]) await page.getByRole("tab", { name: view }).click();
    for (const preset of everyDay([], ["xor", "autoencoder", "gan-points", "curve", "sine"])) {
      await page.getByRole("combobox", { name: "Preset" }).selectOption(preset);
      await waitForState(page, "Ready");
      await button(page, "Train").click();
      await waitForStatus(page, ({ step }) => step > 3);
    }
    await button(page, "Stop").click();
    await waitForState(page, "Stopped");
    expect(await page.evaluate(() => window.stale)).toEqual([]);
    expectQuiet(app);
  });
});
