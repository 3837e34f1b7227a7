/** Reads plain JPEGs by MozJPEG in WebAssembly, fetched when the first is met: small ones take a browser's decoder four times as long.
 *  Browsers see the same but for the rounding of colours, by up to 7 of 255. */
import { jpegSegments, type Picture } from "./pictures";

/** The segment behind which the pixels begin. */
const SCAN = 0xda;
/** What a plain file has before it: a frame that is sent from top to bottom, tables, the density of pixels, comments. */
const PLAIN = new Set([0xc0, 0xc4, 0xdb, 0xdd, 0xe0, 0xfe]);

let decoder: Promise<(file: Uint8Array<ArrayBuffer>) => Promise<Uint8ClampedArray | null>> | undefined;
/** It failed, or cannot be fetched: whatever state it is in, it is not asked again. */
let isGone = false;

/** `[height, width, 4]` bytes; null for what is for the browser to read, or to refuse. */
export async function plainJpeg({ bytes }: Picture): Promise<Uint8ClampedArray | null> {
  if (isGone || !isPlain(bytes)) return null;
  try {
    return await (
      await (decoder ??= openDecoder())
    )(bytes);
  } catch {
    isGone = true;
    return null;
  }
}

async function openDecoder() {
  const { default: decode, init } = await import("@jsquash/jpeg/decode.js");
  // What is damaged it reads as far as it can, and complains.
  let isDamaged = false;
  await init({ printErr: () => (isDamaged = true) });
  return async (file: Uint8Array<ArrayBuffer>): Promise<Uint8ClampedArray | null> => {
    isDamaged = false;
    const { data } = await decode(file.slice().buffer);
    return isDamaged ? null : data;
  };
}

/** Whether it is whole, in one pass from top to bottom, and says nothing of turns and profiles of colours. */
function isPlain(bytes: Uint8Array): boolean {
  if (bytes.at(-2) !== 0xff || bytes.at(-1) !== 0xd9) return false;
  for (const { marker } of jpegSegments(bytes)) {
    if (marker === SCAN) return true;
    if (!PLAIN.has(marker)) return false;
  }
  return false;
}
