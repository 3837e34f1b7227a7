// Elementary functions on four floats, each within about two units in the last place of f32 unless said otherwise.
// exp and log as in Moshier's Cephes library (expf, logf): range reduction and a polynomial.
import { madd } from "./simd";

/** A function of its own rather than a constant that holds one, which would be called through a table every time. */
function splat(x: f32): v128 {
  return f32x4.splat(x);
}

/** The larger of both, NaN where either is: in half the instructions of `f32x4.max`, which also minds the sign of 0. */
export function max4(a: v128, b: v128): v128 {
  // `a < b ? b : a`, which keeps NaN of a; all bits set are NaN too.
  return v128.or(f32x4.pmax(a, b), f32x4.ne(b, b));
}

export function min4(a: v128, b: v128): v128 {
  return v128.or(f32x4.pmin(a, b), f32x4.ne(b, b));
}

/** 1.5 * 2^23, next to which a float has no room for fractions: a sum with it is rounded, and ends in the bits of a whole number. */
const WHOLE: f32 = 12582912;

/** The whole number nearest to `x / ln 2`, plus {@link WHOLE}. */
function powerOfTwo(x: v128): v128 {
  return madd(x, splat(1.44269504088896341), splat(WHOLE));
}

/** `e^x / 2^power`, from sqrt(1/2) to sqrt(2), with ln 2 in two parts. */
function reducedExp(x: v128, power: v128): v128 {
  const n = f32x4.sub(power, splat(WHOLE));
  let r = madd(n, splat(-0.693359375), x);
  r = madd(n, splat(2.1219444e-4), r);
  return f32x4.add(expm1Near(r), splat(1));
}

export function exp4(x: v128): v128 {
  const clamped = f32x4.pmax(f32x4.pmin(x, splat(88.72283)), splat(-87.33654));
  const power = powerOfTwo(clamped);
  // Straight into the exponent, which is in range for all that is within the clamp.
  const result = i32x4.add(reducedExp(clamped, power), i32x4.shl(power, 23));
  // Beyond it: infinity above, zero below; NaN stays.
  const above = v128.bitselect(splat(Infinity), result, f32x4.gt(x, splat(88.72283)));
  const below = v128.bitselect(splat(0), above, f32x4.lt(x, splat(-103.97208)));
  return v128.bitselect(below, x, f32x4.eq(x, x));
}

/** `e^r - 1` for |r| below half of ln 2, which loses no digit: fitted by least squares with Lawson's weights to 3e-9 of e^r. */
function expm1Near(r: v128): v128 {
  let p = splat(1.3814309053e-3);
  p = madd(p, r, splat(8.3688564978e-3));
  p = madd(p, r, splat(4.1668401616e-2));
  p = madd(p, r, splat(1.6666519479e-1));
  p = madd(p, r, splat(4.999999337e-1));
  return madd(p, f32x4.mul(r, r), r);
}

export function log4(x: v128): v128 {
  // Subnormal numbers are scaled up first.
  const tiny = f32x4.lt(x, splat(1.17549435e-38));
  const scaled = v128.bitselect(f32x4.mul(x, splat(8388608)), x, tiny);
  // x = 2^e m with m in [sqrt(1/2), sqrt(2)).
  let e = i32x4.sub(i32x4.shr_u(scaled, 23), i32x4.splat(126));
  let m = v128.or(v128.and(scaled, i32x4.splat(0x007fffff)), splat(0.5));
  const small = f32x4.lt(m, splat(0.707106781186547524));
  e = i32x4.add(e, small);
  m = f32x4.sub(f32x4.add(m, v128.and(m, small)), splat(1));
  const z = f32x4.mul(m, m);
  let p = splat(7.0376836292e-2);
  p = madd(p, m, splat(-1.151461031e-1));
  p = madd(p, m, splat(1.167699874e-1));
  p = madd(p, m, splat(-1.2420140846e-1));
  p = madd(p, m, splat(1.4249322787e-1));
  p = madd(p, m, splat(-1.6668057665e-1));
  p = madd(p, m, splat(2.0000714765e-1));
  p = madd(p, m, splat(-2.4999993993e-1));
  p = madd(p, m, splat(3.3333331174e-1));
  const exponent = f32x4.sub(f32x4.convert_i32x4_s(e), v128.and(splat(23), tiny));
  let y = f32x4.mul(f32x4.mul(p, m), z);
  y = f32x4.add(y, f32x4.mul(exponent, splat(-2.1219444e-4)));
  y = f32x4.sub(y, f32x4.mul(z, splat(0.5)));
  const result = f32x4.add(f32x4.add(m, y), f32x4.mul(exponent, splat(0.693359375)));
  const zero = v128.bitselect(splat(-Infinity), result, f32x4.eq(x, splat(0)));
  const infinite = v128.bitselect(x, zero, f32x4.eq(x, splat(Infinity)));
  return v128.bitselect(splat(NaN), infinite, v128.or(f32x4.lt(x, splat(0)), f32x4.ne(x, x)));
}

