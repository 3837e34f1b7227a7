/** Places of samples in a plane: turned to where they were, the nearest, those within a line, those alike. Pure. */

/** Turns and mirrors places so that they lie as close to others as they can: principal components may come out mirrored, and in
 *  another order, from one step to the next.
 *  @param places and `before`, `[count, 2]` each  Source: Gower 1975, Procrustes analysis; in the plane, in closed form. */
export function turnedTo(places: Float32Array, before: Float32Array): Float32Array {
  if (places.length !== before.length) return places;
  let [xx, xy, yx, yy] = [0, 0, 0, 0];
  for (let i = 0; i < places.length; i += 2) {
    const [x, y, u, v] = [places[i]!, places[i + 1]!, before[i]!, before[i + 1]!];
    xx += x * u;
    xy += x * v;
    yx += y * u;
    yy += y * v;
  }
  // The rotation, and the rotation after y is mirrored, that bring them closest.
  const [turned, mirrored] = [Math.hypot(xx + yy, xy - yx), Math.hypot(xx - yy, xy + yx)];
  const sign = mirrored > turned ? -1 : 1;
  const angle = Math.atan2(xy - sign * yx, xx + sign * yy);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return places.map((value, i) => {
    const x = i % 2 === 0 ? value : places[i - 1]!;
    const y = sign * (i % 2 === 0 ? places[i + 1]! : value);
    return i % 2 === 0 ? cos * x - sin * y : sin * x + cos * y;
  });
}

/** Brings places into the square from -1 to 1: all but the outermost hundredth. @param places `[count, 2]` */
export function fitted(places: Float32Array): Float32Array {
  const count = places.length / 2;
  const middle = [0, 1].map((k) => {
    const own = places.filter((_, i) => i % 2 === k).toSorted();
    return ((own[Math.floor(0.005 * count)] ?? 0) + (own[Math.floor(0.995 * (count - 1))] ?? 0)) / 2;
  });
  const sizes = places.map((value, i) => Math.abs(value - (middle[i % 2] ?? 0))).toSorted();
  const reach = sizes[Math.ceil(0.99 * (sizes.length - 1))] || 1;
  return places.map((value, i) => (0.95 * (value - (middle[i % 2] ?? 0))) / reach);
}

/** The place nearest to one, within so much; -1 where there is none. */
export function nearestTo(places: Float32Array, x: number, y: number, within: number): number {
  let [best, least] = [-1, within];
  for (let i = 0; 2 * i < places.length; i++) {
    const distance = Math.hypot(places[2 * i]! - x, places[2 * i + 1]! - y);
    if (distance <= least) [best, least] = [i, distance];
  }
  return best;
}

/** The next sample in a direction: near, and not much aside. The sample itself where none lies there. */
export function nextIn(places: Float32Array, from: number, dx: number, dy: number): number {
  const [x, y] = [places[2 * from] ?? 0, places[2 * from + 1] ?? 0];
  let [best, least] = [from, Infinity];
  for (let i = 0; 2 * i < places.length; i++) {
    const [u, v] = [places[2 * i]! - x, places[2 * i + 1]! - y];
    const [along, aside] = [u * dx + v * dy, Math.abs(u * dy - v * dx)];
    if (along <= 1e-6 || aside > along) continue;
    const cost = along + 2 * aside;
    if (cost < least) [best, least] = [i, cost];
  }
  return best;
}

/** The samples within a closed line, by the even-odd rule. @param line `[points, 2]` */
export function enclosed(places: Float32Array, line: readonly number[]): number[] {
  const found: number[] = [];
  for (let i = 0; 2 * i < places.length; i++) {
    const [x, y] = [places[2 * i]!, places[2 * i + 1]!];
    let isInside = false;
    for (let a = 0, b = line.length - 2; a < line.length; b = a, a += 2) {
      const [ax, ay, bx, by] = [line[a]!, line[a + 1]!, line[b]!, line[b + 1]!];
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) isInside = !isInside;
    }
    if (isInside) found.push(i);
  }
  return found;
}

/** A sample that is alike, and the cosine of the angle between what the layer gives for both. */
export interface Alike {
  readonly sample: number;
  readonly cosine: number;
}

/** The samples most alike to one, the most alike first. @param values `[count, width]` */
export function alikeTo(values: Float32Array, width: number, sample: number, most: number): Alike[] {
  const count = values.length / width;
  const dot = (a: number, b: number): number => {
    let sum = 0;
    for (let i = 0; i < width; i++) sum += values[a * width + i]! * values[b * width + i]!;
    return sum;
  };
  const length = Math.sqrt(dot(sample, sample));
  const all: Alike[] = [];
  for (let n = 0; n < count; n++) {
    if (n !== sample) all.push({ sample: n, cosine: dot(n, sample) / (length * Math.sqrt(dot(n, n)) || 1) });
  }
  return all.toSorted((a, b) => b.cosine - a.cosine || a.sample - b.sample).slice(0, most);
}

/** How a class lies among the others. */
export interface Mixing {
  readonly samples: number;
  /** The share of the nearest places that are of the same class. */
  readonly own: number;
  /** The other class that is found most often among them; null where there is none. */
  readonly other: number | null;
}

const NEAREST = 10;
/** Samples of a class that are looked at: all would take longer than a frame. */
const MAX_ASKED = 40;

/** For each class, of which classes the ten nearest places are. @param labels `[count]` */
export function mixingOf(places: Float32Array, labels: ArrayLike<number>, classes: number): Mixing[] {
  const count = places.length / 2;
  const samplesOf: number[][] = Array.from({ length: classes }, () => []);
  for (let n = 0; n < count; n++) samplesOf[labels[n] ?? 0]?.push(n);
  return samplesOf.map((samples, label) => {
    const found = Array.from({ length: classes }, () => 0);
    for (const n of samples.slice(0, MAX_ASKED)) {
      const [x, y] = [places[2 * n]!, places[2 * n + 1]!];
      const near: { readonly away: number; readonly label: number }[] = [];
      for (let m = 0; m < count; m++) {
        if (m === n) continue;
        const away = (places[2 * m]! - x) ** 2 + (places[2 * m + 1]! - y) ** 2;
        if (near.length === NEAREST && away >= near[NEAREST - 1]!.away) continue;
        near.splice(near.findIndex((each) => each.away > away) >>> 0, 0, { away, label: labels[m] ?? 0 });
        near.length = Math.min(near.length, NEAREST);
      }
      for (const each of near) found[each.label]! += 1;
    }
    const all = found.reduce((a, b) => a + b, 0);
    const others = found.map((value, other) => (other === label ? -1 : value));
    const most = Math.max(...others);
    return {
      samples: samples.length,
      own: all === 0 ? NaN : (found[label] ?? 0) / all,
      other: most > 0 ? others.indexOf(most) : null,
    };
  });
}
