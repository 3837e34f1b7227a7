// What visitors bring, at the size that they have it, and as cameras and drawing programs write it.
import { AxeBuilder } from "@axe-core/playwright";
import { zipSync, zlibSync } from "fflate";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { bmp } from "../support/brought";
import { openPocket } from "./pocket";
import { button, expectQuiet, showPart, useBrowser, waitForState, waitForStatus } from "./support";

/** A PNG of red, with nothing in its right half. */
function halfPng(side: number): Uint8Array {
  const rows = new Uint8Array(side * (1 + 4 * side));
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side / 2; x++) rows.set([255, 0, 0, 255], y * (1 + 4 * side) + 1 + 4 * x);
  }
  const table = Array.from({ length: 256 }, (_, n) => {
    let c = n;
    for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
    return c >>> 0;
  });
  const chunk = (type: string, data: Uint8Array): Buffer => {
    const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
    const ends = Buffer.alloc(8);
    ends.writeUInt32BE(data.length, 0);
    ends.writeUInt32BE((body.reduce((c, b) => (table[(c ^ b) & 255] ?? 0) ^ (c >>> 8), -1) ^ -1) >>> 0, 4);
    return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(side, 0);
  head.writeUInt32BE(side, 4);
  head.set([8, 6, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]);
  return Buffer.concat([
    signature,
    chunk("IHDR", head),
    chunk("IDAT", zlibSync(rows)),
    chunk("IEND", new Uint8Array()),
  ]);
}

/** A JPEG as a camera that was held upright writes it: lying, red on the left, and to be turned to the right. */
async function turnedJpeg(page: Page): Promise<Uint8Array> {
  const bytes = await page.evaluate(async () => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [40, 32];
    const context = canvas.getContext("2d");
    if (context) context.fillStyle = "#0000ff";
    context?.fillRect(0, 0, 40, 32);
    if (context) context.fillStyle = "#ff0000";
    context?.fillRect(0, 0, 20, 32);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.95));
    return [...new Uint8Array((await blob?.arrayBuffer()) ?? new ArrayBuffer())];
  });
  const exif = [..."Exif\0\0MM\0*", "\0\0\0\b", "\0\x01", "\x01\x12\0\x03", "\0\0\0\x01", "\0\x06\0\0", "\0\0\0\0"]
    .join("")
    .split("")
    .map((letter) => letter.charCodeAt(0));
  const size = exif.length + 2;
  return Uint8Array.from([...bytes.slice(0, 2), 0xff, 0xe1, size >> 8, size & 255, ...exif, ...bytes.slice(2)]);
}

