// Depthwise convolution of images `[N, H, W, C]` with filters `[KH, KW, C, M]`, and both gradients, four output channels at
// a time. Output channel `c M + m` belongs to input channel c. Every piece of work writes results of its own only.
import { DEPTHWISE_UNIT } from "./codes";
import { madd } from "./simd";

/** The two operands: images and filters; the output's gradient and filters; or images and the output's gradient. */
const LEFT: usize = 0;
const RIGHT: usize = 4;
const TARGET: usize = 8;
const BATCH: usize = 12;
const CHANNELS: usize = 16;
const MULTIPLIER: usize = 20;
const IN_H: usize = 24;
const IN_W: usize = 28;
const OUT_H: usize = 32;
const OUT_W: usize = 36;
const KERNEL_H: usize = 40;
const KERNEL_W: usize = 44;
const STRIDE_Y: usize = 48;
const STRIDE_X: usize = 52;
const DILATION_Y: usize = 56;
const DILATION_X: usize = 60;
const PAD_Y: usize = 64;
const PAD_X: usize = 68;

/** The first of the whole numbers i from 0 on for which `start + i step` is at least `least`. */
function firstFrom(start: i32, step: i32, least: i32): i32 {
  return start >= least ? 0 : (least - start + step - 1) / step;
}

/** The bytes of output channels of a pixel. */
function outputBytes(record: usize): usize {
  return (<usize>(load<i32>(record, CHANNELS) * load<i32>(record, MULTIPLIER))) << 2;
}

/** Rows of the output `begin` to `end - 1`, counted through all samples. */
export function depthwise(record: usize, begin: i32, end: i32): void {
  const outH = load<i32>(record, OUT_H);
  const outW = load<i32>(record, OUT_W);
  const inH = load<i32>(record, IN_H);
  const inW = load<i32>(record, IN_W);
  const down = load<i32>(record, DILATION_Y);
  const across = load<i32>(record, DILATION_X);
  const pixel = (<usize>load<i32>(record, CHANNELS)) << 2;
  const outputs = outputBytes(record);
  const kernelW = load<i32>(record, KERNEL_W);
  for (let line = begin; line < end; line++) {
    const y = (line % outH) * load<i32>(record, STRIDE_Y) - load<i32>(record, PAD_Y);
    const kh0 = firstFrom(y, down, 0);
    const kh1 = min(firstFrom(y, down, inH), load<i32>(record, KERNEL_H));
    const image = load<u32>(record, LEFT) + <usize>((line / outH) * inH) * inW * pixel;
    let to = load<u32>(record, TARGET) + <usize>(line * outW) * outputs;
    for (let ow = 0; ow < outW; ow++, to += outputs) {
      const x = ow * load<i32>(record, STRIDE_X) - load<i32>(record, PAD_X);
      const kw0 = firstFrom(x, across, 0);
      const kw1 = min(firstFrom(x, across, inW), kernelW);
      convolve(
        image + (y + kh0 * down) * inW * pixel + (x + kw0 * across) * pixel,
        <usize>(down * inW) * pixel,
        <usize>across * pixel,
        load<u32>(record, RIGHT) + <usize>(kh0 * kernelW + kw0) * outputs,
        <usize>kernelW * outputs,
        outputs,
        kh1 - kh0,
        kw1 - kw0,
        load<i32>(record, MULTIPLIER),
        to,
      );
    }
  }
}

/** All channels of an output pixel, from so many rows and columns of taps inside the image.
 *  @param xRow bytes from a row of taps to the next, and `xTap` from one tap to the next  @param kRow, kTap of filters */
function convolve(
  x: usize,
  xRow: usize,
  xTap: usize,
  k: usize,
  kRow: usize,
  kTap: usize,
  rows: i32,
  columns: i32,
  multiplier: i32,
  to: usize,
): void {
  let o: usize = 0;
  for (; o + 16 <= kTap; o += 16) {
    let sum = f32x4.splat(0);
    for (let row = 0; row < rows; row++) {
      let at = x + <usize>row * xRow;
      let tap = k + <usize>row * kRow + o;
      const stop = tap + <usize>columns * kTap;
      if (multiplier == 1) {
        for (at += o; tap < stop; at += xTap, tap += kTap) sum = madd(v128.load(at), v128.load(tap), sum);
      } else {
        for (; tap < stop; at += xTap, tap += kTap) sum = madd(spread(at, o, multiplier), v128.load(tap), sum);
      }
    }
    v128.store(to + o, sum);
  }
  for (; o < kTap; o += 4) {
    const channel = x + channelOf(o, multiplier);
    let sum: f32 = 0;
    for (let row = 0; row < rows; row++) {
      let at = channel + <usize>row * xRow;
      let tap = k + <usize>row * kRow + o;
      for (let column = 0; column < columns; column++, at += xTap, tap += kTap) sum += load<f32>(at) * load<f32>(tap);
    }
    store<f32>(to + o, sum);
  }
}

