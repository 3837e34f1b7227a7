/** Decodes pictures as a network is to see them, in the worker. Small ones that are plain and of the wanted size are read here; all
 *  others by the browser's own decoders, many pictures onto one canvas, which is read once. Only drawings need the page. */
import { MEDIA_TYPES, type Picture } from "./pictures";
import { plainJpeg } from "./plainJpeg";
import { plainPng } from "./plainPng";

/** How a picture is made a square of pixels. */
export interface Look {
  /** Pixels along a side. */
  readonly size: number;
  /** Grey, or red, green and blue. */
  readonly channels: 1 | 3;
  /** What of a picture that is no square is seen: its middle, all of it with a border, or all of it stretched. */
  readonly fit: "crop" | "whole" | "stretch";
  /** What is behind transparent pixels, and around those that are seen whole. */
  readonly ground: "black" | "white";
  /** Whether dark becomes light. */
  readonly isInverted: boolean;
}

/** Gives `[size, size, channels]` bytes of each picture, and null for each that does not decode. */
export type Decode = (pictures: readonly Picture[], look: Look) => Promise<readonly (Uint8Array | null)[]>;

/** Has the page draw an SVG with its longer side so long; null where it cannot. */
export type DrawSvg = (bytes: Uint8Array<ArrayBuffer>, side: number) => Promise<ImageBitmap | null>;

/** What browsers draw from: a bitmap, or the first frame of a decoder. */
type Drawn = ImageBitmap | VideoFrame;

/** Whether the browser has a decoder that takes bytes as they are. Bitmaps are made of blobs, which go by way of another process:
 *  10,000 JPEGs of 64 x 64 took 36.9 s, nine of them computing, where this takes 2.0 s. */
const takesBytes = (): boolean => "ImageDecoder" in globalThis;

async function drawnOf({ format, bytes }: Picture, { size }: Look, draw: DrawSvg): Promise<Drawn | null> {
  try {
    if (format === "svg") return await draw(bytes, 2 * size);
    const type = MEDIA_TYPES[format];
    const frame = takesBytes() ? await frameOf(bytes, type) : null;
    return frame ?? (await createImageBitmap(new Blob([bytes], { type })));
  } catch {
    return null;
  }
}

/** The first picture of a file; null where it is damaged, or of a format that this decoder lacks. */
async function frameOf(data: Uint8Array<ArrayBuffer>, type: string): Promise<VideoFrame | null> {
  const decoder = new ImageDecoder({ data, type, preferAnimation: false });
  try {
    return (await decoder.decode()).image;
  } catch {
    return null;
  } finally {
    decoder.close();
  }
}

const sidesOf = (drawn: Drawn): { readonly width: number; readonly height: number } =>
  "displayWidth" in drawn ? { width: drawn.displayWidth, height: drawn.displayHeight } : drawn;

/** A picture that is seen pixel for pixel, where it is of a plain kind; null for all others. */
async function plainly(picture: Picture, look: Look): Promise<Uint8Array | null> {
  const { format, width, height } = picture;
  if (width !== look.size || height !== look.size) return null;
  const rgba = format === "png" ? plainPng(picture) : format === "jpeg" ? await plainJpeg(picture) : null;
  return rgba && channelsOf(rgba, 0, look);
}

/** A decoder with a canvas of its own. @param draw for drawings */
export function pictureDecoder(draw: DrawSvg): Decode {
  const byBrowser = browserDecoder(draw);
  return async (pictures, look) => {
    const made: (Uint8Array | null)[] = [];
    for (const picture of pictures) made.push(await plainly(picture, look));
    const others = await byBrowser(
      pictures.filter((_, n) => !made[n]),
      look,
    );
    let next = 0;
    return made.map((pixels) => pixels ?? others[next++] ?? null);
  };
}

function browserDecoder(draw: DrawSvg): Decode {
  const canvas = new OffscreenCanvas(1, 1);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  return async (pictures, look) => {
    if (!context || pictures.length === 0) return pictures.map(() => null);
    const drawn = await Promise.all(pictures.map((picture) => drawnOf(picture, look, draw)));
    const { size, ground } = look;
    if (canvas.width !== size || canvas.height < size * pictures.length) {
      canvas.width = size;
      canvas.height = size * pictures.length;
    }
    context.fillStyle = ground;
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.imageSmoothingQuality = "high";
    for (const [n, each] of drawn.entries()) {
      if (!each) continue;
      place(context, each, n * size, look);
      each.close();
    }
    const { data } = context.getImageData(0, 0, size, size * pictures.length);
    return drawn.map((each, n) => each && channelsOf(data, n * size * size, look));
  };
}

function place(context: OffscreenCanvasRenderingContext2D, drawn: Drawn, top: number, { size, fit }: Look): void {
  const { width, height } = sidesOf(drawn);
  if (fit === "stretch") context.drawImage(drawn, 0, top, size, size);
  else if (fit === "crop") {
    const side = Math.min(width, height);
    context.drawImage(drawn, (width - side) / 2, (height - side) / 2, side, side, 0, top, size, size);
  } else {
    const scale = size / Math.max(width, height);
    const [w, h] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
    context.drawImage(drawn, Math.floor((size - w) / 2), top + Math.floor((size - h) / 2), w, h);
  }
}

/** Grey is the luma of ITU-R BT.601, as in Pillow. @param first which pixel of `rgba` comes first */
export function channelsOf(
  rgba: Uint8ClampedArray,
  first: number,
  { size, channels, isInverted }: Pick<Look, "size" | "channels" | "isInverted">,
): Uint8Array {
  const made = new Uint8Array(size * size * channels);
  const mask = isInverted ? 255 : 0;
  for (let i = 0, at = 4 * first; i < made.length; i += channels, at += 4) {
    const r = rgba[at] ?? 0;
    const g = rgba[at + 1] ?? 0;
    const b = rgba[at + 2] ?? 0;
    if (channels === 1) made[i] = mask ^ ((19_595 * r + 38_470 * g + 7_471 * b + 0x8000) >> 16);
    else {
      made[i] = mask ^ r;
      made[i + 1] = mask ^ g;
      made[i + 2] = mask ^ b;
    }
  }
  return made;
}
