/** Enlarging images, and its gradient, as records for `src/wasm/upSample.ts`. */
import { Kernel } from "../../../../wasm/codes";
import type { Launch } from "../../../compile/plan";
import type { AxisTaps, UpSampleOptions } from "../../../ops/upSample";
import { tapsOf } from "../../../ops/upSample";
import type { AddressOf } from "./records";
import type { WasmLaunch, Records } from "./records";
import { floatWord } from "./records";

/** A piece of work is a row of the result. @param isBack whether it is the gradient, whose result is the small images */
export function lowerUpSample(isBack: boolean) {
  return (
    { inputs: [x], outputs: [result], attrs }: Launch,
    addressOf: AddressOf,
    records: Records,
  ): WasmLaunch[] | undefined => {
    if (!x || !result) return undefined;
    const options = attrs as UpSampleOptions;
    const { rows, columns } = tapsOf((isBack ? result : x).shape, options, isBack);
    const [, fromHeight = 0, fromWidth = 0] = x.shape;
    const [samples = 0, height = 0, width = 0, channels = 0] = result.shape;
    const record = records.words([
      addressOf(x),
      addressOf(result),
      channels,
      fromHeight,
      fromWidth,
      height,
      width,
      records.words(tableWords(rows)),
      records.words(tableWords(columns)),
      entryBytes(rows),
      entryBytes(columns),
      !isBack && options.interpolation === "nearest" ? 1 : 0,
    ]);
    return [{ kernel: Kernel.upSample, record, units: samples * height }];
  };
}

/** First, count, and the weights. */
const entryBytes = ({ most }: AxisTaps): number => (2 + most) * 4;

function tableWords({ first, count, most, weights }: AxisTaps): number[] {
  return [...first].flatMap((start, i) => [
    start,
    count[i] ?? 0,
    ...Array.from(weights.subarray(i * most, (i + 1) * most), floatWord),
  ]);
}