/** `log(1 + x)` for x from 0 to 1: twice the series of artanh(x / (2 + x)), which loses no digit. */
function log1pUnit(x: v128): v128 {
  const s = f32x4.div(x, f32x4.add(splat(2), x));
  const z = f32x4.mul(s, s);
  let p = splat(0.07692308);
  p = madd(p, z, splat(0.09090909));
  p = madd(p, z, splat(0.11111111));
  p = madd(p, z, splat(0.14285715));
  p = madd(p, z, splat(0.2));
  p = madd(p, z, splat(0.33333334));
  const twice = f32x4.add(s, s);
  return madd(f32x4.mul(twice, z), p, twice);
}

/** `log(1 + x)` for x >= 0. */
export function log1p4(x: v128): v128 {
  const one = splat(1);
  return v128.bitselect(log4(f32x4.add(one, x)), log1pUnit(x), f32x4.gt(x, one));
}

export function sigmoid4(x: v128): v128 {
  return f32x4.div(splat(1), f32x4.add(splat(1), exp4(f32x4.neg(x))));
}

/** By its own polynomial near 0, where `1 - 2 / (e^2x + 1)` would cancel. Source: Cephes, tanhf. */
export function tanh4(x: v128): v128 {
  const size = f32x4.abs(x);
  const square = f32x4.mul(x, x);
  let p = splat(-5.70498872745e-3);
  p = madd(p, square, splat(2.06390887954e-2));
  p = madd(p, square, splat(-5.37397155531e-2));
  p = madd(p, square, splat(1.33314422036e-1));
  p = madd(p, square, splat(-3.33332819422e-1));
  const near = madd(f32x4.mul(p, square), x, x);
  const grown = exp4(f32x4.min(f32x4.add(size, size), splat(40)));
  const far = f32x4.sub(splat(1), f32x4.div(splat(2), f32x4.add(grown, splat(1))));
  const signed = v128.or(far, v128.and(x, i32x4.splat(0x80000000)));
  return v128.bitselect(near, signed, f32x4.lt(size, splat(0.625)));
}

/** `e^x` for x within 87 of 0, and NaN for NaN. */
function expWithin4(x: v128): v128 {
  const power = powerOfTwo(x);
  // A product rather than a sum of exponents, which could make a number of some NaN.
  return f32x4.mul(reducedExp(x, power), i32x4.shl(i32x4.add(power, i32x4.splat(127)), 23));
}

export function softplus4(x: v128): v128 {
  // max with 0, but for NaN, which it keeps.
  return f32x4.add(f32x4.pmax(x, splat(0)), log1pUnit(exp4(f32x4.neg(f32x4.abs(x)))));
}

export function elu4(x: v128, alpha: v128): v128 {
  // e^x - 1 cancels near 0.
  const below = v128.bitselect(expm1Near(x), f32x4.sub(exp4(x), splat(1)), f32x4.gt(x, splat(-0.3465)));
  return v128.bitselect(x, f32x4.mul(alpha, below), f32x4.gt(x, splat(0)));
}

