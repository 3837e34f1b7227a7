/** The worker that turns pictures into a GIF, frame by frame. */
import * as Comlink from "comlink";
import { applyPalette, GIFEncoder, quantize } from "gifenc";

const COLOURS = 256;
const gif = GIFEncoder();

const controls = {
  /** @param pixels RGBA  @param delay until the next one, in milliseconds */
  add(pixels: Uint8ClampedArray, width: number, height: number, delay: number): void {
    const palette = quantize(pixels, COLOURS);
    gif.writeFrame(applyPalette(pixels, palette), width, height, { palette, delay });
  },
  finish(): Uint8Array<ArrayBuffer> {
    gif.finish();
    const bytes = gif.bytes();
    return Comlink.transfer(bytes, [bytes.buffer]);
  },
};

export type GifControls = typeof controls;

Comlink.expose(controls);
