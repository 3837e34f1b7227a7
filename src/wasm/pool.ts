// Max pooling of images `[N, H, W, C]`, forward and backward, four channels at a time.

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
/** The gradient of the output, backward. */
const GRADIENT: usize = 52;

const LOWEST: f32 = -3.4028234e38;

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
        let best = f32x4.splat(LOWEST);
        for (let y = max(y0, 0); y < y1; y++) {
          for (let x = max(x0, 0); x < x1; x++) {
            // The first of equals wins, and so does whatever is not smaller than a NaN.
            best = f32x4.pmax(best, v128.load(image + ((<usize>((y * width + x) * channels + c)) << 2)));
          }
        }
        v128.store(to, best);
      }
      for (; c < channels; c++, to += 4) {
        let best = LOWEST;
        for (let y = max(y0, 0); y < y1; y++) {
          for (let x = max(x0, 0); x < x1; x++) {
            const value = load<f32>(image + ((<usize>((y * width + x) * channels + c)) << 2));
            if (value > best) best = value;
          }
        }
        store<f32>(to, best);
      }
    }
  }
}

/** Whole samples `begin` to `end - 1`: each window's gradient goes to its first largest element. */
export function maxPoolGrad(record: usize, begin: i32, end: i32): void {
  const channels = load<i32>(record, CHANNELS);
  const height = load<i32>(record, IN_H);
  const width = load<i32>(record, IN_W);
  const outH = load<i32>(record, OUT_H);
  const outW = load<i32>(record, OUT_W);
  const imageBytes = (<usize>(height * width * channels)) << 2;
  for (let sample = begin; sample < end; sample++) {
    const image = load<u32>(record, SOURCE) + <usize>sample * imageBytes;
    const target = load<u32>(record, TARGET) + <usize>sample * imageBytes;
    let dy = load<u32>(record, GRADIENT) + ((<usize>(sample * outH * outW * channels)) << 2);
    memory.fill(target, 0, imageBytes);
    for (let line = 0; line < outH; line++) {
      const y0 = line * load<i32>(record, STRIDE_Y) - load<i32>(record, PAD_Y);
      const y1 = min(y0 + load<i32>(record, POOL_H), height);
      for (let column = 0; column < outW; column++) {
        const x0 = column * load<i32>(record, STRIDE_X) - load<i32>(record, PAD_X);
        const x1 = min(x0 + load<i32>(record, POOL_W), width);
        let c = 0;
        for (; c + 4 <= channels; c += 4, dy += 16) spreadFour(image, target, dy, y0, y1, x0, x1, width, channels, c);
        for (; c < channels; c++, dy += 4) spreadOne(image, target, dy, y0, y1, x0, x1, width, channels, c);
      }
    }
  }
}

function spreadFour(
  image: usize,
  target: usize,
  dy: usize,
  y0: i32,
  y1: i32,
  x0: i32,
  x1: i32,
  width: i32,
  channels: i32,
  c: i32,
): void {
  let best = f32x4.splat(LOWEST);
  for (let y = max(y0, 0); y < y1; y++) {
    for (let x = max(x0, 0); x < x1; x++) {
      best = f32x4.pmax(best, v128.load(image + ((<usize>((y * width + x) * channels + c)) << 2)));
    }
  }
  let left = v128.load(dy);
  for (let y = max(y0, 0); y < y1; y++) {
    for (let x = max(x0, 0); x < x1; x++) {
      const at = (<usize>((y * width + x) * channels + c)) << 2;
      const won = f32x4.eq(v128.load(image + at), best);
      v128.store(target + at, f32x4.add(v128.load(target + at), v128.and(left, won)));
      // What has been given away is not given twice.
      left = v128.andnot(left, won);
    }
  }
}

function spreadOne(
  image: usize,
  target: usize,
  dy: usize,
  y0: i32,
  y1: i32,
  x0: i32,
  x1: i32,
  width: i32,
  channels: i32,
  c: i32,
): void {
  let best = LOWEST;
  let winner: usize = (<usize>((max(y0, 0) * width + max(x0, 0)) * channels + c)) << 2;
  for (let y = max(y0, 0); y < y1; y++) {
    for (let x = max(x0, 0); x < x1; x++) {
      const at = (<usize>((y * width + x) * channels + c)) << 2;
      const value = load<f32>(image + at);
      if (value > best) {
        best = value;
        winner = at;
      }
    }
  }
  store<f32>(target + winner, load<f32>(target + winner) + load<f32>(dy));
}