describe("data of one's own, full", () => {
  const open = useBrowser("none");

  it("sees through what is transparent, and turns what a camera says to turn", { timeout: 120_000 }, async () => {
    const app = await open({});
    const { page } = app;
    const [half, turned] = [halfPng(32), await turnedJpeg(page)];
    const files = Object.fromEntries(
      [0, 1, 2, 3].flatMap((n) => [
        [`set/half/${n}.png`, half],
        [`set/turned/${n}.jpg`, turned],
      ]),
    );
    await showPart(page, "Training");
    await button(page, "Bring your data").click();
    const dialog = page.getByRole("dialog", { name: "Bring your data" });
    await dialog
      .locator("input[type=file]")
      .first()
      .setInputFiles({ name: "set.zip", mimeType: "application/zip", buffer: Buffer.from(zipSync(files)) });
    await dialog.getByLabel("Leave out pictures that are there again").click();
    await dialog.getByText("2 classes, 32 × 32 × 3 each").waitFor();
    const pixel = (of: string, x: number, y: number) =>
      dialog
        .getByRole("img", { name: of })
        .evaluate(
          (canvas: HTMLCanvasElement, at) => [
            ...(canvas.getContext("2d")?.getImageData(at[0] ?? 0, at[1] ?? 0, 1, 1).data ?? []),
          ],
          [x, y],
        );
    const [first, second] = ["Pictures of half", "Pictures of turned"] as const;
    expect(await pixel(first, 4, 16)).toEqual([255, 0, 0, 255]);
    expect(await pixel(first, 28, 16)).toEqual([255, 255, 255, 255]);
    const [top, bottom] = [await pixel(second, 16, 3), await pixel(second, 16, 28)];
    expect(top[0]).toBeGreaterThan(240);
    expect(top[2]).toBeLessThan(20);
    expect(bottom[0]).toBeLessThan(20);
    expect(bottom[2]).toBeGreaterThan(240);
    await dialog.getByLabel("Background").selectOption("black");
    await expect.poll(() => pixel(first, 28, 16)).toEqual([0, 0, 0, 255]);
    expectQuiet(app);
  });

  it("takes a table of 100,000 rows and 50 columns, and lets go of it when asked", { timeout: 300_000 }, async () => {
    const app = await open({});
    const { page } = app;
    await showPart(page, "Training");
    await button(page, "Bring your data").click();
    const dialog = page.getByRole("dialog", { name: "Bring your data" });
    const choose = () =>
      dialog
        .locator("input[type=file]")
        .first()
        .evaluate((input: HTMLInputElement) => {
          let state = 1;
          const next = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
          const names = Array.from({ length: 49 }, (_, i) => `x${i}`).concat("kind");
          const rows = [names.join(",")];
          for (let n = 0; n < 100_000; n++) {
            const cells = Array.from({ length: 49 }, (_, i) =>
              i < 45 ? next().toFixed(4) : ["red", "green", "blue"][Math.floor(3 * next())],
            );
            rows.push(`${cells.join(",")},${Number(cells[0]) + Number(cells[1]) > 1 ? "high" : "low"}`);
          }
          const transfer = new DataTransfer();
          transfer.items.add(new File([rows.join("\n")], "large.csv", { type: "text/csv" }));
          input.files = transfer.files;
          input.dispatchEvent(new Event("change", { bubbles: true }));
        });
    await choose();
    await dialog.getByRole("progressbar").waitFor();
    await button(dialog, "Cancel").click();
    await dialog.getByRole("progressbar").waitFor({ state: "hidden" });
    await choose();
    await dialog
      .getByText("80,000 rows to train on, 20,000 for the test, 57 features, 2 classes")
      .waitFor({ timeout: 120_000 });
    await button(dialog, "Use with a model that fits").click();
    await dialog.waitFor({ state: "hidden", timeout: 120_000 });
    await waitForState(page, "Ready");
    await button(page, "Train").click();
    await waitForStatus(page, ({ step }) => step > 50);
    expectQuiet(app);
  });

  it(
    "takes pictures that are drawn, photographed and dropped on a class, and another's for the test",
    { timeout: 120_000 },
    async () => {
      const app = await open({});
      const { page } = app;
      await showPart(page, "Training");
      await button(page, "Bring your data").click();
      const dialog = page.getByRole("dialog", { name: "Bring your data" });
      await button(dialog, "Draw or photograph").click();
      await dialog.getByText("got none of class 1, class 2").waitFor();
      await button(dialog, "Draw class 1").click();
      const pad = page.getByRole("application", { name: "Drawing pad" });
      for (let n = 0; n < 4; n++) {
        await pad.focus();
        await pad.press("ArrowRight");
        await pad.press(" ");
        for (let i = 0; i <= n; i++) await pad.press("Shift+ArrowDown");
        await button(page, "Add the drawing").click();
      }
      await page.getByText("4 added", { exact: true }).waitFor();
      await button(page.getByRole("dialog", { name: "Draw class 1" }), "Close").click();
      await dialog.getByText("4 pictures", { exact: true }).waitFor();
      await button(dialog, "Photograph class 2").click();
      const hold = button(page, "Hold to take pictures");
      await expect.poll(() => hold.isEnabled()).toBe(true);
      await hold.press("Enter", { delay: 1000 });
      await page.getByText(/^[1-9]\d* added$/).waitFor();
      const camera = page.getByRole("dialog", { name: "Photograph class 2" });
      expect((await new AxeBuilder({ page }).include("dialog[open]").analyze()).violations).toEqual([]);
      await button(camera, "Close").click();
      await dialog.getByText(/train on, \d+ for the test, 2 classes, 28 × 28 × 1 each/).waitFor();
      await button(dialog, "Add a class").click();
      const third = dialog.getByRole("listitem").filter({ has: page.getByLabel("Name of class 3", { exact: true }) });
      const dropped = await page.evaluateHandle(
        (all) => {
          const transfer = new DataTransfer();
          for (const [i, bytes] of all.entries()) transfer.items.add(new File([Uint8Array.from(bytes)], `${i}.bmp`));
          return transfer;
        },
        [1, 2, 3].map((n) => [...bmp(20, 20, [200, 60 * n, 9])]),
      );
      await third.dispatchEvent("dragover", { dataTransfer: dropped });
      await third.dispatchEvent("drop", { dataTransfer: dropped });
      await third.getByText("3 pictures", { exact: true }).waitFor();
      await dialog.getByLabel("Name of class 3", { exact: true }).fill("square");
      const theirs = zipSync({
        "her/square/1.bmp": bmp(30, 30, [250, 250, 9]),
        "her/class 2/1.bmp": bmp(30, 30, [9, 9, 9]),
      });
      await dialog
        .getByLabel("Add files for the test")
        .setInputFiles({ name: "her.zip", mimeType: "application/zip", buffer: Buffer.from(theirs) });
      await dialog.getByText(/ 2 for the test, 3 classes/).waitFor();
      await dialog.getByText("None for the test of class 1").waitFor();
      // Beside the cards: they come to what is there, by their folders or as a class of their own.
      await button(dialog, "Use with a model that fits").dispatchEvent("drop", { dataTransfer: dropped });
      await dialog
        .getByText("Classes: expected pictures of each, got none of images. Add some, or leave it out.")
        .waitFor();
      await dialog.getByRole("checkbox", { name: /images/ }).uncheck({ force: true });
      await dialog.getByText(/ 2 for the test, 3 classes/).waitFor();
      await button(dialog, "Use with a model that fits").click();
      await dialog.waitFor({ state: "hidden" });
      await waitForState(page, "Ready");
      await button(page, "Train").click();
      await waitForStatus(page, ({ step }) => step > 5);
      expectQuiet(app);
    },
  );

  it("keeps what is typed while pictures are added", async () => {
    const app = await open({});
    const { page } = app;
    await showPart(page, "Training");
    await button(page, "Bring your data").click();
    const dialog = page.getByRole("dialog", { name: "Bring your data" });
    await button(dialog, "Draw or photograph").click();
    await dialog.getByText("got none of class 1, class 2").waitFor();
    const sides = ["left", "right"].flatMap((side, at) =>
      Array.from({ length: 1500 }, (_, n) => [`all/${side}/${n}.bmp`, bmp(60, 60, [120 * at, n % 250, 9], n >> 3)]),
    );
    await dialog.getByLabel("Add files for the test").setInputFiles({
      name: "all.zip",
      mimeType: "application/zip",
      buffer: Buffer.from(zipSync(Object.fromEntries(sides), { level: 0 })),
    });
    await dialog.getByRole("progressbar").waitFor();
    await dialog.getByLabel("Name of class 1", { exact: true }).fill("mine");
    await dialog.getByRole("checkbox", { name: /class 2/ }).uncheck({ force: true });
    expect(await dialog.getByRole("progressbar").count()).toBe(1);
    await dialog.getByLabel("Name of left", { exact: true }).waitFor();
    expect(await dialog.getByLabel("Name of class 1", { exact: true }).inputValue()).toBe("mine");
    await dialog.getByText("got none of mine.").waitFor();
    expectQuiet(app);
  });

  it("takes texts in folders of classes, reads them as one text if asked, and learns to tell them apart", async () => {
    const app = await open({});
    const { page } = app;
    await showPart(page, "Training");
    await button(page, "Bring your data").click();
    const dialog = page.getByRole("dialog", { name: "Bring your data" });
    const texts = ["good", "bad"].flatMap((kind) =>
      Array.from({ length: 60 }, (_, n) => [
        `films/${kind}/${n}.txt`,
        new TextEncoder().encode(`Film ${n} was ${kind}, as all of them are.`),
      ]),
    );
    await dialog
      .locator("input[type=file]")
      .first()
      .setInputFiles({
        name: "films.zip",
        mimeType: "application/zip",
        buffer: Buffer.from(zipSync(Object.fromEntries(texts))),
      });
    await dialog
      .getByText(/^96 texts to train on, 24 for the test, 2 classes, 20 tokens each, \d+ different ones$/)
      .waitFor();
    await button(dialog, "Read as one text, to learn to write").click();
    await dialog.getByText(/different characters/).waitFor();
    await button(dialog, "Read as texts of classes").click();
    await dialog.getByLabel("Tokens of each text").selectOption("50");
    await dialog.getByText(/ 50 tokens each/).waitFor();
    expect((await new AxeBuilder({ page }).include("dialog[open]").analyze()).violations).toEqual([]);
    await button(dialog, "Use with a model that fits").click();
    await dialog.waitFor({ state: "hidden" });
    await waitForState(page, "Ready");
    await button(page, "Train").click();
    await waitForStatus(page, ({ step }) => step > 5);
    await page
      .getByRole("cell", { name: /^film \d+ was (good|bad) as all of them are$/ })
      .first()
      .waitFor();
    // The pocket page reads words as they were read here.
    await waitForState(page, "Finished");
    const pocket = await openPocket(page);
    for (const kind of ["good", "bad"]) {
      await pocket
        .getByLabel("Text: the first 50 words are read")
        .fill(`Film 7 was ${kind.toUpperCase()}, as unheard of.`);
      const share = async (): Promise<number> =>
        Number(new RegExp(`${kind}\\s+(\\d+)`).exec(await pocket.locator("dl").innerText())?.[1]);
      await expect.poll(share).toBeGreaterThan(80);
    }
    expectQuiet(app);
  });

  it("says which files are broken where no picture is whole", async () => {
    const app = await open({});
    const { page } = app;
    await showPart(page, "Training");
    await button(page, "Bring your data").click();
    const dialog = page.getByRole("dialog", { name: "Bring your data" });
    const broken = { name: "a.png", mimeType: "image/png", buffer: Buffer.from("no picture") };
    await dialog
      .locator("input[type=file]")
      .first()
      .setInputFiles([broken, { ...broken, name: "b.png" }]);
    await dialog.getByText("2 files left out").click();
    await dialog.getByText("a.png: expected a PNG, JPEG, WebP, GIF, BMP or SVG picture, got something else").waitFor();
    expectQuiet(app);
  });

  it("are off the list at once where the browser clears its database, and can be brought again", async () => {
    const { page } = await open({});
    const bring = async (): Promise<void> => {
      await showPart(page, "Training");
      await button(page, "Bring your data").click();
      const dialog = page.getByRole("dialog", { name: "Bring your data" });
      const lines = [
        "width,kind",
        ...Array.from({ length: 60 }, (_, i) => `${i % 20},${i % 20 < 9 ? "small" : "large"}`),
      ];
      const buffer = Buffer.from(lines.join("\n"));
      await dialog
        .locator("input[type=file]")
        .first()
        .setInputFiles({ name: "boxes.csv", mimeType: "text/csv", buffer });
      await button(dialog, "Use with a model that fits").click();
      await waitForState(page, "Ready");
      await showPart(page, "Training");
    };
    const listed = page.getByLabel("Dataset", { exact: true }).locator("option", { hasText: "boxes" });
    await bring();
    await page.reload();
    await waitForState(page, "Ready");
    await showPart(page, "Training");
    await expect.poll(() => listed.count()).toBe(1);
    await page.getByLabel("Preset", { exact: true }).selectOption({ label: "Perceptron" });
    const browser = await page.context().newCDPSession(page);
    await browser.send("Storage.clearDataForOrigin", {
      origin: new URL(page.url()).origin,
      storageTypes: "indexeddb",
    });
    await expect.poll(() => listed.count()).toBe(0);
    await bring();
    await expect.poll(() => listed.count()).toBe(1);
  });
});
