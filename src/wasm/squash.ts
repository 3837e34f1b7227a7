// What recurrent cells pass numbers through, a row at a time. Constants are loaded before each loop: a browser makes one that is written
// where it is used in three instructions, every time, which takes as long as all the arithmetic.
import { Squash } from "./codes";
import { word } from "./gemmTiles";
import { max4 } from "./math";
import { madd } from "./simd";

/** Four neighbours; without whole ones, `count` of them and zeros. `T` is i32 for whole ones, so that which it is, is decided when this
 *  is compiled. */
export function four<T>(from: usize, count: i32): v128 {
  if (isInteger<T>()) return v128.load(from);
  let values = v128.load32_zero(from);
  if (count > 1) values = v128.load_lane<f32>(from + 4, values, 1);
  if (count > 2) values = v128.load_lane<f32>(from + 8, values, 2);
  return values;
}

export function put<T>(to: usize, count: i32, values: v128): void {
  if (isInteger<T>()) {
    v128.store(to, values);
    return;
  }
  v128.store_lane<f32>(to, values, 0);
  if (count > 1) v128.store_lane<f32>(to + 4, values, 1);
  if (count > 2) v128.store_lane<f32>(to + 8, values, 2);
}

/** Limits of the exponential's argument, 1 / ln 2, what rounds a sum, ln 2 in two parts, and the polynomial of `math.ts`. */
const EXPONENTIAL = memory.data<f32>([
  80, -80, 1.44269504088896341, 12582912, -0.693359375, 2.1219444e-4, 1.3814309053e-3, 8.3688564978e-3, 4.1668401616e-2,
  1.6666519479e-1, 4.999999337e-1, 1,
]);
/** Limits of tanh's argument, and the polynomials above and below. */
const QUOTIENT = memory.data<f32>([
  8, -8, 1.52306998e-8, 2.189485977e-5, 3.571609873e-3, 1.344450792e-1, 1, 8.52256023e-7, 3.411311502e-4,
  2.616448788e-2, 4.677783524e-1,
]);

function constant(table: usize, index: usize): v128 {
  return v128.load32_splat(table + (index << 2));
}

/** The sum of up to three: 0 is none. */
function sumOf<T>(x: usize, y: usize, z: usize, at: usize, count: i32): v128 {
  let sum = four<T>(x + at, count);
  if (y) sum = f32x4.add(sum, four<T>(y + at, count));
  if (z) sum = f32x4.add(sum, four<T>(z + at, count));
  return sum;
}

/** Passes a row of sums through a function: of up to three rows, of which y and z may be 0 for none. */
export function squashRow<T>(kind: i32, to: usize, x: usize, y: usize, z: usize, count: i32): void {
  if (kind == Squash.sigmoid) sigmoids<T>(to, x, y, z, count);
  else if (kind == Squash.tanh) tanhs<T>(to, x, y, z, count);
  else {
    for (let j = 0; j < count; j += 4) {
      const sum = sumOf<T>(x, y, z, word(j), count - j);
      put<T>(to + word(j), count - j, kind == Squash.relu ? max4(sum, f32x4.splat(0)) : sum);
    }
  }
}

/** As `sigmoid4` of `math.ts`: what lies beyond 80 is taken for 80, where the result is below 1e-34. */
function sigmoids<T>(to: usize, x: usize, y: usize, z: usize, count: i32): void {
  const top = constant(EXPONENTIAL, 0);
  const bottom = constant(EXPONENTIAL, 1);
  const perPower = constant(EXPONENTIAL, 2);
  const whole = constant(EXPONENTIAL, 3);
  const high = constant(EXPONENTIAL, 4);
  const low = constant(EXPONENTIAL, 5);
  const p5 = constant(EXPONENTIAL, 6);
  const p4 = constant(EXPONENTIAL, 7);
  const p3 = constant(EXPONENTIAL, 8);
  const p2 = constant(EXPONENTIAL, 9);
  const p1 = constant(EXPONENTIAL, 10);
  const one = constant(EXPONENTIAL, 11);
  for (let j = 0; j < count; j += 4) {
    const sum = sumOf<T>(x, y, z, word(j), count - j);
    const near = f32x4.pmax(f32x4.pmin(f32x4.neg(sum), top), bottom);
    const power = madd(near, perPower, whole);
    const n = f32x4.sub(power, whole);
    const r = madd(n, low, madd(n, high, near));
    let p = madd(p5, r, p4);
    p = madd(p, r, p3);
    p = madd(p, r, p2);
    p = madd(p, r, p1);
    p = f32x4.add(madd(p, f32x4.mul(r, r), r), one);
    // A product rather than a sum of exponents, which could make a number of some NaN. The bits of 1 are those of its exponent.
    const e = f32x4.mul(p, i32x4.add(i32x4.shl(power, 23), one));
    put<T>(to + word(j), count - j, f32x4.div(one, f32x4.add(one, e)));
  }
}

/** Within six units in the last place: x times a polynomial of its square over another, fitted by least squares with Lawson's weights to a
 *  relative error of 7e-9. What lies beyond 8 is taken for 8, 4e-7 from 1 at most. */
function tanhs<T>(to: usize, x: usize, y: usize, z: usize, count: i32): void {
  const top = constant(QUOTIENT, 0);
  const bottom = constant(QUOTIENT, 1);
  const p4 = constant(QUOTIENT, 2);
  const p3 = constant(QUOTIENT, 3);
  const p2 = constant(QUOTIENT, 4);
  const p1 = constant(QUOTIENT, 5);
  const one = constant(QUOTIENT, 6);
  const q4 = constant(QUOTIENT, 7);
  const q3 = constant(QUOTIENT, 8);
  const q2 = constant(QUOTIENT, 9);
  const q1 = constant(QUOTIENT, 10);
  for (let j = 0; j < count; j += 4) {
    const sum = sumOf<T>(x, y, z, word(j), count - j);
    const near = f32x4.pmax(f32x4.pmin(sum, top), bottom);
    const square = f32x4.mul(near, near);
    let p = madd(p4, square, p3);
    p = madd(p, square, p2);
    p = madd(p, square, p1);
    p = madd(p, square, one);
    let q = madd(q4, square, q3);
    q = madd(q, square, q2);
    q = madd(q, square, q1);
    q = madd(q, square, one);
    put<T>(to + word(j), count - j, f32x4.div(f32x4.mul(p, near), q));
  }
}