/** erf(x) for |x| < 1, within 1.5e-7. Source: Cephes, erff. */
function erfNear(x: v128): v128 {
  const z = f32x4.mul(x, x);
  let p = splat(7.853861353153693e-5);
  p = madd(p, z, splat(-8.010193625184903e-4));
  p = madd(p, z, splat(5.188327685732524e-3));
  p = madd(p, z, splat(-2.685381193529856e-2));
  p = madd(p, z, splat(1.128358514861418e-1));
  p = madd(p, z, splat(-3.7612625824233e-1));
  p = madd(p, z, splat(1.12837916572671));
  return f32x4.mul(x, p);
}

/** 1 - erf(size) for size >= 1, with a relative error below 4e-7 (1 + size^2).
 *  Source: Press et al. 1992, "Numerical Recipes", section 6.2, erfcc. */
function erfcFar(size: v128): v128 {
  const t = f32x4.div(splat(1), madd(splat(0.5), size, splat(1)));
  let p = splat(0.17087277);
  p = madd(p, t, splat(-0.82215223));
  p = madd(p, t, splat(1.48851587));
  p = madd(p, t, splat(-1.13520398));
  p = madd(p, t, splat(0.27886807));
  p = madd(p, t, splat(-0.18628806));
  p = madd(p, t, splat(0.09678418));
  p = madd(p, t, splat(0.37409196));
  p = madd(p, t, splat(1.00002368));
  p = madd(p, t, splat(-1.26551223));
  return f32x4.mul(t, exp4(f32x4.sub(p, f32x4.mul(size, size))));
}

/** Absolute error below 1.5e-7. */
export function erf4(x: v128): v128 {
  const size = f32x4.abs(x);
  const far = v128.or(f32x4.sub(splat(1), erfcFar(size)), v128.and(x, i32x4.splat(0x80000000)));
  return v128.bitselect(erfNear(x), far, f32x4.lt(size, splat(1)));
}

/** `e^(-x^2 / 2)` where |x| is below 13.2, beyond which it is taken for 0. */
function bell4(x: v128): v128 {
  const near = f32x4.lt(f32x4.abs(x), splat(13.2));
  const half = f32x4.mul(f32x4.mul(x, x), splat(-0.5));
  return v128.and(expWithin4(f32x4.pmax(half, splat(-87.3))), near);
}

/** The share of a standard normal variable below x, with a relative error below 4e-7 (1 + x^2 / 2). Of the far side, which is
 *  `bell` times a polynomial in `1 / (1 + |x| / sqrt 8)`, fitted by least squares with Lawson's weights to a relative error of 4e-8.
 *  @param bell {@link bell4} of x */
function normalBelow4(x: v128, bell: v128): v128 {
  const t = f32x4.div(splat(1), madd(f32x4.abs(x), splat(0.35355339), splat(1)));
  let p = madd(splat(-0.0294454567), t, splat(0.141851298));
  p = madd(p, t, splat(-0.242692453));
  p = madd(p, t, splat(0.137989699));
  p = madd(p, t, splat(-0.0125892204));
  p = madd(p, t, splat(0.101035055));
  p = madd(p, t, splat(0.121630475));
  p = madd(p, t, splat(0.141176745));
  p = madd(p, t, splat(0.141043838));
  const tail = f32x4.mul(f32x4.mul(p, t), bell);
  return v128.bitselect(f32x4.sub(splat(1), tail), tail, f32x4.gt(x, splat(0)));
}

export function gelu4(x: v128): v128 {
  return f32x4.mul(x, normalBelow4(x, bell4(x)));
}

export function geluSlope4(x: v128): v128 {
  const bell = bell4(x);
  return madd(f32x4.mul(x, splat(0.39894228)), bell, normalBelow4(x, bell));
}

/** `x^(high + low)`: small whole exponents by multiplication, others to the last place in double precision, as
 *  `2^(exponent log2 |x|)`, with `log2` from the series of the inverse hyperbolic tangent and `2^r` from its own. Finite
 *  negative x give a number for whole exponents only, whose sign is that of x where the exponent is odd. */
