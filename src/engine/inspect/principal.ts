/** Many numbers of each sample as a few: principal components, and a projection before it where there are too many. Pure. */
import { uniform } from "../random";

/** Directions that are iterated: more than are asked for, since close ones converge slowly. */
const GUARDS = 4;
const MAX_ROUNDS = 300;
const CLOSE_ENOUGH = 1e-13;

/** The directions along which samples differ most. */
export interface Principal {
  /** Of the first and the second direction, `[count, 2]`. */
  readonly places: Float32Array<ArrayBuffer>;
  /** The share of the variance along each. */
  readonly shares: readonly [number, number];
}

/** The covariance of samples, `[width, width]`. @param values `[count, width]`, their means taken off */
function covariance(values: Float32Array, width: number): Float64Array {
  const count = values.length / width;
  const sums = new Float64Array(width * width);
  for (let n = 0; n < count; n++) {
    const at = n * width;
    for (let i = 0; i < width; i++) {
      const own = values[at + i]!;
      // A relu gives many zeros.
      if (own === 0) continue;
      for (let j = i; j < width; j++) sums[i * width + j]! += own * values[at + j]!;
    }
  }
  for (let i = 0; i < width; i++) {
    for (let j = i; j < width; j++) sums[j * width + i] = sums[i * width + j]! /= Math.max(1, count - 1);
  }
  return sums;
}

/** The product with a symmetric matrix. */
function times(matrix: Float64Array, vector: Float64Array): Float64Array {
  const width = vector.length;
  return Float64Array.from(vector, (_, i) => {
    let sum = 0;
    for (let j = 0; j < width; j++) sum += matrix[i * width + j]! * vector[j]!;
    return sum;
  });
}

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

/** Makes vectors perpendicular to those before them, and of length 1; nothing is left of one that depends on those. */
function orthonormal(vectors: readonly Float64Array[]): Float64Array[] {
  const done: Float64Array[] = [];
  for (const vector of vectors) {
    const own = vector.slice();
    for (const other of done) {
      const along = dot(own, other);
      for (let i = 0; i < own.length; i++) own[i]! -= along * other[i]!;
    }
    const length = Math.sqrt(dot(own, own));
    done.push(own.map((value) => (length > 1e-30 ? value / length : 0)));
  }
  return done;
}

/** The two directions along which a symmetric matrix `[width, width]`, all of whose eigenvalues are at least 0, stretches most, by
 *  orthogonal iteration. The sign of each is such that its largest entry is positive.
 *  Source: Golub and Van Loan 2013, section 8.2.4. */
export function leadingOf(
  matrix: Float64Array,
  width: number,
): { readonly vector: Float64Array; readonly value: number }[] {
  let basis = orthonormal(
    Array.from({ length: Math.min(width, GUARDS) }, (_, k) =>
      Float64Array.from({ length: width }, (__, i) => uniform(1, k, 0, i) - 0.5),
    ),
  );
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const next = orthonormal(basis.map((vector) => times(matrix, vector)));
    const moved = next.slice(0, 2).map((vector, k) => 1 - Math.abs(dot(vector, basis[k]!)));
    basis = next;
    if (moved.every((by) => by < CLOSE_ENOUGH)) break;
  }
  return basis.slice(0, 2).map((found) => {
    const largest = found.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a), 0);
    const vector = largest < 0 ? found.map((value) => -value) : found;
    return { vector, value: dot(vector, times(matrix, vector)) };
  });
}

/** The first two principal components, by {@link leadingOf} in double precision. @param values `[count, width]` */
export function principalOf(values: Float32Array, width: number): Principal {
  const count = values.length / width;
  const means = new Float64Array(width);
  for (let i = 0; i < values.length; i++) means[i % width]! += values[i]! / count;
  const centred = values.map((value, i) => value - means[i % width]!);
  const matrix = covariance(centred, width);
  let total = 0;
  for (let i = 0; i < width; i++) total += matrix[i * width + i]!;
  const places = new Float32Array(2 * count);
  const variances = [0, 0];
  for (const [k, { vector, value }] of leadingOf(matrix, width).entries()) {
    variances[k] = value;
    for (let n = 0; n < count; n++) {
      let sum = 0;
      for (let i = 0; i < width; i++) sum += centred[n * width + i]! * vector[i]!;
      places[2 * n + k] = sum;
    }
  }
  const share = (variance = 0): number => (total > 0 ? variance / total : 0);
  return { places, shares: [share(variances[0]), share(variances[1])] };
}

/** Beyond so many numbers a sample is projected to that many. */
export const MAX_WIDTH = 256;

/** A projection that nearly keeps distances: every number is added to one of the results or taken from it, `1 / sqrt(2)` each of two.
 *  It is the same at every step.
 *  Source: Li, Hastie and Church 2006, Very sparse random projections; Kane and Nelson 2014. */
export class Projection {
  readonly width: number;
  readonly #size: number;
  readonly #places: Uint16Array;
  readonly #signs: Float32Array;

  /** @param size of a sample; up to {@link MAX_WIDTH} nothing changes */
  constructor(size: number) {
    this.#size = size;
    this.width = Math.min(size, MAX_WIDTH);
    const projected = size > MAX_WIDTH ? size : 0;
    this.#places = new Uint16Array(2 * projected);
    this.#signs = new Float32Array(2 * projected);
    for (let i = 0; i < projected; i++) {
      const [a, b, c] = [uniform(1, 0, 1, i), uniform(1, 0, 2, i), uniform(1, 0, 3, i)];
      const first = Math.floor(a * MAX_WIDTH);
      this.#places[2 * i] = first;
      this.#places[2 * i + 1] = (first + 1 + Math.floor(b * (MAX_WIDTH - 1))) % MAX_WIDTH;
      this.#signs[2 * i] = c < 0.5 ? -Math.SQRT1_2 : Math.SQRT1_2;
      this.#signs[2 * i + 1] = (2 * c) % 1 < 0.5 ? -Math.SQRT1_2 : Math.SQRT1_2;
    }
  }

  /** Adds a sample's numbers. @param from `[count, size]`  @param to `[count, width]`, zeros */
  project(from: ArrayLike<number>, sample: number, to: Float32Array, at: number): void {
    const [start, end] = [sample * this.#size, at * this.width];
    if (this.#places.length === 0) {
      for (let i = 0; i < this.width; i++) to[end + i] = from[start + i]!;
      return;
    }
    for (let i = 0; i < this.#size; i++) {
      const value = from[start + i]!;
      if (value === 0) continue;
      to[end + this.#places[2 * i]!]! += value * this.#signs[2 * i]!;
      to[end + this.#places[2 * i + 1]!]! += value * this.#signs[2 * i + 1]!;
    }
  }
}