/** The offset of the input channel that an output channel belongs to, both in bytes. */
function channelOf(o: usize, multiplier: i32): usize {
  return multiplier == 1 ? o : ((o >> 2) / multiplier) << 2;
}

/** The input channels of a pixel that four output channels from byte `o` on belong to. */
function spread(x: usize, o: usize, multiplier: i32): v128 {
  if (multiplier == 1) return v128.load(x + o);
  const c0 = x + channelOf(o, multiplier);
  const c3 = x + channelOf(o + 12, multiplier);
  if (c0 == c3) return v128.load_splat<f32>(c0);
  let four = v128.load_splat<f32>(c0);
  four = v128.load32_lane(x + channelOf(o + 4, multiplier), four, 1);
  four = v128.load32_lane(x + channelOf(o + 8, multiplier), four, 2);
  return v128.load32_lane(c3, four, 3);
}

/** Rows of the images' gradient `begin` to `end - 1`, counted through all samples. Operands: dy and filters. */
export function depthwiseGradInput(record: usize, begin: i32, end: i32): void {
  const inH = load<i32>(record, IN_H);
  const inW = load<i32>(record, IN_W);
  const outH = load<i32>(record, OUT_H);
  const outW = load<i32>(record, OUT_W);
  const strideY = load<i32>(record, STRIDE_Y);
  const strideX = load<i32>(record, STRIDE_X);
  const kernelW = load<i32>(record, KERNEL_W);
  const pixel = (<usize>load<i32>(record, CHANNELS)) << 2;
  const outputs = outputBytes(record);
  const multiplier = load<i32>(record, MULTIPLIER);
  for (let line = begin; line < end; line++) {
    const lineBytes = <usize>inW * pixel;
    const to = load<u32>(record, TARGET) + <usize>line * lineBytes;
    memory.fill(to, 0, lineBytes);
    for (let kh = 0; kh < load<i32>(record, KERNEL_H); kh++) {
      const down = (line % inH) + load<i32>(record, PAD_Y) - kh * load<i32>(record, DILATION_Y);
      const oh = down / strideY;
      if (down < 0 || oh * strideY != down || oh >= outH) continue;
      const dy = load<u32>(record, LEFT) + <usize>((line / inH) * outH + oh) * outW * outputs;
      for (let kw = 0; kw < kernelW; kw++) {
        const x = kw * load<i32>(record, DILATION_X) - load<i32>(record, PAD_X);
        const tap = load<u32>(record, RIGHT) + <usize>(kh * kernelW + kw) * outputs;
        const stop = min(firstFrom(x, strideX, inW), outW);
        for (let ow = firstFrom(x, strideX, 0); ow < stop; ow++) {
          passBack(dy + <usize>ow * outputs, tap, pixel, multiplier, to + (x + ow * strideX) * pixel);
        }
      }
    }
  }
}

/** Adds what the output channels of a pixel pass back through one tap. */
function passBack(dy: usize, tap: usize, bytes: usize, multiplier: i32, to: usize): void {
  let c: usize = 0;
  if (multiplier == 1) {
    for (; c + 16 <= bytes; c += 16) v128.store(to + c, madd(v128.load(dy + c), v128.load(tap + c), v128.load(to + c)));
  }
  const step = (<usize>multiplier) << 2;
  let o = c * multiplier;
  for (; c < bytes; c += 4) {
    let sum: f32 = 0;
    for (const stop = o + step; o < stop; o += 4) sum += load<f32>(dy + o) * load<f32>(tap + o);
    store<f32>(to + c, load<f32>(to + c) + sum);
  }
}

/** Units `begin` to `end - 1` of the filters' gradient: some output channels of one tap, added up over all pixels, line by
 *  line, so that short sums are added to long ones. Operands: images and dy. */
export function depthwiseGradKernel(record: usize, begin: i32, end: i32): void {
  const outputs = load<i32>(record, CHANNELS) * load<i32>(record, MULTIPLIER);
  const blocks = (outputs + DEPTHWISE_UNIT - 1) / DEPTHWISE_UNIT;
  for (let unit = begin; unit < end; unit++) {
    const tap = unit / blocks;
    const first = (unit % blocks) * DEPTHWISE_UNIT;
    const last = min(first + DEPTHWISE_UNIT, outputs);
    let o = first;
    if (last - first == DEPTHWISE_UNIT && load<i32>(record, MULTIPLIER) == 1) {
      gradOfSixteen(record, tap, (<usize>o) << 2);
      continue;
    }
    for (; o + 4 <= last; o += 4) gradOfFour(record, tap, (<usize>o) << 2, false);
    for (; o < last; o++) gradOfFour(record, tap, (<usize>o) << 2, true);
  }
}

