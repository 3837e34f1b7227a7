// Small files of the kinds that visitors bring, made here: pictures, zips, arrays.
import { zipSync } from "fflate";
import { channelsOf, type Decode } from "../../src/engine/bring/decode";
import { heldDataset } from "../../src/engine/bring/heldDataset";
import type { ImageSettings } from "../../src/engine/bring/imageData";
import type { BroughtFile } from "../../src/engine/bring/items";
import type { OpenedImages } from "../../src/engine/bring/protocol";
import type { Source } from "../../src/engine/bring/source";
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

/** An IDX file of bytes. */
export function idx(shape: readonly number[], values: ArrayLike<number>): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(4 + 4 * shape.length + values.length);
  bytes.set([0, 0, 8, shape.length]);
  const view = new DataView(bytes.buffer);
  for (const [axis, dim] of shape.entries()) view.setUint32(4 + 4 * axis, dim);
  bytes.set(Array.from(values), 4 + 4 * shape.length);
  return bytes;
}

/** A `.npy` file. @param type for example `<f4`, of which `bytes` are the values */
export function npy(type: string, shape: readonly number[], values: Uint8Array): Uint8Array<ArrayBuffer> {
  const dims = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const header = `{'descr': '${type}', 'fortran_order': False, 'shape': (${dims}), }`.padEnd(117) + "\n";
  const letters = [...header].map((letter) => letter.charCodeAt(0));
  return Uint8Array.from([0x93, 78, 85, 77, 80, 89, 1, 0, letters.length, 0, ...letters, ...values]);
}

/** Records of CIFAR-10's binary files, each of one colour. */
export const cifar = (labels: readonly number[], base = 0): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(
    labels.flatMap((label, n) => [
      label,
      ...Array.from({ length: 3072 }, (_, i) => base + 10 * n + Math.floor(i / 1024)),
    ]),
  );

/** What was opened, which is pictures. */
export function imagesOf(source: Source): OpenedImages {
  if (source.opened.kind !== "images") throw new Error(`expected images, got ${source.opened.kind}`);
  return source.opened;
}

/** The dataset as the trainer would load it. */
export async function made(source: Source, change: Partial<ImageSettings> = {}) {
  const { settings } = source.opened;
  const chosen = settings.kind === "images" ? { ...settings, ...change } : settings;
  const held = await source.make(chosen, () => {});
  return { ...held.about, ...(await heldDataset(held).load()) };
}
