/** What a picture says of itself in its first bytes, so that none is decoded that is too large.
 *  Sources: PNG (W3C), JPEG (ITU T.81), GIF89a, WebP (RFC 9649), BMP. */

export type PictureFormat = "png" | "jpeg" | "gif" | "webp" | "bmp" | "svg";

export interface PictureHead {
  readonly format: PictureFormat;
  /** In pixels; 0 for drawings, which have no size of their own. */
  readonly width: number;
  readonly height: number;
}

/** A picture's file, and what it says of itself. */
export interface Picture extends PictureHead {
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export const PICTURE_LIMITS = {
  /** Pixels along a side. */
  side: 16_384,
  pixels: 50_000_000,
  /** Of a drawing: what takes longer to draw would stop the page. */
  svgBytes: 2 ** 19,
} as const;

export const MEDIA_TYPES: Readonly<Record<PictureFormat, string>> = {
  png: "image/png",
  jpeg: "image/jpeg",
  gif: "image/gif",
  webp: "image/webp",
  bmp: "image/bmp",
  svg: "image/svg+xml",
};

/** What these bytes say they are; null where that is no picture, or its size is not to be found. */
export function readHead(bytes: Uint8Array): PictureHead | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const begins = (...values: readonly number[]): boolean => values.every((value, i) => bytes[i] === value);
  const letters = (from: number, length: number): string => String.fromCharCode(...bytes.subarray(from, from + length));
  if (begins(0x89, 0x50, 0x4e, 0x47) && bytes.length >= 24) {
    return { format: "png", width: view.getUint32(16), height: view.getUint32(20) };
  }
  if (begins(0xff, 0xd8)) return jpegHead(bytes, view);
  if (letters(0, 4) === "GIF8" && bytes.length >= 10) {
    return { format: "gif", width: view.getUint16(6, true), height: view.getUint16(8, true) };
  }
  if (letters(0, 4) === "RIFF" && letters(8, 4) === "WEBP" && bytes.length >= 30) return webpHead(view, letters(12, 4));
  if (letters(0, 2) === "BM" && bytes.length >= 26) {
    return { format: "bmp", width: Math.abs(view.getInt32(18, true)), height: Math.abs(view.getInt32(22, true)) };
  }
  const text = new TextDecoder().decode(bytes.subarray(0, 4096));
  return /<svg[\s>]/i.test(text) ? { format: "svg", width: 0, height: 0 } : null;
}

/** The frame header, behind other segments. */
function jpegHead(bytes: Uint8Array, view: DataView): PictureHead | null {
  for (const { marker, at } of jpegSegments(bytes)) {
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) return { format: "jpeg", height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
  }
  return null;
}

/** The segments of a JPEG that have a length: what kind each is of, and where it begins. */
export function* jpegSegments(bytes: Uint8Array): Generator<{ readonly marker: number; readonly at: number }> {
  for (let at = 2; at + 9 < bytes.length && bytes[at] === 0xff;) {
    const marker = bytes[at + 1] ?? 0;
    const hasLength = marker !== 0xff && (marker < 0xd0 || marker > 0xd9) && marker !== 1;
    if (hasLength) yield { marker, at };
    at += marker === 0xff ? 1 : 2;
    if (hasLength) at += Math.max(2, 256 * (bytes[at] ?? 0) + (bytes[at + 1] ?? 0));
  }
}

function webpHead(view: DataView, kind: string): PictureHead | null {
  const short = (at: number): number => view.getUint16(at, true);
  if (kind === "VP8 ") return { format: "webp", width: short(26) & 0x3fff, height: short(28) & 0x3fff };
  if (kind === "VP8L") {
    const bits = view.getUint32(21, true);
    return { format: "webp", width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  if (kind !== "VP8X") return null;
  const triple = (at: number): number => short(at) + 65_536 * view.getUint8(at + 2);
  return { format: "webp", width: triple(24) + 1, height: triple(27) + 1 };
}
