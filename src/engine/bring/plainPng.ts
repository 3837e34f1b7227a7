/** Reads PNGs of the plainest kinds, as a browser does to the bit. It is quicker where pictures are small: handing one of 28 x 28 over
 *  to a browser's decoder takes ten times as long as reading it. Source: PNG (W3C). */
import { inflateSync } from "fflate";
import { joinedBytes } from "./joinedBytes";
import type { Picture } from "./pictures";

/** Bytes of a pixel by the colour type: grey, colours, a place in the palette, and the first two with opacity. */
const PIXEL_BYTES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
/** What else a file may hold without being seen otherwise. There are profiles of colours, opacity, turns and animations beside. */
const SILENT = new Set(["tEXt", "zTXt", "iTXt", "tIME", "pHYs", "sRGB"]);

interface Parts {
  readonly colourType: number;
  readonly palette: Uint8Array;
  readonly packed: Uint8Array;
}

/** `[height, width, 4]` bytes; null for what is for the browser to read, or to refuse. */
export function plainPng({ bytes, width, height }: Picture): Uint8ClampedArray | null {
  const parts = partsOf(bytes);
  const pixelBytes = parts && PIXEL_BYTES[parts.colourType];
  if (!parts || !pixelBytes) return null;
  const rows = unpacked(parts.packed, height * (1 + width * pixelBytes));
  const lines = rows && unfiltered(rows, height, width * pixelBytes, pixelBytes);
  return lines && coloured(lines, parts, width, height, pixelBytes);
}

/** What pixels are made of; null where there is anything else, or something is damaged. */
function partsOf(bytes: Uint8Array): Parts | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const packed: Uint8Array[] = [];
  let colourType = -1;
  let palette: Uint8Array = new Uint8Array();
  for (let at = 8; at + 12 <= bytes.length;) {
    const end = at + 8 + view.getUint32(at);
    if (end + 4 > bytes.length) return null;
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const data = bytes.subarray(at + 8, end);
    if (type === "IEND") return colourType < 0 ? null : { colourType, palette, packed: joinedBytes(packed) };
    if (!SILENT.has(type) && view.getUint32(end) !== crc32(bytes.subarray(at + 4, end))) return null;
    if (type === "IDAT") packed.push(data);
    else if (packed.length > 0) return null;
    else if (type === "IHDR" && colourType < 0 && data.length === 13) {
      const [depth, colours = -1, ...methods] = data.subarray(8);
      if (depth !== 8 || methods.some((method) => method !== 0)) return null;
      colourType = colours;
    } else if (type === "PLTE" && colourType === 3 && palette.length === 0 && data.length % 3 === 0) palette = data;
    else if (!SILENT.has(type)) return null;
    at = end + 4;
  }
  return null;
}

/** Of zlib's format; null where that is damaged, or not of this length. */
function unpacked(packed: Uint8Array, length: number): Uint8Array | null {
  const [method = 0, flags = 0] = packed;
  if ((method & 15) !== 8 || method >> 4 > 7 || (256 * method + flags) % 31 !== 0 || flags & 32) return null;
  try {
    // A byte more, by which what is longer is told.
    const out = inflateSync(packed.subarray(2), { out: new Uint8Array(length + 1) });
    return out.length === length ? out : null;
  } catch {
    return null;
  }
}

/** Lines of values with one pixel of zeros before each, and a line of zeros above: neighbours are there everywhere. */
function unfiltered(rows: Uint8Array, height: number, lineBytes: number, pixelBytes: number): Uint8Array | null {
  const stride = pixelBytes + lineBytes;
  const lines = new Uint8Array((height + 1) * stride);
  for (let y = 0; y < height; y++) {
    let from = y * (1 + lineBytes);
    const filter = rows[from++] ?? 0;
    let at = (y + 1) * stride + pixelBytes;
    const end = at + lineBytes;
    if (filter === 0) lines.set(rows.subarray(from, from + lineBytes), at);
    else if (filter === 1) {
      for (; at < end; at++) lines[at] = (rows[from++] ?? 0) + (lines[at - pixelBytes] ?? 0);
    } else if (filter === 2) {
      for (; at < end; at++) lines[at] = (rows[from++] ?? 0) + (lines[at - stride] ?? 0);
    } else if (filter === 3) {
      for (; at < end; at++) {
        lines[at] = (rows[from++] ?? 0) + (((lines[at - pixelBytes] ?? 0) + (lines[at - stride] ?? 0)) >> 1);
      }
    } else if (filter === 4) {
      for (; at < end; at++) {
        const above = lines[at - stride] ?? 0;
        lines[at] =
          (rows[from++] ?? 0) + nearest(lines[at - pixelBytes] ?? 0, above, lines[at - stride - pixelBytes] ?? 0);
      }
    } else return null;
  }
  return lines;
}

/** Paeth's: of three neighbours the one that is nearest to left + above - corner. By masks, which take half the time that branches do:
 *  a picture's noise leaves nothing to foretell. */
function nearest(left: number, above: number, corner: number): number {
  const toLeft = Math.abs(above - corner);
  const toAbove = Math.abs(left - corner);
  const toCorner = Math.abs(left + above - 2 * corner);
  const isNotLeft = ((toAbove - toLeft) | (toCorner - toLeft)) >> 31;
  const isNotAbove = (toCorner - toAbove) >> 31;
  return (left & ~isNotLeft) | (above & isNotLeft & ~isNotAbove) | (corner & isNotLeft & isNotAbove);
}

/** Null where a pixel is transparent, or its colour is not in the palette. */
function coloured(
  lines: Uint8Array,
  { colourType, palette }: Parts,
  width: number,
  height: number,
  pixelBytes: number,
): Uint8ClampedArray | null {
  const rgba = new Uint8ClampedArray(4 * width * height);
  const stride = pixelBytes * (1 + width);
  const isColoured = pixelBytes > 2;
  const hasOpacity = colourType >= 4;
  for (let y = 0, to = 0; y < height; y++) {
    let at = (y + 1) * stride + pixelBytes;
    for (let x = 0; x < width; x++, at += pixelBytes, to += 4) {
      const value = lines[at] ?? 0;
      if (isColoured) {
        rgba[to] = value;
        rgba[to + 1] = lines[at + 1] ?? 0;
        rgba[to + 2] = lines[at + 2] ?? 0;
      } else if (colourType === 3) {
        if (3 * value >= palette.length) return null;
        rgba[to] = palette[3 * value] ?? 0;
        rgba[to + 1] = palette[3 * value + 1] ?? 0;
        rgba[to + 2] = palette[3 * value + 2] ?? 0;
      } else rgba[to] = rgba[to + 1] = rgba[to + 2] = value;
      if (hasOpacity && lines[at + pixelBytes - 1] !== 255) return null;
      rgba[to + 3] = 255;
    }
  }
  return rgba;
}

const CRC_TABLE = Int32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

function crc32(bytes: Uint8Array): number {
  let c = -1;
  for (let i = 0; i < bytes.length; i++) c = (CRC_TABLE[(c ^ (bytes[i] ?? 0)) & 255] ?? 0) ^ (c >>> 8);
  return ~c >>> 0;
}
