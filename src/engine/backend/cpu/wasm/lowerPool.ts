/** Pooling as records for `src/wasm/pool.ts` and `averagePool.ts`. */
import { Kernel } from "../../../../wasm/codes";
import type { Launch } from "../../../compile/plan";
import type { PoolGradAttrs, PoolOptions } from "../../../ops/pool";
import { windowAxis } from "../../../ops/window";
import type { Shape } from "../../../shape";
import { sizeOf } from "../../../shape";
import type { AddressOf } from "./records";
import type { WasmLaunch, Records } from "./records";

/** The maxima, the taps they came from, or both; taps alone leave the maxima in a block of their own. */
export function lowerMaxPool(
  { inputs: [x], outputs, attrs }: Launch,
  addressOf: AddressOf,
  records: Records,
): WasmLaunch[] | undefined {
  const pooled = outputs.find(({ dtype }) => dtype === "f32");
  const arg = outputs.find(({ dtype }) => dtype === "u32");
  const [result] = outputs;
  if (!x || !result) return undefined;
  const target = pooled ? addressOf(pooled) : records.room(sizeOf(result.shape) * 4);
  const words = poolWords(addressOf(x), target, arg ? addressOf(arg) : 0, x.shape, attrs as PoolOptions);
  const [samples = 0, lines = 0] = result.shape;
  return [
    { kernel: arg ? Kernel.maxPoolWithArg : Kernel.maxPool, record: records.words(words), units: samples * lines },
  ];
}

/** Each window's gradient goes to the tap that `arg` names, and is added up where windows overlap. Inputs: arg
 *  `[N, PH, PW, C]` u32, dy of the same shape f32; output `[N, H, W, C]` f32. A piece of work is a sample. */
export function lowerMaxPoolGrad(
  { inputs: [arg, dy], outputs: [result], attrs }: Launch,
  addressOf: AddressOf,
  records: Records,
): WasmLaunch[] | undefined {
  if (!arg || !dy || !result) return undefined;
  const options = attrs as PoolGradAttrs;
  const words = poolWords(addressOf(dy), addressOf(result), addressOf(arg), options.images, options);
  return [{ kernel: Kernel.maxPoolGrad, record: records.words(words), units: result.shape[0] ?? 0 }];
}

/** The mean of each window; padding is not counted. Input x `[N, H, W, C]` f32; output `[N, PH, PW, C]` f32. A piece of work
 *  is a row of the output. */
export function lowerAveragePool(
  { inputs: [x], outputs: [result], attrs }: Launch,
  addressOf: AddressOf,
  records: Records,
): WasmLaunch[] | undefined {
  if (!x || !result) return undefined;
  const words = poolWords(addressOf(x), addressOf(result), 0, x.shape, attrs as PoolOptions);
  const [samples = 0, lines = 0] = result.shape;
  return [{ kernel: Kernel.averagePool, record: records.words(words), units: samples * lines }];
}

/** Each window's gradient in equal shares to its elements inside the image, added up where windows overlap. Input dy
 *  `[N, PH, PW, C]` f32; output `[N, H, W, C]` f32. A piece of work is a sample. */
export function lowerAveragePoolGrad(
  { inputs: [dy], outputs: [result], attrs }: Launch,
  addressOf: AddressOf,
  records: Records,
): WasmLaunch[] | undefined {
  if (!dy || !result) return undefined;
  const words = poolWords(addressOf(dy), addressOf(result), 0, result.shape, attrs as PoolOptions);
  return [{ kernel: Kernel.averagePoolGrad, record: records.words(words), units: result.shape[0] ?? 0 }];
}

/** The record of pooling `images`, forward or backward; see `src/wasm/pool.ts` and `averagePool.ts`. */
function poolWords(
  source: number,
  target: number,
  arg: number,
  images: Shape,
  { poolSize, strides, padding }: PoolOptions,
): number[] {
  const [, height = 0, width = 0, channels = 0] = images;
  const down = windowAxis("pool height", {
    input: height,
    kernel: poolSize[0],
    stride: strides[0],
    dilation: 1,
    padding,
  });
  const across = windowAxis("pool width", {
    input: width,
    kernel: poolSize[1],
    stride: strides[1],
    dilation: 1,
    padding,
  });
  return [
    source,
    target,
    channels,
    height,
    width,
    down.output,
    across.output,
    ...poolSize,
    ...strides,
    down.before,
    across.before,
    arg,
  ];
}