export function pow4(x: v128, high: f32, low: f32): v128 {
  const exponent = <f64>high + <f64>low;
  if (exponent == 0) return splat(1);
  if (low == 0 && high >= 1 && high <= 8 && floor(high) == high) {
    let product = x;
    for (let i: f32 = 1; i < high; i++) product = f32x4.mul(product, x);
    return product;
  }
  const size = f32x4.abs(x);
  const left = powDouble2(f64x2.promote_low_f32x4(size), exponent);
  const right = powDouble2(f64x2.promote_low_f32x4(v128.shuffle<f64>(size, size, 1, 0)), exponent);
  const regular = v128.shuffle<f64>(f32x4.demote_f64x2_zero(left), f32x4.demote_f64x2_zero(right), 0, 2);
  // Zero and infinity have no logarithm to go by.
  const ofZero = v128.bitselect(splat(exponent > 0 ? 0 : Infinity), regular, f32x4.eq(size, splat(0)));
  const ofAll = v128.bitselect(splat(exponent > 0 ? Infinity : 0), ofZero, f32x4.eq(size, splat(Infinity)));
  const magnitude = v128.bitselect(ofAll, x, f32x4.eq(x, x));
  if (floor(exponent) != exponent) {
    const hasNone = v128.and(f32x4.lt(x, splat(0)), f32x4.gt(x, splat(-Infinity)));
    return v128.bitselect(splat(NaN), magnitude, hasNone);
  }
  const isOdd = floor(exponent / 2) * 2 != exponent;
  return isOdd ? v128.or(magnitude, v128.and(x, i32x4.splat(0x80000000))) : magnitude;
}

/** `x^exponent` of two positive numbers that are floats. */
function powDouble2(x: v128, exponent: f64): v128 {
  const one = f64x2.splat(1);
  // x = 2^e m with m in [sqrt(1/2), sqrt(2)).
  const shifted = i64x2.add(x, i64x2.splat(0x00095f619980c433));
  const e = i64x2.sub(i64x2.shr_u(shifted, 52), i64x2.splat(1023));
  const m = i64x2.sub(x, i64x2.shl(e, 52));
  const t = f64x2.div(f64x2.sub(m, one), f64x2.add(m, one));
  const z = f64x2.mul(t, t);
  let p = f64x2.splat(1.0 / 13);
  p = f64x2.add(f64x2.mul(p, z), f64x2.splat(1.0 / 11));
  p = f64x2.add(f64x2.mul(p, z), f64x2.splat(1.0 / 9));
  p = f64x2.add(f64x2.mul(p, z), f64x2.splat(1.0 / 7));
  p = f64x2.add(f64x2.mul(p, z), f64x2.splat(1.0 / 5));
  p = f64x2.add(f64x2.mul(p, z), f64x2.splat(1.0 / 3));
  p = f64x2.add(f64x2.mul(p, z), one);
  // 2 / ln 2.
  const logM = f64x2.mul(f64x2.mul(p, t), f64x2.splat(2.8853900817779268));
  const whole = f64x2.convert_low_i32x4_s(v128.shuffle<i32>(e, e, 0, 2, 0, 2));
  const power = f64x2.mul(f64x2.add(whole, logM), f64x2.splat(exponent));
  // Beyond the range of f32 either way, and within that of f64.
  const clamped = f64x2.max(f64x2.min(power, f64x2.splat(1000)), f64x2.splat(-1000));
  const n = f64x2.nearest(clamped);
  const r = f64x2.mul(f64x2.sub(clamped, n), f64x2.splat(0.6931471805599453));
  let q = f64x2.splat(1.0 / 40320);
  q = f64x2.add(f64x2.mul(q, r), f64x2.splat(1.0 / 5040));
  q = f64x2.add(f64x2.mul(q, r), f64x2.splat(1.0 / 720));
  q = f64x2.add(f64x2.mul(q, r), f64x2.splat(1.0 / 120));
  q = f64x2.add(f64x2.mul(q, r), f64x2.splat(1.0 / 24));
  q = f64x2.add(f64x2.mul(q, r), f64x2.splat(1.0 / 6));
  q = f64x2.add(f64x2.mul(q, r), f64x2.splat(0.5));
  q = f64x2.add(f64x2.mul(q, r), one);
  q = f64x2.add(f64x2.mul(q, r), one);
  const wholes = i32x4.trunc_sat_f64x2_s_zero(n);
  const scale = i64x2.shl(i64x2.add(i64x2.extend_low_i32x4_s(wholes), i64x2.splat(1023)), 52);
  return f64x2.mul(q, scale);
}
