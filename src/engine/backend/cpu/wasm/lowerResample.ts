/** Resampled images, and their gradient, as records for `src/wasm/resample.ts`. */
import { Kernel } from "../../../../wasm/codes";
import type { Launch } from "../../../compile/plan";
import { fills } from "../../../ops/fill";
import type { AddressOf, Records, WasmLaunch } from "./records";

/** A piece of work is a row of the result; of the gradient it is a sample, since any pixel may have read any other. */
export function lowerResample(isBack: boolean) {
  return (
    { inputs: [x, maps], outputs: [result], attrs }: Launch,
    addressOf: AddressOf,
    records: Records,
  ): WasmLaunch[] | undefined => {
    if (!x || !maps || !result) return undefined;
    const [samples = 0, height = 0, width = 0, channels = 0] = x.shape;
    const fill = fills.findIndex((name) => name === attrs["fill"]);
    const addresses = [addressOf(x), addressOf(maps), addressOf(result)];
    const record = records.words([...addresses, height, width, channels, fill]);
    return isBack
      ? [{ kernel: Kernel.resampleGrad, record, units: samples }]
      : [{ kernel: Kernel.resample, record, units: samples * height }];
  };
}
