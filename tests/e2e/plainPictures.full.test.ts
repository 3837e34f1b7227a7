// Small plain pictures, which the page's worker reads itself, are seen as the browser's own decoders see them.
import { zipSync } from "fflate";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { plainPng } from "../../src/engine/bring/plainPng";
import { uniform } from "../../src/engine/random";
import { plainPngs } from "../support/png";
import { button, expectQuiet, showPart, useBrowser } from "./support";

/** The pixels of each, by the browser. */
const decoded = (page: Page, files: readonly Uint8Array[], type: string): Promise<number[][]> =>
  page.evaluate(
    async ([all, kind]) => {
      const seen: number[][] = [];
      for (const bytes of all) {
        const decoder = new ImageDecoder({ data: Uint8Array.from(bytes), type: kind });
        const { image } = await decoder.decode();
        const canvas = new OffscreenCanvas(image.displayWidth, image.displayHeight);
        const context = canvas.getContext("2d");
        context?.drawImage(image, 0, 0);
        seen.push([...(context?.getImageData(0, 0, canvas.width, canvas.height).data ?? [])]);
      }
      return seen;
    },
    [files.map((file) => [...file]), type] as const,
  );

/** JPEGs of 32 x 32, of soft colours. */
const jpegs = (page: Page, count: number): Promise<number[][]> =>
  page.evaluate(async (many) => {
    const files: number[][] = [];
    for (let n = 0; n < many; n++) {
      const canvas = new OffscreenCanvas(32, 32);
      const context = canvas.getContext("2d");
      const colours = context?.createLinearGradient(0, 0, 32, 8 * n);
      colours?.addColorStop(0, `hsl(${60 * n} 90% 40%)`);
      colours?.addColorStop(1, `hsl(${60 * n + 140} 80% 70%)`);
      if (context && colours) context.fillStyle = colours;
      context?.fillRect(0, 0, 32, 32);
      const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.9 });
      files.push([...new Uint8Array(await blob.arrayBuffer())]);
    }
    return files;
  }, count);

/** A JPEG without its profile of colours, which this browser writes into all of its own. */
function withoutProfile(bytes: readonly number[]): Uint8Array {
  const at = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xe2);
  const length = 256 * (bytes[at + 2] ?? 0) + (bytes[at + 3] ?? 0);
  return Uint8Array.from([...bytes.slice(0, at), ...bytes.slice(at + 2 + length)]);
}

