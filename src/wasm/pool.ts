// Max pooling of images `[N, H, W, C]`, forward and backward, four channels at a time.
import { max4 } from "./math";

const SOURCE: usize = 0;
const TARGET: usize = 4;
const CHANNELS: usize = 8;
const IN_H: usize = 12;
const IN_W: usize = 16;
const OUT_H: usize = 20;
const OUT_W: usize = 24;
const POOL_H: usize = 28;
const POOL_W: usize = 32;
const STRIDE_Y: usize = 36;
const STRIDE_X: usize = 40;
const PAD_Y: usize = 44;
const PAD_X: usize = 48;
/** The taps of the maxima: `kh * POOL_W + kw`, written forward, read backward. */
const ARG: usize = 52;

/** Rows of the output `begin` to `end - 1`, counted through all samples. */
export function maxPool(record: usize, begin: i32, end: i32): void {
  const channels = load<i32>(record, CHANNELS);
  const height = load<i32>(record, IN_H);
  const width = load<i32>(record, IN_W);
  const outH = load<i32>(record, OUT_H);
  const outW = load<i32>(record, OUT_W);
  for (let line = begin; line < end; line++) {
    const image = load<u32>(record, SOURCE) + ((<usize>(line / outH) * height * width * channels) << 2);
    const y0 = (line % outH) * load<i32>(record, STRIDE_Y) - load<i32>(record, PAD_Y);
    const y1 = min(y0 + load<i32>(record, POOL_H), height);
    let to = load<u32>(record, TARGET) + ((<usize>line * outW * channels) << 2);
    for (let column = 0; column < outW; column++) {
      const x0 = column * load<i32>(record, STRIDE_X) - load<i32>(record, PAD_X);
      const x1 = min(x0 + load<i32>(record, POOL_W), width);
      let c = 0;
      for (; c + 4 <= channels; c += 4, to += 16) {
        let best = v128.load(image + ((<usize>((max(y0, 0) * width + max(x0, 0)) * channels + c)) << 2));
        for (let y = max(y0, 0); y < y1; y++) {
          for (let x = max(x0, 0); x < x1; x++) {
            // NaN counts as the largest, so that none is hidden.
            best = max4(best, v128.load(image + ((<usize>((y * width + x) * channels + c)) << 2)));
          }
        }
        v128.store(to, best);
      }
      for (; c < channels; c++, to += 4) {
        let best = load<f32>(image + ((<usize>((max(y0, 0) * width + max(x0, 0)) * channels + c)) << 2));
        for (let y = max(y0, 0); y < y1; y++) {
          for (let x = max(x0, 0); x < x1; x++) {
            const value = load<f32>(image + ((<usize>((y * width + x) * channels + c)) << 2));
            best = max(best, value);
          }
        }
        store<f32>(to, best);
      }
    }
  }
}

/** The same, with the taps that the maxima came from. */
export function maxPoolWithArg(record: usize, begin: i32, end: i32): void {
  const channels = load<i32>(record, CHANNELS);
  const height = load<i32>(record, IN_H);
  const width = load<i32>(record, IN_W);
  const outH = load<i32>(record, OUT_H);
  const outW = load<i32>(record, OUT_W);
  const poolW = load<i32>(record, POOL_W);
  for (let line = begin; line < end; line++) {
    const image = load<u32>(record, SOURCE) + ((<usize>(line / outH) * height * width * channels) << 2);
    const y0 = (line % outH) * load<i32>(record, STRIDE_Y) - load<i32>(record, PAD_Y);
    const y1 = min(y0 + load<i32>(record, POOL_H), height);
    let to = load<u32>(record, TARGET) + ((<usize>line * outW * channels) << 2);
    let tapTo = load<u32>(record, ARG) + ((<usize>line * outW * channels) << 2);
    for (let column = 0; column < outW; column++) {
      const x0 = column * load<i32>(record, STRIDE_X) - load<i32>(record, PAD_X);
      const x1 = min(x0 + poolW, width);
      const first = (max(y0, 0) - y0) * poolW + max(x0, 0) - x0;
      let c = 0;
      for (; c + 4 <= channels; c += 4, to += 16, tapTo += 16) {
        let best = v128.load(image + ((<usize>((max(y0, 0) * width + max(x0, 0)) * channels + c)) << 2));
        let winner = i32x4.splat(first);
        for (let y = max(y0, 0); y < y1; y++) {
          for (let x = max(x0, 0); x < x1; x++) {
            const value = v128.load(image + ((<usize>((y * width + x) * channels + c)) << 2));
            // The first of equals wins; NaN counts as the largest, so that none is hidden.
            const larger = v128.or(f32x4.gt(value, best), f32x4.ne(value, value));
            best = v128.bitselect(value, best, larger);
            winner = v128.bitselect(i32x4.splat((y - y0) * poolW + x - x0), winner, larger);
          }
        }
        v128.store(to, best);
        v128.store(tapTo, winner);
      }
      for (; c < channels; c++, to += 4, tapTo += 4) {
        let best = load<f32>(image + ((<usize>((max(y0, 0) * width + max(x0, 0)) * channels + c)) << 2));
        let winner = first;
        for (let y = max(y0, 0); y < y1; y++) {
          for (let x = max(x0, 0); x < x1; x++) {
            const value = load<f32>(image + ((<usize>((y * width + x) * channels + c)) << 2));
            if (value > best || value != value) {
              best = value;
              winner = (y - y0) * poolW + x - x0;
            }
          }
        }
        store<f32>(to, best);
        store<i32>(tapTo, winner);
      }
    }
  }
}

