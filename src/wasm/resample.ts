// Images moved, turned and stretched by an affine map for each sample, and the gradient, which gives back what was read. The record
// is laid out by `backend/cpu/wasm/lowerResample.ts`.

const SOURCE: usize = 0;
const MAPS: usize = 4;
const TARGET: usize = 8;
const HEIGHT: usize = 12;
const WIDTH: usize = 16;
const CHANNELS: usize = 20;
/** 0 reflect, 1 constant, 2 nearest, 3 wrap. */
const FILL: usize = 24;

/** Rows of the result `begin` to `end - 1`, counted through all samples. */
export function resample(record: usize, begin: i32, end: i32): void {
  const height = load<i32>(record, HEIGHT);
  const rowBytes = (<usize>(load<i32>(record, WIDTH) * load<i32>(record, CHANNELS))) << 2;
  for (let line = begin; line < end; line++) {
    const to = load<u32>(record, TARGET) + <usize>line * rowBytes;
    memory.fill(to, 0, rowBytes);
    resampleRow(record, line / height, line % height, to, false);
  }
}

/** The gradients of samples `begin` to `end - 1`. */
export function resampleGrad(record: usize, begin: i32, end: i32): void {
  const height = load<i32>(record, HEIGHT);
  const rowBytes = (<usize>(load<i32>(record, WIDTH) * load<i32>(record, CHANNELS))) << 2;
  for (let n = begin; n < end; n++) {
    memory.fill(load<u32>(record, TARGET) + <usize>(n * height) * rowBytes, 0, <usize>height * rowBytes);
    for (let i = 0; i < height; i++) {
      resampleRow(record, n, i, load<u32>(record, SOURCE) + <usize>(n * height + i) * rowBytes, true);
    }
  }
}

/** What row i of sample n reads, or gives back. @param own where the row is */
function resampleRow(record: usize, n: i32, i: i32, own: usize, isBack: bool): void {
  const height = load<i32>(record, HEIGHT);
  const width = load<i32>(record, WIDTH);
  const fill = load<i32>(record, FILL);
  const pixelBytes = (<usize>load<i32>(record, CHANNELS)) << 2;
  const map = load<u32>(record, MAPS) + <usize>n * 24;
  const images = isBack ? load<u32>(record, TARGET) : load<u32>(record, SOURCE);
  const image = images + <usize>(n * height * width) * pixelBytes;
  for (let j = 0; j < width; j++, own += pixelBytes) {
    const x = load<f32>(map) * <f32>j + load<f32>(map, 4) * <f32>i + load<f32>(map, 8);
    const y = load<f32>(map, 12) * <f32>j + load<f32>(map, 16) * <f32>i + load<f32>(map, 20);
    if (isNaN<f32>(x + y)) {
      // Nobody knows what it reads, so everything is lost that it might.
      for (let p = 0; p < height * width; p++) {
        const other = image + <usize>p * pixelBytes;
        if (isBack) addTo(other, own, pixelBytes, NaN);
        else addTo(own, other, pixelBytes, NaN);
      }
      continue;
    }
    const left = floor<f32>(x);
    const top = floor<f32>(y);
    for (let down = 0; down < 2; down++) {
      const h = pixelAt(<i32>top + down, height, fill);
      if (h < 0) continue;
      const share: f32 = down == 1 ? y - top : 1 - (y - top);
      for (let right = 0; right < 2; right++) {
        const w = pixelAt(<i32>left + right, width, fill);
        if (w < 0) continue;
        const weight: f32 = share * (right == 1 ? x - left : 1 - (x - left));
        const other = image + <usize>(h * width + w) * pixelBytes;
        if (isBack) addTo(other, own, pixelBytes, weight);
        else addTo(own, other, pixelBytes, weight);
      }
    }
  }
}

/** The pixel that is read for place i of an axis, -1 for none. */
function pixelAt(i: i32, size: i32, fill: i32): i32 {
  if (i >= 0 && i < size) return i;
  if (fill == 1) return -1;
  if (fill == 2) return i < 0 ? 0 : size - 1;
  const period = fill == 3 ? size : 2 * size;
  const within = ((i % period) + period) % period;
  return within < size ? within : period - 1 - within;
}

function addTo(to: usize, from: usize, bytes: usize, weight: f32): void {
  let c: usize = 0;
  const weights = f32x4.splat(weight);
  for (; c + 16 <= bytes; c += 16) {
    v128.store(to + c, f32x4.add(v128.load(to + c), f32x4.mul(weights, v128.load(from + c))));
  }
  for (; c < bytes; c += 4) store<f32>(to + c, load<f32>(to + c) + weight * load<f32>(from + c));
}
