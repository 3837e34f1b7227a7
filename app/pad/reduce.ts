/** What a model sees of a drawing: reduced as MNIST's digits were from their scans, wherever on the pad it is and however
 *  large. Source: LeCun, Cortes, Burges, "The MNIST database of handwritten digits", 1998. */
import { type Ink, PAD } from "./ink";

/** Of MNIST's images. */
const SIDE = 28;
/** The middle of the middle pixel. */
const MIDDLE = 14.5;
/** The share of an image's sides that the longer side of a drawing takes. */
const BOX = 20 / SIDE;

/** The edges of the least box that holds all ink, in pixels. */
interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Where ink is; null on a blank pad. */
function boxOf(ink: Ink): Box | null {
  let [left, right, top, bottom] = [PAD, 0, PAD, 0];
  for (let row = 0; row < PAD; row++) {
    for (let column = 0; column < PAD; column++) {
      if (ink[row * PAD + column] === 0) continue;
      left = Math.min(left, column);
      right = Math.max(right, column + 1);
      top = Math.min(top, row);
      bottom = row + 1;
    }
  }
  return right === 0 ? null : { left, right, top, bottom };
}

/** Sums of ink by row or by column. */
function sumsAlong(ink: Ink, axis: "row" | "column"): Float64Array {
  const sums = new Float64Array(PAD);
  for (let i = 0; i < ink.length; i++) {
    const at = axis === "row" ? Math.floor(i / PAD) : i % PAD;
    sums[at] = (sums[at] ?? 0) + (ink[i] ?? 0);
  }
  return sums;
}

/** Where along an axis the ink's centre of mass is, in pixels of the pad. */
function centreOf(sums: Float64Array): number {
  const mass = sums.reduce((total, sum) => total + sum, 0);
  return sums.reduce((total, sum, i) => total + sum * (i + 0.5), 0) / mass;
}

/** The drawing as an image, from 0 to 1, `[height, width]`; null where the pad is blank. The box of the ink is shrunk, or
 *  enlarged, until its longer side is 20/28 of the image's, each pixel the mean of what it covers; it then lies so that its
 *  centre of mass is in the image's middle pixel, to whole pixels of MNIST's, as there. What is darkest is 1, of smaller images
 *  what would be darkest in one of MNIST's: shrunk strokes are paler. */
export function reduceInk(ink: Ink, height: number, width: number): Float32Array | null {
  const box = boxOf(ink);
  if (!box) return null;
  const image = meansIn(ink, box, height, width);
  const fine = height < SIDE || width < SIDE ? meansIn(ink, box, SIDE, SIDE) : image;
  const darkest = fine.reduce((most, value) => Math.max(most, value), 0);
  return image.map((value) => value / darkest);
}

function meansIn(ink: Ink, box: Box, height: number, width: number): Float32Array {
  const scale = Math.max((box.right - box.left) / (BOX * width), (box.bottom - box.top) / (BOX * height));
  const across = axisOf(box.left, scale, width, centreOf(sumsAlong(ink, "column")));
  const down = axisOf(box.top, scale, height, centreOf(sumsAlong(ink, "row")));
  const rows = new Float32Array(PAD * width);
  for (let row = box.top; row < box.bottom; row++) {
    for (let x = 0; x < width; x++) {
      rows[row * width + x] = meanOver(across(x), scale, (column) => ink[row * PAD + column] ?? 0);
    }
  }
  const image = new Float32Array(height * width);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      image[y * width + x] = meanOver(down(y), scale, (row) => rows[row * width + x] ?? 0);
    }
  }
  return image;
}

/** Where each pixel of an image begins on the pad.
 *  @param start of the ink's box  @param scale pixels of the pad in one of the image  @param centre of the ink's mass */
function axisOf(start: number, scale: number, size: number, centre: number): (pixel: number) => number {
  const middle = (MIDDLE / SIDE) * size;
  const step = Math.min(1, size / SIDE);
  const offset = Math.round((middle - (centre - start) / scale) / step) * step;
  return (pixel) => start + (pixel - offset) * scale;
}

/** The mean of values from `start` over a length, each pixel by the part of it that is covered; blank beyond the pad. */
function meanOver(start: number, length: number, valueAt: (pixel: number) => number): number {
  const end = start + length;
  let total = 0;
  for (let pixel = Math.max(0, Math.floor(start)); pixel < Math.min(PAD, end); pixel++) {
    total += valueAt(pixel) * (Math.min(end, pixel + 1) - Math.max(start, pixel));
  }
  return total / length;
}
