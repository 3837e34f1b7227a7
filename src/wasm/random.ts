// Random numbers by counters: hashes of (seed, step, stream, index), the same as in `src/engine/random.ts`; and dropout,
// whose mask is made of them.
import { Distribution, RANDOM_UNIT } from "./codes";
import { log4 } from "./math";
import { madd } from "./simd";

const SOURCE: usize = 0;
const TARGET: usize = 4;
/** Addresses of the counters. */
const SEED: usize = 8;
const STEP: usize = 12;
const STREAM: usize = 16;
/** Hashes below this, of 24 bits, drop the element. */
const LEAST: usize = 20;
const SCALE: usize = 24;
const SIZE: usize = 28;

/** Units `begin` to `end - 1`. */
export function dropout(record: usize, begin: i32, end: i32): void {
  const x = mix(load<u32>(load<u32>(record, SEED)));
  const y = mix(load<u32>(load<u32>(record, STEP)));
  const z = mix(load<u32>(record, STREAM));
  const least = i32x4.splat(load<i32>(record, LEAST));
  const scale = f32x4.splat(load<f32>(record, SCALE));
  const last = min(end * RANDOM_UNIT, load<i32>(record, SIZE));
  let from = load<u32>(record, SOURCE) + ((<usize>(begin * RANDOM_UNIT)) << 2);
  let to = load<u32>(record, TARGET) + ((<usize>(begin * RANDOM_UNIT)) << 2);
  for (let i = begin * RANDOM_UNIT; i < last; i += 4, from += 16, to += 16) {
    const index = i32x4.add(i32x4.splat(i), i32x4(0, 1, 2, 3));
    const kept = i32x4.ge_s(i32x4.shr_u(hash4(x, y, z, index), 8), least);
    const result = v128.and(f32x4.mul(v128.load(from), scale), kept);
    if (i + 4 <= last) v128.store(to, result);
    else storeSome(to, result, last - i);
  }
}

function storeSome(to: usize, values: v128, count: i32): void {
  v128.store32_lane(to, values, 0);
  if (count > 1) v128.store32_lane(to, values, 1, 4);
  if (count > 2) v128.store32_lane(to, values, 2, 8);
}

const RANDOM_TARGET: usize = 0;
const RANDOM_SEED: usize = 4;
const RANDOM_STEP: usize = 8;
const RANDOM_STREAM: usize = 12;
const RANDOM_SIZE: usize = 16;
/** A `Distribution`. */
const DISTRIBUTION: usize = 20;

/** Fills units `begin` to `end - 1` with random numbers. */
export function random(record: usize, begin: i32, end: i32): void {
  const x = mix(load<u32>(load<u32>(record, RANDOM_SEED)));
  const y = mix(load<u32>(load<u32>(record, RANDOM_STEP)));
  const z = mix(load<u32>(record, RANDOM_STREAM));
  const isNormal = load<i32>(record, DISTRIBUTION) == Distribution.normal;
  const last = min(end * RANDOM_UNIT, load<i32>(record, RANDOM_SIZE));
  let to = load<u32>(record, RANDOM_TARGET) + ((<usize>(begin * RANDOM_UNIT)) << 2);
  for (let i = begin * RANDOM_UNIT; i < last; i += 4, to += 16) {
    const index = i32x4.add(i32x4.splat(i), i32x4(0, 1, 2, 3));
    const result = isNormal ? normal4(x, y, z, index) : uniform4(x, y, z, index);
    if (i + 4 <= last) v128.store(to, result);
    else storeSome(to, result, last - i);
  }
}

/** In [0, 1), of 24 bits. */
function uniform4(x: v128, y: v128, z: v128, index: v128): v128 {
  const whole = i32x4.shr_u(hash4(x, y, z, index), 8);
  return f32x4.mul(f32x4.convert_i32x4_s(whole), f32x4.splat(1.0 / 16777216));
}

/** By Box and Muller 1958, from the two uniform numbers at `2 index` and `2 index + 1`. */
function normal4(x: v128, y: v128, z: v128, index: v128): v128 {
  const first = i32x4.shl(index, 1);
  const u = f32x4.sub(f32x4.splat(1), uniform4(x, y, z, first));
  const v = uniform4(x, y, z, i32x4.add(first, i32x4.splat(1)));
  return f32x4.mul(f32x4.sqrt(f32x4.mul(f32x4.splat(-2), log4(u))), cosTurns4(v));
}

/** `cos(2 pi v)` for v in [0, 1): the distance from the nearest half turn, at most a quarter, loses nothing, and beyond
 *  an eighth the sine of what is left to the quarter is taken. Source of the polynomials: Cephes, sinf and cosf. */
function cosTurns4(v: v128): v128 {
  const half = f32x4.nearest(f32x4.add(v, v));
  const away = f32x4.abs(f32x4.sub(v, f32x4.mul(half, f32x4.splat(0.5))));
  const isFar = f32x4.gt(away, f32x4.splat(0.125));
  const turns = v128.bitselect(f32x4.sub(f32x4.splat(0.25), away), away, isFar);
  const a = f32x4.mul(turns, f32x4.splat(6.283185307179586));
  const square = f32x4.mul(a, a);
  let s = f32x4.splat(-1.9515295891e-4);
  s = madd(s, square, f32x4.splat(8.3321608736e-3));
  s = madd(s, square, f32x4.splat(-1.6666654611e-1));
  const sine = madd(f32x4.mul(s, square), a, a);
  let c = f32x4.splat(2.443315711809948e-5);
  c = madd(c, square, f32x4.splat(-1.388731625493765e-3));
  c = madd(c, square, f32x4.splat(4.166664568298827e-2));
  c = madd(c, square, f32x4.splat(-0.5));
  const cosine = madd(c, square, f32x4.splat(1));
  const size = v128.bitselect(sine, cosine, isFar);
  return v128.bitselect(f32x4.neg(size), size, f32x4.eq(half, f32x4.splat(1)));
}

/** The first round of a counter, which is the same for all elements. */
function mix(counter: u32): v128 {
  return i32x4.splat(counter * 1664525 + 1013904223);
}

/** Source: Jarzynski and Olano 2020, "Hash Functions for GPU Rendering", JCGT 9(3), listing pcg4d. */
function hash4(x: v128, y: v128, z: v128, index: v128): v128 {
  let w = i32x4.add(i32x4.mul(index, i32x4.splat(1664525)), i32x4.splat(1013904223));
  x = i32x4.add(x, i32x4.mul(y, w));
  y = i32x4.add(y, i32x4.mul(z, x));
  z = i32x4.add(z, i32x4.mul(x, y));
  w = i32x4.add(w, i32x4.mul(y, z));
  x = v128.xor(x, i32x4.shr_u(x, 16));
  y = v128.xor(y, i32x4.shr_u(y, 16));
  z = v128.xor(z, i32x4.shr_u(z, 16));
  w = v128.xor(w, i32x4.shr_u(w, 16));
  x = i32x4.add(x, i32x4.mul(y, w));
  y = i32x4.add(y, i32x4.mul(z, x));
  z = i32x4.add(z, i32x4.mul(x, y));
  w = i32x4.add(w, i32x4.mul(y, z));
  return v128.xor(x, w);
}
