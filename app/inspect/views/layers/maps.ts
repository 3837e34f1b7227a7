/** The maps of a layer as one picture, in rows of so many: a canvas each costs a browser more than all that is drawn on them. Pure. */
import { colourPixel } from "../colours";

/** A map is drawn at least so wide, and so far from the next, in pixels of the picture. */
const SIDE = 26;
const GAP = 2;

/** What is drawn of an output `[height, width, maps]`: the first of its maps. */
export interface Maps {
  readonly height: number;
  readonly width: number;
  readonly maps: number;
  readonly shown: number;
  /** Maps in a row of the picture. */
  readonly across: number;
}

interface MapPixels {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
}

/** How many pixels across and down a number is. */
const scaleOf = ({ width }: Maps): number => Math.max(1, Math.ceil(SIDE / width));
/** A row of numbers alone has none beside it. */
const gapOf = ({ shown }: Maps): number => (shown > 1 ? GAP : 0);

/** The picture; what is between maps is transparent. @param strength how much stronger than layers' outputs it is coloured */
export function paintMaps(maps: Maps, data: Float32Array, strength: number): MapPixels {
  const [scale, gap] = [scaleOf(maps), gapOf(maps)];
  const [wide, tall] = [maps.width * scale + gap, maps.height * scale + gap];
  const size = { width: maps.across * wide - gap, height: Math.ceil(maps.shown / maps.across) * tall - gap };
  const pixels = new Uint8ClampedArray(4 * size.width * size.height);
  for (let map = 0; map < maps.shown; map++) {
    const [left, top] = [(map % maps.across) * wide, Math.floor(map / maps.across) * tall];
    for (let y = 0; y < maps.height * scale; y++) {
      const row = Math.floor(y / scale) * maps.width;
      for (let x = 0; x < maps.width * scale; x++) {
        const value = strength * (data[(row + Math.floor(x / scale)) * maps.maps + map] ?? NaN);
        colourPixel(pixels, (top + y) * size.width + left + x, value);
      }
    }
  }
  return { ...size, pixels };
}

/** Which number is at a place of the picture, given in shares of its sides; between two maps it is one at the edge of the first.
 *  @returns -1 where the last row of maps has ended */
export function numberAt(maps: Maps, x: number, y: number): number {
  const [scale, gap] = [scaleOf(maps), gapOf(maps)];
  const placeIn = (share: number, count: number, side: number): readonly [map: number, place: number] => {
    const [length, step] = [side * scale, side * scale + gap];
    const at = Math.min(count * step - gap - 1, Math.max(0, Math.floor(share * (count * step - gap))));
    return [Math.floor(at / step), Math.floor(Math.min(length - 1, at % step) / scale)];
  };
  const [column, left] = placeIn(x, maps.across, maps.width);
  const [row, top] = placeIn(y, Math.ceil(maps.shown / maps.across), maps.height);
  const map = row * maps.across + column;
  return map < maps.shown ? (top * maps.width + left) * maps.maps + map : -1;
}
