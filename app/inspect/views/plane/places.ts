/** Places in the plane of codes, and how a hand and arrow keys move among them. Pure. */
import { reachOf } from "../field/paint";

/** A place in the plane. */
export type Place = readonly [x: number, y: number];

export const ORIGIN: Place = [0, 0];

/** How far a key moves, as a share of the reach, and with Shift. */
const STEP = { near: 1 / 20, far: 1 / 4 };

const ARROWS: Readonly<Record<string, Place>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

const within = (value: number, reach: number): number => Math.max(-reach, Math.min(reach, value));

/** Where a key leads; undefined for keys that lead nowhere. */
export function placeOfKey(key: string, isFar: boolean, [x, y]: Place, reach: number): Place | undefined {
  if (key === "Home") return ORIGIN;
  const arrow = ARROWS[key];
  if (!arrow) return undefined;
  const by = reach * (isFar ? STEP.far : STEP.near);
  return [within(x + by * arrow[0], reach), within(y + by * arrow[1], reach)];
}

/** Where in the plane a pointer is. @param box of the square that shows it from `-reach` to `reach` */
export function placeOfPointer(
  { clientX, clientY }: Pick<MouseEvent, "clientX" | "clientY">,
  { left, top, width, height }: Pick<DOMRect, "left" | "top" | "width" | "height">,
  reach: number,
): Place {
  const [u, v] = [(clientX - left) / width, (clientY - top) / height];
  return [within(reach * (2 * u - 1), reach), within(reach * (1 - 2 * v), reach)];
}

/** How far the plane is shown: as far as all but the outermost twentieth of the codes, and at least as far as the normal distribution
 *  mostly goes. */
export function reachOfCodes(codes: ArrayLike<number>): number {
  const sizes = Float32Array.from(codes, Math.abs).toSorted();
  const most = sizes[Math.floor(0.95 * sizes.length)] ?? 0;
  return Math.max(3, reachOf([most * 1.3]));
}

/** The code nearest to a place, within so much; -1 where there is none. @param codes `[count, 2]` */
export function nearest(codes: ArrayLike<number>, [x, y]: Place, reach: number): number {
  let [best, least] = [-1, reach];
  for (let i = 0; 2 * i < codes.length; i++) {
    const distance = Math.hypot((codes[2 * i] ?? NaN) - x, (codes[2 * i + 1] ?? NaN) - y);
    if (distance <= least) [best, least] = [i, distance];
  }
  return best;
}

/** The places of so many tiles by so many, row by row from the top, in the middle of each. `[tiles^2, 2]` */
export function placesOfTiles(tiles: number, reach: number): Float32Array<ArrayBuffer> {
  const places = new Float32Array(2 * tiles * tiles);
  for (let i = 0; i < tiles * tiles; i++) {
    const [column, row] = [i % tiles, Math.floor(i / tiles)];
    places[2 * i] = reach * ((2 * column + 1) / tiles - 1);
    places[2 * i + 1] = -reach * ((2 * row + 1) / tiles - 1);
  }
  return places;
}

/** The hue of a class, as far from the others' as so many allow, in degrees. */
export const hueOf = (label: number, count: number): number => (25 + (360 * label) / Math.max(1, count)) % 360;
