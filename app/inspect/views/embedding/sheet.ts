/** The samples' own images on one sheet, from which a plane is painted: grey ones as ink that takes any colour, others as they are in a
 *  coloured frame; samples without an image as dots. */
import type { SampleColumns } from "../../../../src/engine";
import { sizeOf } from "../../../../src/engine";
import { fetchSamples } from "../../../train/useSampleColumns";
import { toPixels } from "../readPredictions";

/** The longest side of a sample on the sheet. */
const MAX_SIDE = 28;
/** Samples that are fetched at a time. */
const CHUNK = 250;
const COLUMNS = 64;

export interface Sheet {
  readonly count: number;
  readonly width: number;
  readonly height: number;
  readonly hasInk: boolean;
  readonly canvas: OffscreenCanvas;
  readonly labels: Uint32Array;
}

/** Where a sample is on the sheet. */
export const placeOnSheet = (
  { width, height }: Pick<Sheet, "width" | "height">,
  n: number,
): readonly [number, number] => [(n % COLUMNS) * width, Math.floor(n / COLUMNS) * height];

/** The first test samples on a sheet. @returns null where they cannot be had  @param isWanted is asked between chunks */
export async function readSheet(
  input: string,
  target: string,
  count: number,
  isWanted: () => boolean,
): Promise<Sheet | null> {
  let sheet: Sheet | null = null;
  for (let from = 0; from < count; from += CHUNK) {
    const rows = Array.from({ length: Math.min(CHUNK, count - from) }, (_, i) => from + i);
    const columns = await fetchSamples("test", rows);
    if (!columns || !isWanted()) return null;
    sheet ??= emptySheet(columns, input, count);
    if (!sheet) return null;
    addTo(sheet, columns, input, from, rows.length);
    sheet.labels.set(Array.from(columns[target]?.values ?? []), from);
  }
  return sheet;
}

function emptySheet(columns: SampleColumns, input: string, count: number): Sheet | null {
  const info = columns[input]?.info;
  if (!info) return null;
  const isImage = info.kind === "image";
  const [tall = 1, wide = 1, channels = 1] = isImage ? info.shape : [12, 12, 1];
  const scale = Math.min(1, MAX_SIDE / Math.max(tall, wide));
  const [width, height] = [Math.ceil(wide * scale), Math.ceil(tall * scale)];
  const canvas = new OffscreenCanvas(COLUMNS * width, Math.ceil(count / COLUMNS) * height);
  return { count, width, height, hasInk: channels < 3, canvas, labels: new Uint32Array(count) };
}

function addTo(sheet: Sheet, columns: SampleColumns, input: string, from: number, count: number): void {
  const context = sheet.canvas.getContext("2d");
  const column = columns[input];
  if (!context || !column) return;
  const { info, values } = column;
  const { width, height, hasInk } = sheet;
  if (info.kind !== "image") {
    context.fillStyle = "#fff";
    for (let i = 0; i < count; i++) {
      const [x, y] = placeOnSheet(sheet, from + i);
      context.beginPath();
      context.arc(x + width / 2, y + height / 2, width / 3, 0, 2 * Math.PI);
      context.fill();
    }
    return;
  }
  const [tall = 1, wide = 1, channels = 1] = info.shape;
  const size = sizeOf(info.shape);
  const one = new OffscreenCanvas(wide, tall);
  const drawn = one.getContext("2d");
  for (let i = 0; i < count; i++) {
    const pixels = toPixels(Float32Array.from(values.subarray(i * size, (i + 1) * size)), channels);
    // Ink is white, the thicker the lighter the image is there.
    if (hasInk) for (let p = 0; p < pixels.length; p += 4) pixels.set([255, 255, 255, pixels[p] ?? 0], p);
    drawn?.putImageData(new ImageData(pixels, wide, tall), 0, 0);
    const [x, y] = placeOnSheet(sheet, from + i);
    context.drawImage(one, x, y, width, height);
  }
}

/** The same sheet with each sample in its colour. */
export function coloured(sheet: Sheet, colourOf: (n: number) => string): OffscreenCanvas {
  const { canvas, width, height, hasInk, count } = sheet;
  const own = new OffscreenCanvas(canvas.width, canvas.height);
  const context = own.getContext("2d");
  if (!context) return own;
  context.drawImage(canvas, 0, 0);
  if (hasInk) context.globalCompositeOperation = "source-atop";
  for (let n = 0; n < count; n++) {
    const [x, y] = placeOnSheet(sheet, n);
    context.fillStyle = colourOf(n);
    if (hasInk) {
      context.fillRect(x, y, width, height);
      continue;
    }
    context.fillRect(x, y, width, 3);
    context.fillRect(x, y + height - 3, width, 3);
    context.fillRect(x, y, 3, height);
    context.fillRect(x + width - 3, y, 3, height);
  }
  return own;
}