describe("plain pictures", () => {
  const open = useBrowser("none");
  let drawn = 0;

  it("of all kinds of PNG are what the browser sees, to the bit", { timeout: 60_000 }, async () => {
    const { page } = await open({});
    const files = plainPngs(300, () => uniform(6, 0, 0, drawn++));
    const seen = await decoded(
      page,
      files.map(({ bytes }) => bytes),
      "image/png",
    );
    for (const [n, file] of files.entries()) {
      expect([...(plainPng({ format: "png", ...file }) ?? [])], `of ${n}`).toEqual(seen[n]);
    }
  });

  it(
    "of JPEG are what the browser sees but for rounding, and damaged ones are named",
    { timeout: 60_000 },
    async () => {
      const app = await open({});
      const { page } = app;
      const fetched: string[] = [];
      page.on("request", (request) => fetched.push(request.url()));
      const soft = (await jpegs(page, 6)).map(withoutProfile);
      const sharp = plainPngs(5, () => uniform(7, 0, 0, drawn++), 32);
      const [first = new Uint8Array()] = soft;
      const files = {
        ...Object.fromEntries(soft.map((bytes, n) => [`set/soft/${n}.jpg`, bytes])),
        ...Object.fromEntries(sharp.map(({ bytes }, n) => [`set/sharp/${n}.png`, bytes])),
        "set/soft/cut.jpg": first.slice(0, -40),
        "set/sharp/cut.png": (sharp[1]?.bytes ?? new Uint8Array()).slice(0, 200),
        "set/sharp/bad.png": (sharp[1]?.bytes ?? new Uint8Array()).map((byte, at) => (at === 90 ? byte ^ 1 : byte)),
      };
      await showPart(page, "Training");
      await button(page, "Bring your data").click();
      const dialog = page.getByRole("dialog", { name: "Bring your data" });
      await dialog
        .locator("input[type=file]")
        .first()
        .setInputFiles({ name: "set.zip", mimeType: "application/zip", buffer: Buffer.from(zipSync(files)) });
      await dialog.getByText("2 classes, 32 × 32 × 3 each").waitFor();
      await dialog.getByText("3 files left out").click();
      for (const name of ["soft/cut.jpg", "sharp/cut.png", "sharp/bad.png"]) {
        await dialog.getByText(`set/${name}: expected a whole picture, got a damaged one`).waitFor();
      }
      const shown = (name: string): Promise<number[]> =>
        dialog
          .getByRole("img", { name })
          .evaluate((canvas: HTMLCanvasElement) => [
            ...(canvas.getContext("2d")?.getImageData(0, 0, 192, 32).data ?? []),
          ]);
      const pictureOf = (card: readonly number[], n: number): number[] =>
        Array.from({ length: 32 }, (_, y) => card.slice(4 * (192 * y + 32 * n), 4 * (192 * y + 32 * (n + 1)))).flat();
      const [softCard, sharpCard] = [await shown("Pictures of soft"), await shown("Pictures of sharp")];
      for (const [n, { seen }] of sharp.entries()) expect(pictureOf(sharpCard, n), `of ${n}`).toEqual(seen);
      for (const [n, seen] of (await decoded(page, soft, "image/jpeg")).entries()) {
        const furthest = pictureOf(softCard, n).reduce(
          (most, value, i) => Math.max(most, Math.abs(value - (seen[i] ?? 0))),
          0,
        );
        expect(furthest, `of ${n}`).toBeLessThan(10);
      }
      expect(fetched.filter((url) => url.includes("mozjpeg"))).not.toEqual([]);
      expectQuiet(app);
    },
  );

  it("that are damaged in any place are read or named, and all others are read", { timeout: 60_000 }, async () => {
    const app = await open({});
    const { page } = app;
    const random = (below: number): number => Math.floor(below * uniform(8, 0, 0, drawn++));
    const whole = [
      ...(await jpegs(page, 6)).map(withoutProfile),
      ...plainPngs(5, () => uniform(9, 0, 0, drawn++), 32).map(({ bytes }) => bytes),
    ];
    const files = Object.fromEntries(
      Array.from({ length: 600 }, (_, n) => {
        const bytes = (whole[n % whole.length] ?? new Uint8Array()).slice();
        // The end of a JPEG stays, without which it is not even tried.
        for (let i = n % 4; i > 0; i--) bytes[2 + random(bytes.length - 4)] = random(256);
        return [`set/class ${n % 2}/${n}.${bytes[0] === 0xff ? "jpg" : "png"}`, bytes];
      }),
    );
    await showPart(page, "Training");
    await button(page, "Bring your data").click();
    const dialog = page.getByRole("dialog", { name: "Bring your data" });
    await dialog
      .locator("input[type=file]")
      .first()
      .setInputFiles({ name: "set.zip", mimeType: "application/zip", buffer: Buffer.from(zipSync(files)) });
    await dialog.getByText("2 classes, 32 × 32 × 3 each").waitFor();
    const text = await dialog.innerText();
    const taken = [...text.matchAll(/(\d+) pictures$/gm)].reduce((sum, [, count]) => sum + Number(count), 0);
    const refused = Number(/(\d+) files left out/.exec(text)?.[1]);
    expect(taken + refused).toBe(600);
    expect(Math.min(taken - 150, refused)).toBeGreaterThan(50);
    expectQuiet(app);
  });
});
