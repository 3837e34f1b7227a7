/** How well made points stand for real ones, by what lies near: a number for mode collapse wherever points are of. Pure. */

/** A real point's neighbourhood reaches to its neighbour of this number. */
const NEIGHBOUR = 5;

/** Both from 0 to 1. */
export interface Coverage {
  /** The share of real points in whose neighbourhood a made one lies: low where the generator has settled on some of them. */
  readonly coverage: number;
  /** The share of made points in the neighbourhood of a real one: low where they lie where no real ones are. */
  readonly precision: number;
}

/** The squared distance of each real point to its fifth neighbour. @param real `[N, 2]` */
export function neighbourhoodsOf(real: ArrayLike<number>): Float32Array {
  const count = real.length >> 1;
  const away = new Float32Array(count);
  return Float32Array.from({ length: count }, (_, i) => {
    for (let j = 0; j < count; j++) away[j] = squared(real, i, real, j);
    // The nearest is the point itself.
    return away.toSorted()[Math.min(NEIGHBOUR, count - 1)] ?? 0;
  });
}

/** Source: Naeem et al. 2020, "Reliable fidelity and diversity metrics for generative models", section 3.1, for the coverage;
 *  Kynkäänniemi et al. 2019, "Improved precision and recall metric for assessing generative models", for the precision.
 *  @param real `[N, 2]`  @param neighbourhoods as {@link neighbourhoodsOf} tells them  @param made `[M, 2]` */
export function coverageOf(real: ArrayLike<number>, neighbourhoods: Float32Array, made: ArrayLike<number>): Coverage {
  const [all, count] = [neighbourhoods.length, made.length >> 1];
  const isReached = new Uint8Array(all);
  let near = 0;
  for (let j = 0; j < count; j++) {
    let isNear = false;
    for (let i = 0; i < all; i++) {
      if (squared(real, i, made, j) > (neighbourhoods[i] ?? 0)) continue;
      isNear = true;
      isReached[i] = 1;
    }
    if (isNear) near++;
  }
  const reached = isReached.reduce((total, one) => total + one, 0);
  return { coverage: reached / Math.max(1, all), precision: near / Math.max(1, count) };
}

const squared = (a: ArrayLike<number>, i: number, b: ArrayLike<number>, j: number): number =>
  ((a[2 * i] ?? NaN) - (b[2 * j] ?? NaN)) ** 2 + ((a[2 * i + 1] ?? NaN) - (b[2 * j + 1] ?? NaN)) ** 2;