/** Four output channels from byte `o` on, or the one there where fewer are left. */
function gradOfFour(record: usize, tap: i32, o: usize, isOne: bool): void {
  const kernelW = load<i32>(record, KERNEL_W);
  const y = (tap / kernelW) * load<i32>(record, DILATION_Y) - load<i32>(record, PAD_Y);
  const x = (tap % kernelW) * load<i32>(record, DILATION_X) - load<i32>(record, PAD_X);
  const oh0 = firstFrom(y, load<i32>(record, STRIDE_Y), 0);
  const oh1 = min(firstFrom(y, load<i32>(record, STRIDE_Y), load<i32>(record, IN_H)), load<i32>(record, OUT_H));
  const ow0 = firstFrom(x, load<i32>(record, STRIDE_X), 0);
  const ow1 = min(firstFrom(x, load<i32>(record, STRIDE_X), load<i32>(record, IN_W)), load<i32>(record, OUT_W));
  const multiplier = load<i32>(record, MULTIPLIER);
  const outputs = outputBytes(record);
  const step = (<usize>(load<i32>(record, STRIDE_X) * load<i32>(record, CHANNELS))) << 2;
  let total = f32x4.splat(0);
  for (let sample = 0; sample < load<i32>(record, BATCH); sample++) {
    for (let oh = oh0; oh < oh1; oh++) {
      let at = pixelOf(record, sample, y + oh * load<i32>(record, STRIDE_Y), x + ow0 * load<i32>(record, STRIDE_X));
      let dy = gradientOf(record, sample, oh, ow0) + o;
      let sum = f32x4.splat(0);
      for (let ow = ow0; ow < ow1; ow++, at += step, dy += outputs) {
        if (isOne) sum = madd(v128.load32_zero(at + channelOf(o, multiplier)), v128.load32_zero(dy), sum);
        else sum = madd(spread(at, o, multiplier), v128.load(dy), sum);
      }
      total = f32x4.add(total, sum);
    }
  }
  const to = load<u32>(record, TARGET) + <usize>tap * outputs + o;
  if (isOne) v128.store32_lane(to, total, 0);
  else v128.store(to, total);
}

/** Sixteen output channels from byte `o` on, each of an input channel of its own: a line of the cache at a time. */
function gradOfSixteen(record: usize, tap: i32, o: usize): void {
  const kernelW = load<i32>(record, KERNEL_W);
  const y = (tap / kernelW) * load<i32>(record, DILATION_Y) - load<i32>(record, PAD_Y);
  const x = (tap % kernelW) * load<i32>(record, DILATION_X) - load<i32>(record, PAD_X);
  const oh0 = firstFrom(y, load<i32>(record, STRIDE_Y), 0);
  const oh1 = min(firstFrom(y, load<i32>(record, STRIDE_Y), load<i32>(record, IN_H)), load<i32>(record, OUT_H));
  const ow0 = firstFrom(x, load<i32>(record, STRIDE_X), 0);
  const ow1 = min(firstFrom(x, load<i32>(record, STRIDE_X), load<i32>(record, IN_W)), load<i32>(record, OUT_W));
  const outputs = outputBytes(record);
  const step = <usize>load<i32>(record, STRIDE_X) * outputs;
  const zero = f32x4.splat(0);
  let t0 = zero,
    t1 = zero,
    t2 = zero,
    t3 = zero;
  for (let sample = 0; sample < load<i32>(record, BATCH); sample++) {
    for (let oh = oh0; oh < oh1; oh++) {
      let at = pixelOf(record, sample, y + oh * load<i32>(record, STRIDE_Y), x + ow0 * load<i32>(record, STRIDE_X)) + o;
      let dy = gradientOf(record, sample, oh, ow0) + o;
      let s0 = zero,
        s1 = zero,
        s2 = zero,
        s3 = zero;
      for (let ow = ow0; ow < ow1; ow++, at += step, dy += outputs) {
        s0 = madd(v128.load(at), v128.load(dy), s0);
        s1 = madd(v128.load(at, 16), v128.load(dy, 16), s1);
        s2 = madd(v128.load(at, 32), v128.load(dy, 32), s2);
        s3 = madd(v128.load(at, 48), v128.load(dy, 48), s3);
      }
      t0 = f32x4.add(t0, s0);
      t1 = f32x4.add(t1, s1);
      t2 = f32x4.add(t2, s2);
      t3 = f32x4.add(t3, s3);
    }
  }
  const to = load<u32>(record, TARGET) + <usize>tap * outputs + o;
  v128.store(to, t0);
  v128.store(to, t1, 16);
  v128.store(to, t2, 32);
  v128.store(to, t3, 48);
}

/** Where a pixel of an image is. */
function pixelOf(record: usize, sample: i32, y: i32, x: i32): usize {
  const pixel = (sample * load<i32>(record, IN_H) + y) * load<i32>(record, IN_W) + x;
  return load<u32>(record, LEFT) + ((<usize>(pixel * load<i32>(record, CHANNELS))) << 2);
}

/** Where a pixel of the output's gradient is. */
function gradientOf(record: usize, sample: i32, oh: i32, ow: i32): usize {
  const pixel = (sample * load<i32>(record, OUT_H) + oh) * load<i32>(record, OUT_W) + ow;
  return load<u32>(record, RIGHT) + <usize>pixel * outputBytes(record);
}
