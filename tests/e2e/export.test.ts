// Taking the model out of the page: the dialog by keyboard, what it says of a format that cannot, and a file that opens.
import { buffer, text } from "node:stream/consumers";
import { unzipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { isFull } from "../support/full";
import { settle, violations } from "./axe";
import { openPocket } from "./pocket";
import { button, isFocused, readStatus, useBrowser, waitForState } from "./support";

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
    expect(await dialog.innerText()).toMatch(
      /What goes in\s+Numbers in this order: "a", "b"\.\s+What comes out\s+A probab/,
    );
    await settle(page);
    if (isFull) expect(await violations(page)).toEqual([]);
    await dialog.getByRole("radio", { name: /ONNX/ }).check();
    const waiting = page.waitForEvent("download");
    await button(dialog, "Download").click();
    const download = await waiting;
    expect(download.suggestedFilename()).toBe("xor-onnx.zip");
    const zip = new Uint8Array(await buffer(await download.createReadStream()));
    const files = unzipSync(zip);
    expect(Object.keys(files).toSorted()).toEqual(["check_onnx.py", "samples.npz", "xor.onnx"]);
    await dialog.getByRole("radio", { name: /Keras 3/ }).check();
    const again = page.waitForEvent("download");
    await button(dialog, "Download").click();
    const keras = unzipSync(new Uint8Array(await buffer(await (await again).createReadStream())));
    expect(Object.keys(keras)).toContain("xor.keras");
    await dialog.getByRole("radio", { name: /Pocket page/ }).check();
    const pocketWaiting = page.waitForEvent("download");
    await button(dialog, "Download").click();
    const html = await text(await (await pocketWaiting).createReadStream());
    expect(html.length).toBeLessThan(300_000);
    const pocket = await page.context().newPage();
    await pocket.setContent(html);
    // The last eight bytes of arrays are two inputs and the last four an output: of the last of the four points.
    const [inputs, outputs] = ["inputs.npy", "outputs.npy"].map((name) => {
      const bytes = unzipSync(files["samples.npz"] ?? new Uint8Array())[name]?.slice(name === "inputs.npy" ? -8 : -4);
      return new Float32Array(bytes?.buffer ?? new ArrayBuffer());
    });
    const [given] = await pocket.evaluate<number[]>(`predict([${inputs?.join(", ")}])`);
    expect(Math.abs((given ?? NaN) - (outputs?.[0] ?? NaN))).toBeLessThan(1e-6);
    await pocket.getByRole("spinbutton").first().fill("1");
    await expect.poll(() => pocket.locator("dl").innerText()).toMatch(/\d%/);
    if (isFull) expect(await violations(pocket)).toEqual([]);
    await pocket.close();
    await page.keyboard.press("Escape");
    await expect.poll(() => isFocused(button(page, "Export"))).toBe(true);
    // The file comes back, and is trained on.
    const file = { name: "xor.keras", mimeType: "", buffer: Buffer.from(keras["xor.keras"] ?? []) };
    await page.locator('input[type="file"][accept^=".keras"]').first().setInputFiles(file);
    await expect.poll(() => page.getByText("xor is open, with its weights").count()).toBeGreaterThan(0);
    await button(page, "Train").click();
    await expect.poll(async () => (await readStatus(page)).loss).toBeLessThan(0.3);
    // So does the zip, as it was saved, dropped anywhere: it is none of data.
    const dropped = await page.evaluateHandle((bytes) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([Uint8Array.from(bytes)], "xor-onnx.zip"));
      return transfer;
    }, Array.from(zip));
    await page.dispatchEvent("body", "drop", { dataTransfer: dropped });
    await expect
      .poll(() => page.getByText("XOR is open, with its weights: Train goes on from them.", { exact: true }).count())
      .toBeGreaterThan(0);
  });

  it("has a pocket page that reads the beginning of a name as the page does", async () => {
    const { page } = await open({ query: "?preset=names-gru" });
    await waitForState(page, "Ready");
    const pocket = await openPocket(page);
    await pocket.getByRole("textbox").fill("Ann");
    // `.ann` and nothing behind it, answered at its fourth token.
    const [share, next] = await pocket.evaluate<[number, string]>(`(() => {
      const names = model.input.vocabulary;
      const shares = predict([...".ann", ..."_".repeat(9)].map((part) => names.indexOf(part))).slice(3 * names.length, 4 * names.length);
      const most = Math.max(...shares);
      return [most, names[shares.indexOf(most)]];
    })()`);
    const first = pocket.locator("dl > .first");
    await expect.poll(() => first.first().textContent()).toBe(next);
    expect(await first.last().textContent()).toBe(`${(100 * share).toFixed(1)}%`);
    await pocket.close();
  });
});
