/** Ink on a square pad, as bytes: strokes of a round pen, and images to start from. Shows nothing and asks nobody. */

/** Pixels of the pad's sides. */
export const PAD = 280;

/** A place on the pad, in its pixels from the upper left corner. */
export interface Spot {
  readonly x: number;
  readonly y: number;
}

/** A line that the pen has drawn. */
export interface Stroke {
  readonly kind: "stroke";
  readonly radius: number;
  readonly spots: readonly Spot[];
}

/** An image that lies on the pad as large as fits. */
export interface Placed {
  readonly kind: "image";
  /** From 0 to 1, `[H, W]`. */
  readonly values: Float32Array;
  readonly height: number;
  readonly width: number;
}

export type Mark = Stroke | Placed;

/** A pad's ink: a byte for each pixel, `[PAD, PAD]`, 0 where it is blank. */
export type Ink = Uint8ClampedArray;

export const blankInk = (): Ink => new Uint8ClampedArray(PAD * PAD);

/** What marks leave on a blank pad, one over the other. */
export function inkOf(marks: readonly Mark[]): Ink {
  const ink = blankInk();
  for (const mark of marks) {
    if (mark.kind === "image") placeImage(ink, mark);
    else mark.spots.forEach((spot, i) => drawLine(ink, mark.spots[i - 1] ?? spot, spot, mark.radius));
  }
  return ink;
}

/** Draws a straight line with round ends, whose edge is one pixel of grey. Ink is never lighter than it was. */
export function drawLine(ink: Ink, from: Spot, to: Spot, radius: number): void {
  const reach = radius + 1;
  const [left, right] = [Math.min(from.x, to.x) - reach, Math.max(from.x, to.x) + reach];
  const [top, bottom] = [Math.min(from.y, to.y) - reach, Math.max(from.y, to.y) + reach];
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length2 = dx * dx + dy * dy;
  for (let row = Math.max(0, Math.floor(top)); row < Math.min(PAD, bottom); row++) {
    for (let column = Math.max(0, Math.floor(left)); column < Math.min(PAD, right); column++) {
      const [px, py] = [column + 0.5 - from.x, row + 0.5 - from.y];
      // The nearest point of the line, as a share of its length.
      const along = length2 === 0 ? 0 : Math.max(0, Math.min(1, (px * dx + py * dy) / length2));
      const distance = Math.hypot(px - along * dx, py - along * dy);
      const value = 255 * (radius + 0.5 - distance);
      const at = row * PAD + column;
      if (value > (ink[at] ?? 0)) ink[at] = value;
    }
  }
}

/** Puts an image on the pad, each of its pixels as a square. */
function placeImage(ink: Ink, { values, height, width }: Placed): void {
  const scale = PAD / Math.max(height, width);
  const [left, top] = [(PAD - width * scale) / 2, (PAD - height * scale) / 2];
  for (let row = 0; row < PAD; row++) {
    for (let column = 0; column < PAD; column++) {
      const [y, x] = [Math.floor((row + 0.5 - top) / scale), Math.floor((column + 0.5 - left) / scale)];
      if (y < 0 || x < 0 || y >= height || x >= width) continue;
      const at = row * PAD + column;
      const value = 255 * (values[y * width + x] ?? 0);
      if (value > (ink[at] ?? 0)) ink[at] = value;
    }
  }
}
