/** The colours of a decision field. Pure. */

type Colour = readonly [red: number, green: number, blue: number];

/** Told apart by the colour-blind too. Source: Okabe and Ito, "Color universal design", 2008; the first two as they stand for
 *  classes in TensorFlow Playground. */
const COLOURS: readonly Colour[] = [
  [230, 126, 20],
  [0, 114, 178],
  [0, 158, 115],
  [204, 121, 167],
  [86, 180, 233],
  [240, 228, 66],
  [213, 94, 0],
  [120, 120, 120],
];

const BLACK: Colour = [0, 0, 0];

export const MAX_CLASSES = COLOURS.length;

/** How many squares are painted along each side of one that is asked about. */
export const FINER = 3;

/** What is said of more places than were asked about, those in between by linear interpolation: a border is a line, and not a row of
 *  squares. @param outputs `[resolution^2, classes]` @returns `[(FINER resolution)^2, classes]` */
export function finer(outputs: Float32Array, classes: number, resolution: number): Float32Array {
  const side = FINER * resolution;
  const fine = new Float32Array(side * side * classes);
  const at = (i: number) => {
    const place = Math.min(resolution - 1, Math.max(0, (i + 0.5) / FINER - 0.5));
    const before = Math.min(Math.floor(place), resolution - 2);
    return { before, share: place - before };
  };
  const places = Array.from({ length: side }, (_, i) => at(i));
  let to = 0;
  for (const { before: row, share: down } of places) {
    for (const { before: column, share: right } of places) {
      const above = (row * resolution + column) * classes;
      const below = above + resolution * classes;
      for (let label = 0; label < classes; label++) {
        const top = outputs[above + label]! * (1 - right) + outputs[above + classes + label]! * right;
        const bottom = outputs[below + label]! * (1 - right) + outputs[below + classes + label]! * right;
        fine[to++] = top * (1 - down) + bottom * down;
      }
    }
  }
  return fine;
}

/** The colour of a class in a style sheet. */
export const colourOf = (label: number): string => `rgb(${(COLOURS[label] ?? [0, 0, 0]).join(" ")})`;

/** The places of a field, row by row from the top: `[resolution^2, 2]`, the middles of the squares that a square of `[-reach, reach]`
 *  is divided into. */
export function placesOf(resolution: number, reach: number): Float32Array {
  const places = new Float32Array(2 * resolution * resolution);
  const at = (i: number): number => reach * ((2 * (i + 0.5)) / resolution - 1);
  for (let row = 0; row < resolution; row++) {
    for (let column = 0; column < resolution; column++) {
      places.set([at(column), -at(row)], 2 * (row * resolution + column));
    }
  }
  return places;
}

/** RGBA pixels of what is said of each place: the colour of the likeliest class, the more of it the surer, from none where all classes
 *  are as likely to four fifths. @param outputs `[places, classes]`; scores beyond 0 and 1 count as those */
export function paintField(outputs: Float32Array, classes: number): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray((outputs.length / classes) * 4);
  for (let place = 0; place * classes < outputs.length; place++) {
    let [best, most] = [0, -Infinity];
    for (let label = 0; label < classes; label++) {
      const output = outputs[place * classes + label] ?? 0;
      if (output > most) [best, most] = [label, output];
    }
    const least = 1 / classes;
    const sureness = Math.min(1, Math.max(0, (most - least) / (1 - least)));
    const [red, green, blue] = COLOURS[best] ?? BLACK;
    pixels[4 * place] = red;
    pixels[4 * place + 1] = green;
    pixels[4 * place + 2] = blue;
    pixels[4 * place + 3] = 255 * 0.8 * sureness;
  }
  return pixels;
}

/** How far from 0 points reach, a little more, at most to the nearest of 1, 1.25, 2, 2.5, 5 and so on that holds them. */
export function reachOf(values: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i] ?? 0);
    if (Number.isFinite(size)) most = Math.max(most, size);
  }
  if (most === 0) return 1;
  const power = 10 ** Math.floor(Math.log10(most * 1.05));
  return (
    [1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].map((step) => step * power).find((step) => step >= most * 1.05) ?? most
  );
}