/** Whole samples `begin` to `end - 1`: each window's gradient, which is the source, goes to the tap that ARG names. */
export function maxPoolGrad(record: usize, begin: i32, end: i32): void {
  const channels = load<i32>(record, CHANNELS);
  const height = load<i32>(record, IN_H);
  const width = load<i32>(record, IN_W);
  const outH = load<i32>(record, OUT_H);
  const outW = load<i32>(record, OUT_W);
  const poolH = load<i32>(record, POOL_H);
  const poolW = load<i32>(record, POOL_W);
  const strideY = load<i32>(record, STRIDE_Y);
  const strideX = load<i32>(record, STRIDE_X);
  const imageBytes = (<usize>(height * width * channels)) << 2;
  const pooledBytes = (<usize>(outH * outW * channels)) << 2;
  // Where no two windows share an element, nothing needs to be added up; where they leave none out, nothing is left 0.
  const apart = strideY >= poolH && strideX >= poolW;
  const tiled =
    strideY == poolH &&
    strideX == poolW &&
    outH * poolH >= height + load<i32>(record, PAD_Y) &&
    outW * poolW >= width + load<i32>(record, PAD_X);
  for (let sample = begin; sample < end; sample++) {
    const target = load<u32>(record, TARGET) + <usize>sample * imageBytes;
    let dy = load<u32>(record, SOURCE) + <usize>sample * pooledBytes;
    let arg = load<u32>(record, ARG) + <usize>sample * pooledBytes;
    if (!tiled) memory.fill(target, 0, imageBytes);
    for (let line = 0; line < outH; line++) {
      const y0 = line * strideY - load<i32>(record, PAD_Y);
      const y1 = min(y0 + poolH, height);
      for (let column = 0; column < outW; column++) {
        const x0 = column * strideX - load<i32>(record, PAD_X);
        const x1 = min(x0 + poolW, width);
        let c = 0;
        for (; c + 4 <= channels; c += 4, dy += 16, arg += 16) {
          const share = v128.load(dy);
          const winner = v128.load(arg);
          for (let y = max(y0, 0); y < y1; y++) {
            for (let x = max(x0, 0); x < x1; x++) {
              const at = target + ((<usize>((y * width + x) * channels + c)) << 2);
              const won = v128.and(share, i32x4.eq(winner, i32x4.splat((y - y0) * poolW + x - x0)));
              v128.store(at, apart ? won : f32x4.add(v128.load(at), won));
            }
          }
        }
        for (; c < channels; c++, dy += 4, arg += 4) {
          const share = load<f32>(dy);
          const winner = load<i32>(arg);
          for (let y = max(y0, 0); y < y1; y++) {
            for (let x = max(x0, 0); x < x1; x++) {
              const at = target + ((<usize>((y * width + x) * channels + c)) << 2);
              const won: f32 = winner == (y - y0) * poolW + x - x0 ? share : 0;
              store<f32>(at, apart ? won : load<f32>(at) + won);
            }
          }
        }
      }
    }
  }
}
