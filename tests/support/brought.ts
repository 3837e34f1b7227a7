// Small files of the kinds that visitors bring, made here: pictures, zips, arrays.
import { zipSync } from "fflate";
import { channelsOf, type Decode } from "../../src/engine/bring/decode";
import type { BroughtFile } from "../../src/engine/bring/items";
import { later } from "../../src/engine/words/en/later";
import { en } from "../../src/engine/words/en";
import { render, type Said } from "../../src/engine/words/said";

/** What the page would write. */
export const written = (said: Said): string => render(said, { ...en, ...later });

/** A bitmap of 24 bits a pixel, of one colour but for its first pixel. */
export function bmp(width: number, height: number, [r, g, b]: readonly number[], first = 0): Uint8Array<ArrayBuffer> {
  const row = Math.ceil((3 * width) / 4) * 4;
  const bytes = new Uint8Array(54 + row * height);
  const view = new DataView(bytes.buffer);
  bytes.set([0x42, 0x4d]);
  view.setUint32(2, bytes.length, true);
  view.setUint32(10, 54, true);
  view.setUint32(14, 40, true);
  view.setInt32(18, width, true);
  view.setInt32(22, height, true);
  view.setUint16(26, 1, true);
  view.setUint16(28, 24, true);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) bytes.set([b ?? 0, g ?? 0, r ?? 0], 54 + y * row + 3 * x);
  }
  bytes[54] = first;
  return bytes;
}

/** A file as it was chosen. */
export const brought = (path: string, bytes: Uint8Array<ArrayBuffer>): BroughtFile => ({
  path,
  file: new File([bytes], path.split("/").at(-1) ?? path),
});

/** A zip of files by path, as it was chosen. */
export const broughtZip = (path: string, files: Readonly<Record<string, Uint8Array>>, level: 0 | 6 = 6): BroughtFile =>
  brought(path, zipSync({ ...files }, { level }));

/** Stands in for a browser's decoders, which Node has none of: each picture is the colour of its bitmap's first pixel; other formats are
 *  whatever their last bytes are. */
export const plainDecode: Decode = async (pictures, look) =>
  pictures.map(({ format, bytes }) => {
    const [b = 0, g = 0, r = 0] = format === "bmp" ? bytes.subarray(54, 57) : bytes.subarray(-3);
    if (bytes.length < 57) return null;
    const rgba = new Uint8ClampedArray(4 * look.size ** 2);
    for (let i = 0; i < rgba.length; i += 4) rgba.set([r, g, b, 255], i);
    return channelsOf(rgba, 0, look);
  });
