/** Normalization of rows as records for `src/wasm/rowNorm.ts`. */
import { Kernel } from "../../../../wasm/codes";
import type { Launch } from "../../../compile/plan";
import { rowsOf } from "../../../ops/softmax";
import type { AddressOf, WasmLaunch, Records } from "./records";
import { floatWord } from "./records";

/** @param at which of the step's outputs is which */
export const lowerNormalizeRows =
  (at: { readonly scale?: number; readonly normal?: number }) =>
  ({ inputs: [x], outputs, attrs }: Launch, addressOf: AddressOf, records: Records): WasmLaunch[] | undefined => {
    if (!x) return undefined;
    const { rows, columns } = rowsOf(x.shape);
    const address = (index: number | undefined): number => {
      const output = index === undefined ? undefined : outputs[index];
      return output ? addressOf(output) : 0;
    };
    const targets = [address(at.normal), address(at.scale)];
    const epsilon = floatWord(Number(attrs["epsilon"]));
    const record = records.words([columns, attrs["center"] === true ? 1 : 0, addressOf(x), ...targets, epsilon]);
    return [{ kernel: Kernel.normalizeRows, record, units: rows }];
  };

/** The way back. */
export function lowerNormalizeRowsGrad(
  { inputs: [dy, normal, scale], outputs: [dx], attrs }: Launch,
  addressOf: AddressOf,
  records: Records,
): WasmLaunch[] | undefined {
  if (!dy || !normal || !scale || !dx) return undefined;
  const { rows, columns } = rowsOf(dy.shape);
  const arrays = [dy, normal, scale, dx].map(addressOf);
  const record = records.words([columns, attrs["center"] === true ? 1 : 0, ...arrays]);
  return [{ kernel: Kernel.normalizeRowsGrad, record, units: rows }];
}
