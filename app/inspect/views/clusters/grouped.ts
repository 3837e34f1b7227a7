/** Test samples by the cluster that they are in. Pure. */

/** The samples of a cluster. */
export interface Group {
  /** By their rows, the nearest to the middle first. */
  readonly rows: readonly number[];
  /** How many are of each class, the most frequent first; nothing where samples have no class. */
  readonly classes: readonly { readonly label: number; readonly count: number }[];
}

/** @param nearest the cluster of each sample  @param distances to its middle  @param labels where samples have a class */
export function groupsOf(
  count: number,
  nearest: ArrayLike<number>,
  distances: ArrayLike<number>,
  labels: ArrayLike<number> | undefined,
): readonly Group[] {
  const rows = Array.from({ length: count }, (): number[] => []);
  for (let n = 0; n < nearest.length; n++) rows[nearest[n] ?? 0]?.push(n);
  return rows.map((own) => {
    const counts = new Map<number, number>();
    if (labels) for (const n of own) counts.set(labels[n] ?? 0, (counts.get(labels[n] ?? 0) ?? 0) + 1);
    return {
      rows: own.toSorted((a, b) => (distances[a] ?? 0) - (distances[b] ?? 0)),
      classes: [...counts].map(([label, each]) => ({ label, count: each })).toSorted((a, b) => b.count - a.count),
    };
  });
}

/** The share of samples that are of the most frequent class of their cluster; NaN where none has a class. */
export function purityOf(groups: readonly Group[]): number {
  const all = groups.reduce((total, { rows }) => total + rows.length, 0);
  const most = groups.map(({ classes }) => classes[0]?.count ?? NaN).filter((each) => !Number.isNaN(each));
  return most.length === 0 ? NaN : most.reduce((total, each) => total + each, 0) / all;
}

/** Red, green and blue of a hue, each from 0 to 255, as `hsl(hue 65% 55%)`. */
function rgbOf(hue: number): readonly [number, number, number] {
  const channel = (n: number): number => {
    const k = (n + hue / 30) % 12;
    return Math.round(255 * (0.55 - 0.65 * 0.45 * Math.max(-1, Math.min(k - 3, 9 - k, 1))));
  };
  return [channel(0), channel(8), channel(4)];
}

/** RGBA pixels of the plane, row by row from the top: every square in the colour of the cluster whose middle is nearest.
 *  @param middles `[k, 2]`  @param hues one a cluster */
export function paintNearest(
  middles: ArrayLike<number>,
  hues: readonly number[],
  resolution: number,
  reach: number,
): Uint8ClampedArray<ArrayBuffer> {
  const colours = hues.map(rgbOf);
  const pixels = new Uint8ClampedArray(4 * resolution * resolution);
  const at = (i: number): number => reach * ((2 * (i + 0.5)) / resolution - 1);
  for (let place = 0; place < resolution * resolution; place++) {
    const [x, y] = [at(place % resolution), -at(Math.floor(place / resolution))];
    let [best, least] = [0, Infinity];
    for (let j = 0; j < hues.length; j++) {
      const away = ((middles[2 * j] ?? 0) - x) ** 2 + ((middles[2 * j + 1] ?? 0) - y) ** 2;
      if (away < least) [best, least] = [j, away];
    }
    const [red, green, blue] = colours[best] ?? [0, 0, 0];
    pixels[4 * place] = red;
    pixels[4 * place + 1] = green;
    pixels[4 * place + 2] = blue;
    pixels[4 * place + 3] = 110;
  }
  return pixels;
}
