// Dropout by counters: the mask is a hash of (seed, step, stream, index), the same as in `src/engine/random.ts`.

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

/** Elements of a unit of work. */
const UNIT: i32 = 1024;

/** Units `begin` to `end - 1`. */
export function dropout(record: usize, begin: i32, end: i32): void {
  const x = mix(load<u32>(load<u32>(record, SEED)));
  const y = mix(load<u32>(load<u32>(record, STEP)));
  const z = mix(load<u32>(record, STREAM));
  const least = i32x4.splat(load<i32>(record, LEAST));
  const scale = f32x4.splat(load<f32>(record, SCALE));
  const last = min(end * UNIT, load<i32>(record, SIZE));
  let from = load<u32>(record, SOURCE) + ((<usize>(begin * UNIT)) << 2);
  let to = load<u32>(record, TARGET) + ((<usize>(begin * UNIT)) << 2);
  for (let i = begin * UNIT; i < last; i += 4, from += 16, to += 16) {
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
