// Average pooling of images `[N, H, W, C]`, forward and backward, four channels at a time. Padding is not counted.

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

/** Rows of the output `begin` to `end - 1`, counted through all samples. */
export function averagePool(record: usize, begin: i32, end: i32): void {
  const outH = load<i32>(record, OUT_H);
  const rowBytes = pixelBytes(record) * load<u32>(record, OUT_W);
  for (let line = begin; line < end; line++) {
    const image = load<u32>(record, SOURCE) + <usize>(line / outH) * imageBytes(record);
    poolLine(record, image, load<u32>(record, TARGET) + <usize>line * rowBytes, line % outH, false);
  }
}

/** Whole samples `begin` to `end - 1`: each window's gradient is shared among its elements. */
export function averagePoolGrad(record: usize, begin: i32, end: i32): void {
  const outH = load<i32>(record, OUT_H);
  const rowBytes = pixelBytes(record) * load<u32>(record, OUT_W);
  for (let sample = begin; sample < end; sample++) {
    const image = load<u32>(record, TARGET) + <usize>sample * imageBytes(record);
    memory.fill(image, 0, imageBytes(record));
    for (let line = 0; line < outH; line++) {
      poolLine(record, image, load<u32>(record, SOURCE) + <usize>(sample * outH + line) * rowBytes, line, true);
    }
  }
}

function pixelBytes(record: usize): usize {
  return (<usize>load<u32>(record, CHANNELS)) << 2;
}

function imageBytes(record: usize): usize {
  return pixelBytes(record) * load<u32>(record, IN_H) * load<u32>(record, IN_W);
}

/** A row of windows: the means of an image's windows, or, backward, what each gives back to the image. */
function poolLine(record: usize, image: usize, pooled: usize, line: i32, isBackward: bool): void {
  const bytes = pixelBytes(record);
  const width = load<i32>(record, IN_W);
  const above = line * load<i32>(record, STRIDE_Y) - load<i32>(record, PAD_Y);
  const y0 = max(above, 0);
  const y1 = min(above + load<i32>(record, POOL_H), load<i32>(record, IN_H));
  for (let column = 0; column < load<i32>(record, OUT_W); column++, pooled += bytes) {
    const before = column * load<i32>(record, STRIDE_X) - load<i32>(record, PAD_X);
    const x0 = max(before, 0);
    const x1 = min(before + load<i32>(record, POOL_W), width);
    const scale: f32 = 1 / <f32>((y1 - y0) * (x1 - x0));
    const first = image + <usize>(y0 * width + x0) * bytes;
    const skip = <usize>(width - (x1 - x0)) * bytes;
    let c: usize = 0;
    for (; c + 16 <= bytes; c += 16) {
      const share = f32x4.mul(v128.load(pooled + c), f32x4.splat(scale));
      let total = f32x4.splat(0);
      let at = first + c;
      for (let y = y0; y < y1; y++, at += skip) {
        for (let x = x0; x < x1; x++, at += bytes) {
          if (isBackward) v128.store(at, f32x4.add(v128.load(at), share));
          else total = f32x4.add(total, v128.load(at));
        }
      }
      if (!isBackward) v128.store(pooled + c, f32x4.mul(total, f32x4.splat(scale)));
    }
    for (; c < bytes; c += 4) {
      const share = load<f32>(pooled + c) * scale;
      let total: f32 = 0;
      let at = first + c;
      for (let y = y0; y < y1; y++, at += skip) {
        for (let x = x0; x < x1; x++, at += bytes) {
          if (isBackward) store<f32>(at, load<f32>(at) + share);
          else total += load<f32>(at);
        }
      }
      if (!isBackward) store<f32>(pooled + c, total * scale);
    }
  }
}
