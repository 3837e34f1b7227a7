// Taking the model out of the page: the dialog by keyboard, what it says of a format that cannot, and a file that opens.
import { buffer } from "node:stream/consumers";
import { unzipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { settle, violations } from "./axe";
import { button, isFocused, readStatus, useBrowser } from "./support";

describe("export", () => {
  const open = useBrowser("none");

  it("offers formats, proves the weights, and saves a file", async () => {
    const { page } = await open({ query: "?preset=xor" });
    await button(page, "Train").click();
    await expect.poll(async () => (await readStatus(page)).step).toBeGreaterThan(20);
    await button(page, "Export").focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: "Export the model" });
    await expect.poll(() => dialog.getByRole("radio").count()).toBeGreaterThan(5);
    await expect.poll(() => dialog.getByRole("status").innerText()).toMatch(/4 test samples differ by \d\.\de-\d/);
    await settle(page);
    expect(await violations(page)).toEqual([]);
    await dialog.getByRole("radio", { name: /ONNX/ }).check();
    const waiting = page.waitForEvent("download");
    await button(dialog, "Download").click();
    const download = await waiting;
    expect(download.suggestedFilename()).toBe("xor-onnx.zip");
    const files = unzipSync(new Uint8Array(await buffer(await download.createReadStream())));
    expect(Object.keys(files).toSorted()).toEqual(["check_onnx.py", "samples.npz", "xor.onnx"]);
    await dialog.getByRole("radio", { name: /Keras 3/ }).check();
    const again = page.waitForEvent("download");
    await button(dialog, "Download").click();
    const keras = unzipSync(new Uint8Array(await buffer(await (await again).createReadStream())));
    expect(Object.keys(keras)).toContain("xor.keras");
    await page.keyboard.press("Escape");
    await expect.poll(() => isFocused(button(page, "Export"))).toBe(true);
  });
});
