// The pocket page of the model in the page, saved as a visitor does it and opened beside it.
import { text } from "node:stream/consumers";
import type { Page } from "playwright-core";
import { button } from "./support";

export async function openPocket(page: Page): Promise<Page> {
  await button(page, "Export").click();
  const dialog = page.getByRole("dialog", { name: "Export" });
  await dialog.getByRole("radio", { name: /Pocket page/ }).check();
  const waiting = page.waitForEvent("download");
  await button(dialog, "Download").click();
  const pocket = await page.context().newPage();
  await pocket.setContent(await text(await (await waiting).createReadStream()));
  return pocket;
}
