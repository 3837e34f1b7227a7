// PNGs of every kind, made here from their pixels.
import { zlibSync } from "fflate";

const TABLE = Int32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

export function pngChunk(type: string, data: ArrayLike<number>): Uint8Array<ArrayBuffer> {
  const chunk = new Uint8Array(12 + data.length);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, data.length);
  chunk.set(
    [...type].map((letter) => letter.charCodeAt(0)),
    4,
  );
  chunk.set(data, 8);
  const body = chunk.subarray(4, 8 + data.length);
  view.setUint32(8 + data.length, ~body.reduce((c, byte) => (TABLE[(c ^ byte) & 255] ?? 0) ^ (c >>> 8), -1) >>> 0);
  return chunk;
}

export interface PngOptions {
  readonly width: number;
  readonly height: number;
  /** 0 grey, 2 colours, 3 of the palette, 4 grey with opacity, 6 colours with opacity. */
  readonly colourType: number;
  /** Of eight bits each, as they are stored. */
  readonly values: ArrayLike<number>;
  /** The filter of each line. */
  readonly filterOf?: (line: number) => number;
  readonly depth?: number;
  readonly interlace?: number;
  /** What stands before the pixels. */
  readonly chunks?: readonly Uint8Array[];
  /** In how many parts the pixels are. */
  readonly parts?: number;
}

/** The file. */
export function png(options: PngOptions): Uint8Array<ArrayBuffer> {
  const {
    width,
    height,
    colourType,
    values,
    filterOf = () => 0,
    depth = 8,
    interlace = 0,
    chunks = [],
    parts = 1,
  } = options;
  const each = { 2: 3, 4: 2, 6: 4 }[colourType] ?? 1;
  const line = width * each;
  const at = (y: number, x: number): number => (y < 0 || x < 0 ? 0 : (values[y * line + x] ?? 0));
  const rows = new Uint8Array(height * (1 + line));
  for (let y = 0; y < height; y++) {
    const filter = (rows[y * (1 + line)] = filterOf(y));
    for (let x = 0; x < line; x++) {
      const [a, b, c] = [at(y, x - each), at(y - 1, x), at(y - 1, x - each)];
      const p = a + b - c;
      const paeth = [a, b, c].toSorted((one, other) => Math.abs(p - one) - Math.abs(p - other))[0] ?? 0;
      const guess = [0, a, b, Math.floor((a + b) / 2), paeth][filter] ?? 0;
      rows[y * (1 + line) + 1 + x] = at(y, x) - guess;
    }
  }
  const packed = zlibSync(rows);
  const step = Math.ceil(packed.length / parts);
  const head = new Uint8Array([0, 0, 0, 0, 0, 0, 0, 0, depth, colourType, 0, 0, interlace]);
  new DataView(head.buffer).setUint32(0, width);
  new DataView(head.buffer).setUint32(4, height);
  return new Uint8Array(
    Buffer.concat([
      Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]),
      pngChunk("IHDR", head),
      ...chunks,
      ...Array.from({ length: parts }, (_, n) => pngChunk("IDAT", packed.subarray(n * step, (n + 1) * step))),
      pngChunk("IEND", []),
    ]),
  );
}

/** Files of every kind that is read plainly, of random pixels, with what is to be seen in each: `[height, width, 4]`. */
export function plainPngs(count: number, next: () => number, side?: number) {
  const byte = (): number => Math.floor(256 * next());
  return Array.from({ length: count }, (_, n) => {
    const colourType = [0, 2, 3, 4, 6][n % 5] ?? 0;
    const [width, height] = side === undefined ? [1 + (byte() % 40), 1 + (byte() % 40)] : [side, side];
    const each = { 2: 3, 4: 2, 6: 4 }[colourType] ?? 1;
    const palette = Array.from({ length: 3 * 256 }, byte);
    // Smooth in half of them, so that all filters are right about something.
    const values = Array.from({ length: width * height * each }, (__, i) =>
      n % 2 ? byte() : (i * 3 + (byte() % 4)) & 255,
    );
    if (colourType >= 4) for (let i = each - 1; i < values.length; i += each) values[i] = 255;
    const filters = Array.from({ length: height }, () => byte() % 5);
    const seen = Array.from({ length: width * height }, (__, i) => {
      const own = values.slice(i * each, (i + 1) * each);
      const [v = 0] = own;
      if (colourType === 3) return [...palette.slice(3 * v, 3 * v + 3), 255];
      return each < 3 ? [v, v, v, 255] : [...own.slice(0, 3), 255];
    }).flat();
    const chunks = [
      ...(n % 3 === 0 ? [pngChunk("pHYs", [0, 0, 11, 19, 0, 0, 11, 19, 1]), pngChunk("sRGB", [0])] : []),
      ...(colourType === 3 ? [pngChunk("PLTE", palette)] : []),
    ];
    const bytes = png({
      width,
      height,
      colourType,
      values,
      filterOf: (y) => filters[y] ?? 0,
      chunks,
      parts: 1 + (n % 3),
    });
    return { bytes, width, height, seen };
  });
}
