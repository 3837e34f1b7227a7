/** What this folder uses of gifenc, which comes without types. */
declare module "gifenc" {
  /** Red, green and blue. */
  type Palette = number[][];

  interface Encoder {
    /** @param delay until the next frame, in milliseconds  */
    writeFrame(
      index: Uint8Array,
      width: number,
      height: number,
      options: { readonly palette: Palette; readonly delay: number },
    ): void;
    finish(): void;
    bytes(): Uint8Array<ArrayBuffer>;
  }

  export function GIFEncoder(): Encoder;
  export function quantize(rgba: Uint8ClampedArray | Uint8Array, most: number): Palette;
  export function applyPalette(rgba: Uint8ClampedArray | Uint8Array, palette: Palette): Uint8Array;
}
